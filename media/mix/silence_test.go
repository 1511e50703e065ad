package mix_test

import (
	"testing"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
	"github.com/botd-dev/botd/media/mix"
)

// paused is Opus for who asked that nothing be sent in pauses.
var paused = media.Format{Codec: "opus", Rate: media.Rate, DTX: true}

func TestSilenceIsAPacketOfSilenceInEveryTick(t *testing.T) {
	during(t, mix.Config{Encoders: newOpus}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		ear, other := newCaller(t, nil), newCaller(t, nil)
		b.Join("ear", ear)
		b.Join("other", other)
		ticks(200)
		b.Close()
		if n := len(payloads(ear.received())); n != len(ear.received()) || n < 200 {
			t.Errorf("%d packets in 4 s of silence", n)
		}
		if s := c.Stats(); s.Encoded != 0 || s.Decoded != 0 {
			t.Errorf("encoded %d, decoded %d", s.Encoded, s.Decoded)
		}
		if level := measure.LevelDBFS(decode(t, ear.received())); level > -80 {
			t.Errorf("silence of %.0f dB", level)
		}
	})
}

func TestWhereThatIsAskedForSilenceIsOnePacketEvery400ms(t *testing.T) {
	during(t, mix.Config{Encoders: newOpus}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		ear, other := newCaller(t, nil), newCaller(t, nil)
		ear.format, other.format = paused, paused
		b.Join("ear", ear)
		b.Join("other", other)
		ticks(200)
		b.Close()
		if n := len(payloads(ear.received())); n != 10 && n != 11 {
			t.Errorf("%d packets in 4 s of silence", n)
		}
		if n := len(ear.received()); n < 200 {
			t.Errorf("told of %d ticks", n)
		}
		if len(ear.received()[0].Payload) == 0 {
			t.Error("the line was not opened")
		}
		if s := c.Stats(); s.Encoded != 0 || s.Decoded != 0 {
			t.Errorf("encoded %d, decoded %d", s.Encoded, s.Decoded)
		}
		if level := measure.LevelDBFS(decode(t, ear.received())); level > -80 {
			t.Errorf("silence of %.0f dB", level)
		}
	})
}

func TestWhatWasMixedEndsAndThenNothingIsEncoded(t *testing.T) {
	during(t, mix.Config{Encoders: newOpus}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		ear := newCaller(t, nil)
		b.Join("ear", ear)
		voice := says(440, -20)
		voice.format = media.Format{Codec: "opus", Rate: media.Rate}
		b.Join("voice", voice)
		ticks(100)
		voice.say(nil)
		ticks(1)
		before := c.Stats().Encoded
		ticks(100)
		if n := c.Stats().Encoded - before; n < 4 || n > 10 {
			t.Errorf("%d payloads for silence", n)
		}
		voice.say(media.Tone(440, -20))
		ticks(50)
		b.Close()
		sound := decode(t, ear.received())
		near(t, "before", tone(sound[50*media.FrameSize:90*media.FrameSize], 440), -20)
		if level := measure.LevelDBFS(sound[115*media.FrameSize : 190*media.FrameSize]); level > -75 {
			t.Errorf("a silence of %.0f dB", level)
		}
		near(t, "after", tone(sound[len(sound)-30*media.FrameSize:], 440), -20)
		if primed := c.Stats().Primed; primed != 0 {
			t.Errorf("%d primed, from silence to silence", primed)
		}
	})
}
