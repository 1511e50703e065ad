package media_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/botd-dev/botd/media"
)

// sine is one second of a tone at some rate.
func sine(hz float64, rate int) []int16 {
	s := make([]int16, rate)
	for i := range s {
		s[i] = int16(math.Round(16000 * math.Sin(2*math.Pi*hz*float64(i)/float64(rate))))
	}
	return s
}

// split fits a sine of known frequency and returns its level and that of the
// rest, both in dB relative to 16000.
func split(s []int16, hz float64, rate int) (tone, rest float64) {
	s = s[rate/10 : len(s)-rate/10]
	var a, b float64
	for i, v := range s {
		w := 2 * math.Pi * hz * float64(i) / float64(rate)
		a += float64(v) * math.Cos(w) * 2 / float64(len(s))
		b += float64(v) * math.Sin(w) * 2 / float64(len(s))
	}
	noise := 0.0
	for i, v := range s {
		w := 2 * math.Pi * hz * float64(i) / float64(rate)
		d := float64(v) - a*math.Cos(w) - b*math.Sin(w)
		noise += d * d * 2 / float64(len(s))
	}
	db := func(x float64) float64 { return 20 * math.Log10(math.Max(x, 1e-9)/16000) }
	return db(math.Hypot(a, b)), db(math.Sqrt(noise))
}

func TestResamplingKeepsATone(t *testing.T) {
	for _, from := range []int{8000, 11025, 16000, 22050, 24000, 32000, 44100, 48000} {
		for _, to := range []int{8000, 16000, 48000} {
			for _, part := range []float64{0.05, 0.125, 0.4} {
				hz := math.Floor(part*float64(min(from, to))/50) * 50
				t.Run(fmt.Sprintf("%d to %d at %.0f Hz", from, to, hz), func(t *testing.T) {
					out := media.NewResampler(from, to).Append(nil, sine(hz, from))
					tone, rest := split(out, hz, to)
					if math.Abs(tone) > 1 {
						t.Errorf("level off by %.2f dB", tone)
					}
					if rest > -84 { // 16 bits at this level leave -88
						t.Errorf("noise at %.1f dB", rest)
					}
				})
			}
		}
	}
}

func TestWhatTheLowerRateCannotHoldIsGone(t *testing.T) {
	out := media.NewResampler(48000, 8000).Append(nil, sine(5000, 48000))
	loudest := 0
	for _, s := range out[800 : len(out)-800] {
		loudest = max(loudest, int(math.Abs(float64(s))))
	}
	if loudest > 2 { // -78 dB of 16000, the last bit
		t.Errorf("an alias of %d remains", loudest)
	}
}

func TestAFrameOfAnyLengthComesOutIn20Milliseconds(t *testing.T) {
	left := 3
	src := media.SourceFunc(func(f *media.Frame) error {
		if left == 0 {
			return eof
		}
		left--
		f.Resize(100, 8000)
		f.Silence()
		return nil
	})
	got := 0
	for f, s := media.NewFrame(48000), media.Chain(src, media.Resample(48000)); s.Read(f) == nil; got++ {
		if len(f.Samples) != media.FrameSize || f.Rate != 48000 {
			t.Fatalf("a frame of %d at %d", len(f.Samples), f.Rate)
		}
	}
	if got != 2 { // 37.5 ms, the last frame filled up
		t.Errorf("%d frames", got)
	}
}

func TestResamplingAllocatesNothing(t *testing.T) {
	r, in := media.NewResampler(8000, 48000), sine(440, 8000)[:160]
	out := make([]int16, 0, 2*media.FrameSize)
	r.Append(out, in)
	if n := testing.AllocsPerRun(100, func() { r.Append(out, in) }); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

func BenchmarkResample8To48(b *testing.B) {
	r, in := media.NewResampler(8000, 48000), sine(440, 8000)[:160]
	out := make([]int16, 0, 2*media.FrameSize)
	for b.Loop() {
		r.Append(out, in)
	}
}
