package mix_test

import (
	"testing"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
)

func TestTheNoiseOfARoomIsNotHeardAndTakesNobodysPlace(t *testing.T) {
	during(t, mix.Config{Speakers: 2}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		ear := &port{}
		b.Join("ear", ear)
		room := says(900, -64)
		b.Join("room", room)
		for i, hz := range []float64{500, 700} {
			b.Join(string(rune('a'+i)), says(hz, -30))
		}
		ticks(50)
		heard := ear.sound()
		near(t, "a", tone(heard, 500), -30)
		near(t, "b", tone(heard, 700), -30)
		if reads, _ := room.count(); reads != 0 {
			t.Errorf("noise was decoded %d times", reads)
		}
	})
}

func TestWhoLowersTheVoiceIsHeardToTheEndOfTheSentence(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		ear, p := &port{}, says(500, -30)
		b.Join("ear", ear)
		b.Join("p", p)
		ticks(20)
		ear.sound()
		p.say(media.Tone(500, -64))
		ticks(20)
		near(t, "the end", tone(ear.sound(), 500), -64)
	})
}
