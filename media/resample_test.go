package media_test

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"testing"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
)

var rates = []int{8000, 11025, 16000, 22050, 24000, 32000, 44100, 48000}

// sine is a second of a tone 1 dB below full scale.
func sine(hz float64, rate int) []int16 {
	s := make([]int16, rate)
	for i := range s {
		s[i] = int16(math.Round(29000 * math.Sin(2*math.Pi*hz*float64(i)/float64(rate))))
	}
	return s
}

// convert gives samples piece by piece, and takes what comes out.
func convert(t testing.TB, samples []int16, from, to, piece int) []int16 {
	t.Helper()
	r, err := media.NewResampler(from, to)
	if err != nil {
		t.Fatal(err)
	}
	var out []int16
	take := func() {
		got := make([]int16, r.Buffered())
		out = append(out, got[:r.Read(got)]...)
	}
	for ; len(samples) > piece; samples = samples[piece:] {
		r.Write(samples[:piece])
		take()
	}
	r.Write(samples)
	r.Flush()
	take()
	return out
}

// pairs calls f with each two of the usual rates that differ.
func pairs(f func(from, to int)) {
	for _, from := range rates {
		for _, to := range rates {
			if from != to {
				f(from, to)
			}
		}
	}
}

// middle is a sound without its first and last 30 ms.
func middle(samples []int16, rate int) []int16 {
	return samples[rate*3/100 : len(samples)-rate*3/100]
}

func TestResamplingKeepsATone(t *testing.T) {
	worst, loss := 200.0, 0.0
	pairs(func(from, to int) {
		for _, part := range []float64{0.01, 0.2, 0.35, 0.4} {
			hz := part * float64(min(from, to))
			in := sine(hz, from)[:from/5]
			out := convert(t, in, from, to, from/50)
			if len(out) != to/5 {
				t.Errorf("%d to %d Hz: 200 ms became %d samples", from, to, len(out))
			}
			out = middle(out, to)
			level := measure.ToneLevel(out, to, hz) - measure.ToneLevel(in, from, hz)
			snr := measure.SNR(out, to, hz)
			if math.Abs(level) > 1 || snr < 90 {
				t.Errorf("%d to %d Hz: a tone of %.0f Hz has %.2f dB, SNR %.1f dB", from, to, hz, level, snr)
			}
			worst, loss = min(worst, snr), max(loss, math.Abs(level))
		}
	})
	t.Logf("worst SNR %.1f dB, levels change by up to %.2f dB", worst, loss)
}

func TestWhatTheLowerRateCannotHoldIsGone(t *testing.T) {
	worst := -200.0
	pairs(func(from, to int) {
		for _, part := range []float64{0.505, 0.52, 0.6, 0.95, 1.4, 2.3} {
			hz := part * float64(to)
			if hz >= float64(from)/2 {
				return
			}
			in := sine(hz, from)[:from/5]
			out := middle(convert(t, in, from, to, 500), to)
			alias := measure.LevelDBFS(out) - measure.LevelDBFS(in)
			if alias > -80 {
				t.Errorf("%d to %d Hz: %.0f Hz comes back at %.1f dB", from, to, hz, alias)
			}
			worst = max(worst, alias)
		}
	})
	t.Logf("worst alias %.1f dB", worst)
}

func TestWhatTheHigherRateCouldHoldIsNotInvented(t *testing.T) {
	worst := -200.0
	pairs(func(from, to int) {
		for _, part := range []float64{0.1, 0.4, 0.45, 0.49} {
			image := (1 - part) * float64(from) // of the tone, mirrored at half the rate
			if image >= float64(to)/2 {
				continue
			}
			in := sine(part*float64(from), from)[:from/5]
			out := middle(convert(t, in, from, to, 160), to)
			hz := part * float64(from)
			l := measure.ToneLevel(out, to, hz) - measure.SNR(out, to, hz) - measure.LevelDBFS(in) // all but the tone
			if l > -80 {
				t.Errorf("%d to %d Hz: an image at %.0f Hz of %.1f dB", from, to, image, l)
			}
			worst = max(worst, l)
		}
	})
	t.Logf("worst image %.1f dB", worst)
}

func TestResamplingDelaysNothing(t *testing.T) {
	click := make([]int16, 800)
	click[400] = 30000
	out := convert(t, click, 8000, 48000, 7)
	best := 0
	for i, s := range out {
		if s > out[best] {
			best = i
		}
	}
	if best != 2400 || len(out) != 4800 {
		t.Errorf("a click at 2400 of 4800 is at %d of %d", best, len(out))
	}
}

func TestTheSameRateChangesNothing(t *testing.T) {
	in := sine(997, 48000)
	for i, s := range convert(t, in, 48000, 48000, 100) {
		if s != in[i] {
			t.Fatalf("sample %d is %d, was %d", i, s, in[i])
		}
	}
}

func TestLookaheadOfSilenceMakesAFrameOfEveryFrame(t *testing.T) {
	for _, row := range [][2]int{{8000, 48000}, {48000, 8000}, {16000, 48000}, {48000, 24000}} {
		r, err := media.NewResampler(row[0], row[1])
		if err != nil {
			t.Fatal(err)
		}
		r.Write(make([]int16, r.Lookahead()))
		in, out := make([]int16, row[0]/50), make([]int16, row[1])
		for range 100 {
			r.Write(in)
			if n := r.Read(out); n != row[1]/50 {
				t.Fatalf("%v: a frame became %d samples", row, n)
			}
		}
	}
}

