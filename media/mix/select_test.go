package mix_test

import (
	"testing"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
)

// speakers are n ports on b that say nothing yet, each with its own frequency.
func speakers(b *mix.Bridge, n int) []*port {
	ports := make([]*port, n)
	for i := range ports {
		ports[i] = &port{}
		b.Join(string(rune('a'+i)), ports[i])
	}
	return ports
}

func TestOnlyTheLoudestAreDecoded(t *testing.T) {
	during(t, mix.Config{Speakers: 4}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		ear := &port{}
		b.Join("ear", ear)
		ports := speakers(b, 6)
		for i, p := range ports {
			p.say(media.Tone(float64(500+250*i), float64(-20-5*i)))
		}
		ticks(50)
		heard := ear.sound()
		for i, p := range ports {
			level := tone(heard, float64(500+250*i))
			if i < 4 {
				near(t, "loud", level, float64(-20-5*i))
			} else {
				absent(t, "quiet", level)
			}
			if reads, _ := p.count(); i >= 4 && reads != 0 {
				t.Errorf("port %d was decoded %d times", i, reads)
			}
		}
		if n := c.Stats().Unheard; n != 100 {
			t.Errorf("%d frames counted as unheard, want 100", n)
		}
	})
}

func TestASilentPortIsNotDecoded(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		p := speakers(b, 1)[0]
		ticks(10)
		if reads, skips := p.count(); reads != 0 || skips != 10 {
			t.Errorf("read %d, skipped %d", reads, skips)
		}
	})
}

func TestEquallyLoudSpeakersDoNotTakeTurns(t *testing.T) {
	during(t, mix.Config{Speakers: 1}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		ports := speakers(b, 2)
		wobble := func(hz float64, odd int) media.Source {
			loud, quiet, n := media.Tone(hz, -20), media.Tone(hz, -23), odd
			return media.SourceFunc(func(f *media.Frame) error {
				if n++; n%2 == 0 {
					return loud.Read(f)
				}
				return quiet.Read(f)
			})
		}
		ports[0].say(wobble(500, 1))
		ports[1].say(wobble(900, 0))
		ticks(50)
		first, _ := ports[0].count()
		second, _ := ports[1].count()
		if first != 0 && second != 0 {
			t.Errorf("decoded %d and %d times", first, second)
		}
	})
}

func TestABreathDoesNotGiveTheFloorAway(t *testing.T) {
	during(t, mix.Config{Speakers: 1}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		ports := speakers(b, 2)
		ports[0].say(media.Tone(500, -20))
		ports[1].say(media.Tone(900, -40)) // a noisy room
		ticks(20)
		ports[0].say(media.Tone(500, -60))
		ticks(5)
		if reads, _ := ports[1].count(); reads != 0 {
			t.Error("the noise came through in a breath of 100 ms")
		}
		ticks(50)
		if reads, _ := ports[1].count(); reads == 0 {
			t.Error("the other is never heard")
		}
	})
}

func TestALouderSpeakerComesInAndTheOtherGoesWithoutAClick(t *testing.T) {
	during(t, mix.Config{Speakers: 1}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		ear := &port{}
		b.Join("ear", ear)
		ports := speakers(b, 2)
		ports[0].say(media.Tone(210, -30))
		ports[1].say(media.Tone(310, -31))
		ticks(20)
		ports[1].say(media.Tone(310, -20))
		ticks(1)
		ear.sound()
		ticks(20)
		near(t, "the louder", tone(ear.sound(), 310), -20)
		ports[0].say(media.Tone(210, -10))
		ticks(5)
		heard := ear.sound()
		smooth(t, heard, 210, -9)
		near(t, "the loudest", tone(heard[2*media.FrameSize:], 210), -10)
	})
}
