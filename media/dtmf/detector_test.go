package dtmf_test

import (
	"context"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
	"github.com/botd-dev/botd/media/dtmf"
	"github.com/botd-dev/botd/media/speech"
	"github.com/botd-dev/botd/media/speech/espeak"
)

const rate = dtmf.DetectorRate

// press is a key as two sines: its tones' levels in dBov, by how much they are
// out of tune, and how long.
type press struct {
	low, high     float64 // hertz
	lowdB, highdB float64
	off           float64
	lasts         time.Duration
}

var five = press{low: 770, high: 1336, lowdB: -13, highdB: -13, lasts: 50 * time.Millisecond}

func samples(d time.Duration) int { return int(d * rate / time.Second) }

// line is silence with presses in it, each so long after the one before.
func line(noise float64, pause time.Duration, presses ...press) []int16 {
	random := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // always the same noise
	var all []float64
	quiet := func(d time.Duration) { all = append(all, make([]float64, samples(d))...) }
	quiet(100 * time.Millisecond)
	for _, p := range presses {
		for i := range samples(p.lasts) {
			at := 2 * math.Pi * float64(i) / rate * (1 + p.off)
			all = append(all, math.Sqrt2*(math.Pow(10, p.lowdB/20)*math.Sin(p.low*at)+math.Pow(10, p.highdB/20)*math.Sin(p.high*at)))
		}
		quiet(pause)
	}
	quiet(200 * time.Millisecond)
	out := make([]int16, len(all))
	for i, x := range all {
		out[i] = media.Clip(int(32768 * (x + random.NormFloat64()*math.Pow(10, noise/20))))
	}
	return out
}

func detect(sound []int16) (found []dtmf.Tone) {
	d, src := dtmf.NewDetector(), speech.PCM(sound, rate)
	for f := media.NewFrame(rate); src.Read(f) == nil; {
		if t, ok := d.Push(f); ok {
			found = append(found, t)
		}
	}
	return found
}

func TestEveryKeyIsFoundInSound(t *testing.T) {
	low, high := []float64{697, 770, 852, 941}, []float64{1209, 1336, 1477, 1633}
	want := []dtmf.Tone{
		dtmf.One, dtmf.Two, dtmf.Three, dtmf.A, dtmf.Four, dtmf.Five, dtmf.Six, dtmf.B,
		dtmf.Seven, dtmf.Eight, dtmf.Nine, dtmf.C, dtmf.Asterisk, dtmf.Zero, dtmf.Pound, dtmf.D,
	}
	var all []press
	for _, l := range low {
		for _, h := range high {
			p := five
			p.low, p.high, p.lasts = l, h, 45*time.Millisecond
			all = append(all, p)
		}
	}
	if got := detect(line(-60, 50*time.Millisecond, all...)); !slices.Equal(got, want) {
		t.Errorf("found %v", got)
	}
}

// The rows are those of ITU-T Q.24: what has to be taken, and what must not be.
func TestAKeyIsTakenOrNotAsQ24HasIt(t *testing.T) {
	with := func(change func(*press)) press {
		p := five
		change(&p)
		return p
	}
	for _, row := range []struct {
		name  string
		press press
		noise float64
		taken bool
	}{
		{"40 ms", with(func(p *press) { p.lasts = 40 * time.Millisecond }), -60, true},
		{"23 ms", with(func(p *press) { p.lasts = 23 * time.Millisecond }), -60, false},
		{"10 ms", with(func(p *press) { p.lasts = 10 * time.Millisecond }), -60, false},
		{"1.5 % too high", with(func(p *press) { p.off = 0.015 }), -60, true},
		{"1.5 % too low", with(func(p *press) { p.off = -0.015 }), -60, true},
		{"3.5 % too high", with(func(p *press) { p.off = 0.035 }), -60, false},
		{"3.5 % too low", with(func(p *press) { p.off = -0.035 }), -60, false},
		{"the high tone 4 dB stronger", with(func(p *press) { p.highdB += 4 }), -60, true},
		{"the low tone 8 dB stronger", with(func(p *press) { p.lowdB += 8 }), -60, true},
		{"the high tone 12 dB stronger", with(func(p *press) { p.highdB += 12 }), -60, false},
		{"the low tone 16 dB stronger", with(func(p *press) { p.lowdB += 8; p.highdB -= 8 }), -60, false},
		{"quiet", with(func(p *press) { p.lowdB, p.highdB = -35, -35 }), -75, true},
		{"too quiet", with(func(p *press) { p.lowdB, p.highdB = -50, -50 }), -75, false},
		{"15 dB above noise", five, -28, true},
		{"one tone only", with(func(p *press) { p.highdB = -100 }), -60, false},
	} {
		// At every phase to the frames that there is.
		for shift := time.Duration(0); shift < media.FrameDuration; shift += 2500 * time.Microsecond {
			sound := append(make([]int16, samples(shift)), line(row.noise, 100*time.Millisecond, row.press)...)
			if got := detect(sound); (len(got) == 1 && got[0] == dtmf.Five) != row.taken || len(got) > 1 {
				t.Errorf("%s, %v later: found %v", row.name, shift, got)
			}
		}
	}
}

