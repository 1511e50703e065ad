package mix_test

import (
	"errors"
	"math"
	"testing"

	"github.com/hraban/opus"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
	"github.com/botd-dev/botd/media/mix"
)

// encoder counts what it makes and keeps the first sample it was given.
type encoder struct{ made int }

func (e *encoder) Encode(dst []byte, f *media.Frame) ([]byte, error) {
	e.made++
	return append(dst, byte(f.Samples[0]), byte(e.made)), nil
}

// makers counts the encoders that were made for each format.
type makers map[media.Format][]*encoder

func (m makers) new(f media.Format) (media.Encoder, error) {
	if f.Codec == "none" {
		return nil, errors.New("no such codec")
	}
	e := &encoder{}
	m[f] = append(m[f], e)
	return e, nil
}

func TestThoseWhoHearTheSameShareOneEncoding(t *testing.T) {
	made := makers{}
	during(t, mix.Config{Encoders: made.new}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		o, u := media.Format{Codec: "opus", Rate: 48000}, media.Format{Codec: "pcmu", Rate: 8000}
		listeners := speakers(b, 20)
		for i, p := range listeners {
			p.format = o
			if i%2 == 0 {
				p.format = u
			}
			b.Join(string(rune('a'+i)), p)
		}
		voice := says(400, -20)
		b.Join("voice", voice)
		ticks(10)
		if len(made[o]) != 1 || len(made[u]) != 1 {
			t.Errorf("%d and %d encoders made", len(made[o]), len(made[u]))
		}
		if n := c.Stats().Encoded; n != 20 {
			t.Errorf("%d payloads in 10 ticks", n)
		}
		for _, p := range listeners {
			if len(p.sent()) != 10 {
				t.Errorf("a listener got %d packets", len(p.sent()))
			}
		}
		listeners[1].say(media.Tone(900, -20))
		ticks(10)
		if len(made[o]) != 2 {
			t.Errorf("who speaks has no encoder of its own: %d", len(made[o]))
		}
	})
}

func TestThoseToWhomTheSameIsPlayedShareOneEncoding(t *testing.T) {
	made := makers{}
	during(t, mix.Config{Encoders: made.new}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		for i, p := range speakers(b, 20) {
			p.format = media.Format{Codec: "opus"}
			b.Join(string(rune('a'+i)), p)
		}
		b.Play(media.Tone(400, -20), "a", "b", "c", "d", "e", "f")
		ticks(10)
		if n := c.Stats().Encoded; n != 10 { // the others hear nothing
			t.Errorf("%d payloads in 10 ticks", n)
		}
	})
}

func TestAFormatWithoutEncoderHearsFramesAndIsCounted(t *testing.T) {
	made := makers{}
	during(t, mix.Config{Encoders: made.new}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		ear := &port{format: media.Format{Codec: "none"}}
		b.Join("ear", ear)
		b.Join("voice", says(400, -20))
		ticks(10)
		near(t, "as PCM", tone(ear.sound(), 400), -20)
		if len(ear.sent()) != 0 || c.Stats().Unmade != 1 {
			t.Errorf("%d packets, %d counted", len(ear.sent()), c.Stats().Unmade)
		}
	})
}

// newOpus makes an encoder as the server does.
func newOpus(f media.Format) (media.Encoder, error) {
	f.Codec = "opus"
	return codec.NewEncoder(f)
}

// A listener hears a steady tone and says something now and then, too quiet to
// matter, so that its stream goes from the shared encoder to its own and back.
// One decoder follows it. What is in the decoded sound beside the tone must stay
// 20 dB below it; an encoder that is not primed makes a click as loud as the
// tone itself.
func TestAStreamDoesNotClickWhenItsEncoderChanges(t *testing.T) {
	during(t, mix.Config{Encoders: newOpus}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		ear := &port{format: media.Format{Codec: "opus", Rate: 48000}}
		steady := &port{format: ear.format}
		b.Join("voice", says(440, -20))
		b.Join("ear", ear)
		b.Join("steady", steady)
		for range 2 {
			ticks(97)
			ear.say(frames(3000, -58, 20))
			ticks(103)
		}
		if n := c.Stats().Primed; n < 2*2 {
			t.Errorf("%d payloads primed: no encoder changed", n)
		}
		changing, constant := residue(t, ear.sent()), residue(t, steady.sent())
		t.Logf("worst 5 ms: %.1f dB with changes, %.1f dB without", changing, constant)
		if changing > -20 {
			t.Errorf("a change is heard: %.1f dB, without %.1f dB", changing, constant)
		}
	})
}

// residue decodes packets that carry a tone of 440 Hz at -20 dBov and returns
// how loud the loudest 5 ms of what is not that tone are, in dB below it.
func residue(t *testing.T, packets [][]byte) float64 {
	t.Helper()
	sound := decoded(t, packets)
	worst := 0.0
	const window = 240
	for at := 48000; at+2400 < len(sound); at += window {
		worst = math.Max(worst, notTone(sound[at-1200:at+1200], 1200, window))
	}
	return 20 * math.Log10(worst)
}

// decoded is what one decoder makes of packets, at 48 kHz.
func decoded(t *testing.T, packets [][]byte) (sound []int16) {
	t.Helper()
	d, err := opus.NewDecoder(48000, 1)
	if err != nil {
		t.Fatal(err)
	}
	pcm := make([]int16, 5760)
	for _, p := range packets {
		n, err := d.Decode(p, pcm)
		if err != nil {
			t.Fatal(err)
		}
		sound = append(sound, pcm[:n]...)
	}
	return sound
}

// notTone fits a tone of 440 Hz to sound and returns the RMS of the difference
// over n samples from its middle, over the RMS of the tone.
func notTone(sound []int16, middle, n int) float64 {
	var re, im float64
	for i, s := range sound {
		re += 2 * float64(s) * math.Cos(2*math.Pi*440*float64(i)/48000) / float64(len(sound))
		im += 2 * float64(s) * math.Sin(2*math.Pi*440*float64(i)/48000) / float64(len(sound))
	}
	sum := 0.0
	for i := middle; i < middle+n; i++ {
		x := 2 * math.Pi * 440 * float64(i) / 48000
		d := float64(sound[i]) - re*math.Cos(x) - im*math.Sin(x)
		sum += d * d
	}
	return math.Sqrt(sum/float64(n)) / (math.Hypot(re, im) / math.Sqrt2)
}
