package mix_test

import (
	"testing"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
	"github.com/botd-dev/botd/media/mix"
)

// Somebody who speaks, and so has an encoder of its own, begins to lose packets
// and is to have redundancy, loses more, and nothing any more. What it hears is
// not what its audience does, with its own voice in it.
func TestWhoSpeaksHearsNoClickWhenItsFormatChanges(t *testing.T) {
	during(t, mix.Config{Encoders: newOpus}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		ear := &choosy{&port{format: media.Format{Codec: "opus", Rate: 48000}, says: media.Tone(331.7, -12)}}
		b.Join("voice", says(440, -20))
		b.Join("ear", ear)
		b.Join("other", &port{format: media.Format{Codec: "opus", Rate: 48000}})
		ticks(60)
		for _, loss := range []int{10, 20, 10, 0, 20, 0, 10, 0} {
			ear.want(media.Format{Codec: "opus", Rate: 48000, PacketLoss: loss})
			ticks(63)
		}
		heard := decoded(t, ear.sent())[media.Rate/2:]
		if n := measure.Clicks(heard, media.Rate, 440); n > 0 {
			t.Errorf("%d clicks", n)
		}
		if own := tone(heard, 331.7); own > -60 {
			t.Errorf("its own voice is heard at %.1f dB", own)
		}
		for i := 0; i+480 <= len(heard); i += 240 {
			if l := measure.LevelDBFS(heard[i : i+480]); l < -32 || l > -15 {
				t.Errorf("10 ms at %d are at %.1f dBov", i, l)
			}
		}
		if n := c.Stats().Unmade; n > 0 {
			t.Errorf("%d payloads could not be made", n)
		}
	})
}

// What becomes of a wish that is taken back, and of one while nothing is heard.
func TestAFormatMayChangeAgainBeforeItIsUsed(t *testing.T) {
	during(t, mix.Config{Encoders: newOpus}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		plain := media.Format{Codec: "opus", Rate: 48000}
		ear := &choosy{&port{format: plain, says: media.Tone(300, -12)}}
		voice := says(440, -20)
		b.Join("voice", voice)
		b.Join("ear", ear)
		ticks(49)
		for i := range 12 {
			f := plain
			f.PacketLoss = 10 * (i % 3)
			ear.want(f)
			ticks(50)
			if i == 6 {
				voice.say(nil)
			}
		}
		before := len(ear.sent())
		voice.say(media.Tone(440, -20))
		ticks(100)
		if n := len(ear.sent()) - before; n < 98 {
			t.Errorf("%d packets in 100 ticks", n)
		}
	})
}
