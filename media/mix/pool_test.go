package mix_test

import (
	"testing"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
)

// forgetful is an encoder that can be made as if new.
type forgetful struct {
	encoder
	resets int
}

func (e *forgetful) Reset() error {
	e.made = 0
	e.resets++
	return nil
}

func TestAnEncoderThatGoesToAnotherCallKnowsNothingOfTheOneBefore(t *testing.T) {
	var made []*forgetful
	encoders := func(media.Format) (media.Encoder, error) {
		made = append(made, &forgetful{})
		return made[len(made)-1], nil
	}
	during(t, mix.Config{Encoders: encoders}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		talk := func(b *mix.Bridge) *port {
			ear := &port{format: media.Format{Codec: "opus", Rate: media.Rate}}
			b.Join("ear", ear)
			b.Join("voice", says(440, -20))
			ticks(10)
			b.Close()
			return ear
		}
		talk(b)
		before, resets := len(made), 0
		for _, e := range made {
			if resets += e.resets; e.resets > 0 && e.made > 0 {
				t.Errorf("an encoder that waits has made %d payloads", e.made)
			}
		}
		if resets != 1 {
			t.Errorf("%d encoders wait for another call", resets)
		}
		second := talk(c.NewBridge(mix.Options{}))
		if len(made) != before || len(second.sent()) == 0 {
			t.Errorf("%d encoders made for the second call, which got %d packets", len(made)-before, len(second.sent()))
		}
	})
}