func TestRatesThatAreNoneAreErrors(t *testing.T) {
	for _, rate := range []int{-8000, 0, 1, 3999, 47999, 192001, math.MaxInt} {
		if _, err := media.NewResampler(rate, media.Rate); !errors.Is(err, media.ErrRate) {
			t.Errorf("from %d Hz: %v", rate, err)
		}
		src := media.Chain(media.Tone(440, -20), media.Resample(rate))
		if err := src.Read(media.NewFrame(8000)); !errors.Is(err, media.ErrRate) {
			t.Errorf("to %d Hz: %v", rate, err)
		}
		f := &media.Frame{Samples: make([]int16, 10), Rate: rate}
		if err := media.NewPair().Microphone().Write(f); !errors.Is(err, media.ErrRate) {
			t.Errorf("said at %d Hz: %v", rate, err)
		}
	}
}

// pieces is a source of samples in frames of some length.
func pieces(samples []int16, rate, length int) media.Source {
	return media.SourceFunc(func(f *media.Frame) error {
		if len(samples) == 0 {
			return io.EOF
		}
		n := min(length, len(samples))
		f.Resize(n, rate)
		copy(f.Samples, samples[:n])
		samples = samples[n:]
		return nil
	})
}

// one source after the other.
func both(a, b media.Source) media.Source {
	return media.SourceFunc(func(f *media.Frame) error {
		if err := a.Read(f); !errors.Is(err, io.EOF) {
			return err
		}
		return b.Read(f)
	})
}

func listen(t testing.TB, src media.Source) []int16 {
	t.Helper()
	var all []int16
	f := &media.Frame{}
	for {
		err := src.Read(f)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil || len(f.Samples) != f.Rate/50 {
			t.Fatalf("%d samples at %d Hz, %v", len(f.Samples), f.Rate, err)
		}
		all = append(all, f.Samples...)
	}
}

func TestFramesOfAnyLengthComeOutIn20Milliseconds(t *testing.T) {
	for _, from := range rates {
		for _, to := range rates {
			for _, length := range []int{1, from / 50, from / 7, from} {
				src := pieces(sine(1000, from)[:from/10+3], from, length)
				all := listen(t, media.Chain(src, media.Resample(to)))
				want := 6 // the last filled up
				if to == 11025 {
					want = 6 // of 220 samples each, which is 19.95 ms
				}
				if len(all) != want*(to/50) {
					t.Errorf("%d to %d Hz in pieces of %d: %d samples", from, to, length, len(all))
				}
			}
		}
	}
}

func TestARateMayChangeOnTheWay(t *testing.T) {
	src := both(pieces(sine(1000, 16000), 16000, 320), pieces(sine(1000, 44100), 44100, 882))
	all := listen(t, media.Chain(src, media.Resample(media.Rate)))
	if len(all) != 2*media.Rate {
		t.Errorf("two seconds became %d samples", len(all))
	}
	if hz, part := measure.Peak(all, media.Rate); math.Abs(hz-1000) > 0.1 || part < 0.999 {
		t.Errorf("heard %.2f Hz, %.4f", hz, part)
	}
	if g := measure.Gaps(all, media.Rate, -40); g != nil {
		t.Errorf("gaps %v", g)
	}
}

func TestASourceThatGivesNothingForEverIsAnError(t *testing.T) {
	src := media.SourceFunc(func(f *media.Frame) error { f.Resize(0, 8000); return nil })
	if err := media.Chain(src, media.Resample(8000)).Read(media.NewFrame(8000)); !errors.Is(err, io.ErrNoProgress) {
		t.Error(err)
	}
}

func TestLimitEndsInTheMiddleOfAFrame(t *testing.T) {
	all := listen(t, media.Chain(media.Tone(1000, -10), media.Limit(50e6)))
	sound := measure.LevelDBFS(all[media.FrameSize*2 : media.FrameSize*5/2])
	rest := measure.LevelDBFS(all[media.FrameSize*5/2:])
	if len(all) != 3*media.FrameSize || math.Abs(sound+10) > 0.1 || !math.IsInf(rest, -1) {
		t.Errorf("%d samples, the last frame %.1f and %.1f dBFS", len(all), sound, rest)
	}
}

func TestAResamplerIsAsNewAfterReset(t *testing.T) {
	pairs(func(from, to int) {
		r, err := media.NewResampler(from, to)
		if err != nil {
			t.Fatal(err)
		}
		var runs [2][]int16
		for i := range runs {
			r.Write(sine(1000, from)[:from/50+7])
			r.Flush()
			runs[i] = make([]int16, r.Buffered())
			r.Read(runs[i])
			r.Reset()
		}
		if len(runs[0]) == 0 || !slices.Equal(runs[0], runs[1]) {
			t.Errorf("%d to %d Hz: another sound after Reset", from, to)
		}
	})
}

func TestResamplingAllocatesNothing(t *testing.T) {
	for _, to := range rates {
		src := media.Chain(media.Tone(440, -20), media.Resample(to))
		f := media.NewFrame(media.Rate)
		read := func() { _ = src.Read(f) }
		for range 10 {
			read()
		}
		if n := testing.AllocsPerRun(100, read); n != 0 {
			t.Errorf("to %d Hz: %v allocations a frame", to, n)
		}
	}
}

func BenchmarkResample(b *testing.B) {
	for _, row := range [][2]int{{8000, 48000}, {48000, 8000}, {16000, 48000}, {44100, 48000}, {48000, 24000}} {
		b.Run(fmt.Sprintf("%d to %d", row[0], row[1]), func(b *testing.B) {
			r, err := media.NewResampler(row[0], row[1])
			if err != nil {
				b.Fatal(err)
			}
			in, out := sine(440, row[0])[:row[0]/50], make([]int16, 2*row[1]/50)
			b.ReportAllocs()
			for b.Loop() {
				r.Write(in)
				r.Read(out)
			}
		})
	}
}
