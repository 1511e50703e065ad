package mix_test

import (
	"bytes"
	"testing"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
)

// abrupt says a tone for n frames and digital silence from then on.
func abrupt(hz, dBov float64, n int) media.Source {
	src := media.Tone(hz, dBov)
	return media.SourceFunc(func(f *media.Frame) error {
		err := src.Read(f)
		if n--; n < 0 {
			f.Silence()
		}
		return err
	})
}

// A codec gives the last milliseconds of a word with the packet after it, which
// says that it is silent.
func TestAWordThatEndsAtOnceIsHeardToItsEnd(t *testing.T) {
	during(t, mix.Config{Encoders: newOpus}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		ear, voice := &port{}, newCaller(t, abrupt(431, -20, 30))
		b.Join("ear", ear)
		b.Join("voice", voice)
		ticks(50)
		smooth(t, ear.sound(), 431, -18)
		if n := voice.count.reads; n != 31 {
			t.Errorf("read %d times, want 30 and the end", n)
		}
	})
}

func TestThePacketThatEndsAWordIsPassedOnToo(t *testing.T) {
	during(t, mix.Config{Encoders: newOpus}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		voice, other := newCaller(t, abrupt(431, -20, 30)), newCaller(t, nil)
		silent := newCaller(t, frames(700, -20, 30)) // after which nothing comes
		voice.format, other.format, silent.format = paused, paused, paused
		b.Join("voice", voice)
		b.Join("other", other)
		ticks(60)
		if sent := other.received(); !bytes.Equal(sent[30].Payload, voice.passed[30]) || len(sent[31].Payload) > 0 {
			t.Errorf("the end is %d and then %d octets", len(sent[30].Payload), len(sent[31].Payload))
		}
		b.Leave("voice")
		b.Join("silent", silent)
		ticks(60)
		if s := c.Stats(); s.Decoded > 0 || s.Encoded > 0 || s.Relayed != 61 {
			t.Errorf("decoded %d, encoded %d, handed on %d", s.Decoded, s.Encoded, s.Relayed)
		}
	})
}
