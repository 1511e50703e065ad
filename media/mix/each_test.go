package mix_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
)

// each sorts what a tap of each speaker got by whose it is, and counts the ticks.
func each(all []media.Tapped) (sound map[string][]int16, ticks int) {
	sound = map[string][]int16{}
	for _, got := range all {
		if got.Speaker == "" {
			ticks++
			continue
		}
		sound[got.Speaker] = append(sound[got.Speaker], got.Frame.Samples...)
	}
	return sound, ticks
}

func TestATapOfEachHearsEverySpeakerAlone(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		b.Join("seat", says(900, -10))
		b.Join("low", says(400, -20))
		b.Join("high", says(1500, -26))
		b.Join("nobody", &port{})
		tap := open(t, b, media.TapOptions{Each: true, Without: "seat", Ring: time.Minute})
		ticks(50)
		sound, n := each(drain(t, tap))
		if len(sound) != 2 || n < 49 {
			t.Fatalf("%d speakers in %d ticks", len(sound), n)
		}
		near(t, "one", tone(sound["low"], 400), -20)
		absent(t, "the other in it", tone(sound["low"], 1500))
		absent(t, "the application in it", tone(sound["low"], 900))
		near(t, "the other", tone(sound["high"], 1500), -26)
		absent(t, "one in it", tone(sound["high"], 400))
	})
}

func TestATapOfEachHasTheFirstMomentAndNothingOfWhoIsSilent(t *testing.T) {
	during(t, mix.Config{Speakers: 4}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		b.Join("ear", &port{})
		late := &port{}
		for i := range 50 {
			b.Join(fmt.Sprint("quiet ", i), &port{})
		}
		b.Join("late", late)
		tap := open(t, b, media.TapOptions{Each: true, Ring: time.Minute})
		ticks(50)
		if s := c.Stats(); s.Decoded != 0 {
			t.Errorf("%d frames were read of nobody", s.Decoded)
		}
		late.say(frames(400, -30, 10))
		ticks(30)
		sound, _ := each(drain(t, tap))
		if len(sound) != 1 {
			t.Fatalf("%d speakers", len(sound))
		}
		if n := len(sound["late"]) / media.FrameSize; n < 10 {
			t.Errorf("%d frames of ten", n)
		}
		near(t, "from the first moment", tone(sound["late"][:10*media.FrameSize], 400), -30)
	})
}

func TestATapOfEachIsNothingElseAsWell(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		for _, o := range []media.TapOptions{{Of: "a"}, {Packets: true}, {Rate: 16000}} {
			o.Each = true
			if _, err := b.Tap(o); !errors.Is(err, mix.ErrEach) {
				t.Errorf("%+v: %v", o, err)
			}
		}
	})
}