func TestALongKeyIsOneAndTwoKeysAreTwo(t *testing.T) {
	long := five
	long.lasts = 3 * time.Second
	if got := detect(line(-50, 50*time.Millisecond, long)); !slices.Equal(got, []dtmf.Tone{dtmf.Five}) {
		t.Errorf("held for 3 s: %v", got)
	}
	if got := detect(line(-50, 45*time.Millisecond, five, five, five)); len(got) != 3 {
		t.Errorf("pressed three times with 45 ms between: %v", got)
	}
	if got := detect(line(-50, 8*time.Millisecond, long, long)); len(got) != 1 {
		t.Errorf("with a gap of 8 ms: %v", got)
	}
}

func TestSpeechIsNoKey(t *testing.T) {
	for _, voice := range []string{"en-US-JennyNeural", "en-US-GuyNeural", "en-GB-SoniaNeural", "sv-SE-SofieNeural"} {
		sound := spoken(t, voice)
		for _, gain := range []int{1, 3} {
			louder := slices.Clone(sound)
			for i, s := range louder {
				louder[i] = media.Clip(int(s) * gain)
			}
			if got := detect(louder); len(got) > 0 {
				t.Errorf("%v of speech by %s, %d times as loud: %v", time.Duration(len(sound))*time.Second/rate, voice, gain, got)
			}
		}
	}
}

const story = `The quick brown fox jumps over the lazy dog. We were away a year ago. She sells sea shells by the sea shore.
How much wood would a woodchuck chuck, if a woodchuck could chuck wood? One, two, three, four, five, six, seven, eight, nine, ten.
Ooh, aah, eee. Mayday, mayday. Our hours are nine to five, Monday to Friday. Please press pound or star to continue.
The rain in Spain stays mainly in the plain. Many an anemone sees an enemy anemone. Fee, fie, foe, fum.
I owe you a yoyo. Lima, Oscar, Mike, November, Romeo, Sierra, Uniform, Victor, Whiskey, Yankee, Zulu.`

func spoken(t *testing.T, voice string) (all []int16) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	src, err := espeak.New(espeak.Config{}).Synthesize(ctx, speech.Utterance{Text: story, Voice: voice})
	if err != nil {
		t.Fatal(err)
	}
	src = media.Chain(src, media.Resample(rate))
	for f := media.NewFrame(rate); ; {
		err := src.Read(f)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, f.Samples...)
	}
}

func TestKeysAreFoundBehindACodec(t *testing.T) {
	for _, name := range []string{"pcmu", "pcma", "g722", "opus"} {
		c, err := codec.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		enc, err := c.NewEncoder(c.Format())
		if err != nil {
			t.Fatal(err)
		}
		dec, err := c.NewDecoder()
		if err != nil {
			t.Fatal(err)
		}
		at48 := media.Chain(speech.PCM(line(-60, 60*time.Millisecond, five, five, five), rate), media.Resample(media.Rate))
		through := media.SourceFunc(func(f *media.Frame) error {
			if err := at48.Read(f); err != nil {
				return err
			}
			b, err := enc.Encode(nil, f)
			if err != nil {
				return err
			}
			return dec.Decode(f, b)
		})
		d, src, found := dtmf.NewDetector(), media.Chain(through, media.Resample(rate)), 0
		for f := media.NewFrame(rate); src.Read(f) == nil; {
			if tone, ok := d.Push(f); ok && tone == dtmf.Five {
				found++
			}
		}
		if found != 3 {
			t.Errorf("%s: found %d of 3", name, found)
		}
	}
}

func FuzzDetector(f *testing.F) {
	f.Add([]byte{0, 1, 2, 255})
	f.Fuzz(func(t *testing.T, b []byte) {
		d, frame := dtmf.NewDetector(), media.NewFrame(rate)
		for len(b) > 0 {
			n := min(len(b), 2*len(frame.Samples))
			for i := range n / 2 {
				frame.Samples[i] = int16(b[2*i]) | int16(b[2*i+1])<<8
			}
			if tone, ok := d.Push(frame); ok {
				if _, known := tone.Code(); !known {
					t.Fatalf("found %q", tone)
				}
			}
			b = b[n:]
		}
	})
}

func BenchmarkDetector(b *testing.B) {
	d, src := dtmf.NewDetector(), media.Chain(media.Tone(770, -20), media.Resample(rate))
	f := media.NewFrame(rate)
	if err := src.Read(f); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for range b.N {
		d.Push(f)
	}
}
