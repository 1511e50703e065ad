package mix_test

import (
	"testing"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
	"github.com/botd-dev/botd/media/mix"
)

// Four loud voices are turned down as a whole. A limiter that bends would make
// harmonics of them.
func TestFourLoudVoicesAreTurnedDownAndNotDistorted(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		ear := &port{}
		b.Join("ear", ear)
		for _, id := range []string{"a", "b", "c", "d"} {
			b.Join(id, says(400, -6)) // in phase: 6 dB over full scale
		}
		ticks(100)
		heard := ear.sound()
		if loudest := peak(heard); loudest >= 32700 {
			t.Errorf("a peak of %.0f", loudest)
		}
		settled := heard[10*media.FrameSize:]
		if snr := measure.SNR(settled, media.Rate, 400); snr < 60 {
			t.Errorf("all that is not the tone is only %.0f dB below it", snr)
		}
		if level := tone(settled, 400); level < -5 || level > -3 {
			t.Errorf("the tone has %.1f dB", level)
		}
		t.Logf("THD and noise: %.1f dB, peak %.0f, %d samples turned down",
			-measure.SNR(settled, media.Rate, 400), peak(heard), c.Stats().Limited)
	})
}

func TestTheGainComesAndGoesWithoutAClick(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		ear := &port{}
		b.Join("ear", ear)
		b.Join("steady", says(210, -12))
		loud := says(310, -3.1)
		b.Join("loud", loud)
		ticks(20)
		loud.say(nil)
		ticks(2)
		ear.sound()
		ticks(60)
		heard := ear.sound()
		smooth(t, heard, 210, -12)
		near(t, "in the end", tone(heard[50*media.FrameSize:], 210), -12)
	})
}
