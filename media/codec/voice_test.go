package codec_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
	"github.com/botd-dev/botd/media/measure"
)

// resonance is a second-order filter with a peak at a frequency.
type resonance struct{ a, b, c, y1, y2 float64 }

func (r *resonance) tune(hz, width float64) {
	radius := math.Exp(-math.Pi * width / media.Rate)
	r.b = 2 * radius * math.Cos(2*math.Pi*hz/media.Rate)
	r.c = -radius * radius
	r.a = 1 - r.b - r.c
}

func (r *resonance) next(x float64) float64 {
	y := r.a*x + r.b*r.y1 + r.c*r.y2
	r.y1, r.y2 = y, r.y1
	return y
}

// vowels are three formants each, in hertz.
var vowels = [][3]float64{{730, 1090, 2440}, {270, 2290, 3010}, {570, 840, 2410}, {300, 870, 2240}, {530, 1840, 2480}}

// voice is some seconds of something like speech, at 48 kHz and about -20 dBov:
// four syllables a second of a voice that glides, each with a hiss before it.
func voice(seconds int) []int16 {
	r := rand.New(rand.NewPCG(3, 4))
	var formants [3]resonance
	sound := make([]float64, seconds*media.Rate)
	phase, peak := 0.0, 0.0
	const syllable = media.Rate / 4
	for i := range sound {
		at := float64(i%syllable) / syllable
		if i%syllable == 0 {
			for k := range formants {
				formants[k].tune(vowels[i/syllable%len(vowels)][k], 80+40*float64(k))
			}
		}
		phase += (115 + 25*math.Sin(2*math.Pi*float64(i)/media.Rate*0.7) - 20*at) / media.Rate
		breath := 0.0
		if phase >= 1 {
			phase--
			breath = 1
		}
		y := formants[0].next(breath) + 0.5*formants[1].next(breath) + 0.25*formants[2].next(breath)
		y *= math.Sin(math.Pi * min(max((at-0.2)/0.75, 0), 1))
		if at < 0.2 {
			y += math.Sin(math.Pi*at/0.2) * 0.001 * r.NormFloat64()
		}
		sound[i] = y
		peak = max(peak, math.Abs(y))
	}
	out := make([]int16, len(sound))
	for i, y := range sound {
		out[i] = int16(16000 / peak * y)
	}
	return out
}

// resample converts the whole of a sound.
func resample(samples []int16, from, to int) []int16 {
	r, err := media.NewResampler(from, to)
	if err != nil {
		panic(err)
	}
	r.Write(samples)
	r.Flush()
	out := make([]int16, r.Buffered())
	r.Read(out)
	return out
}

// packets encodes samples at 48 kHz, 20 ms a packet.
func packets(t testing.TB, row codec.Codec, format media.Format, samples []int16) [][]byte {
	t.Helper()
	enc, err := row.NewEncoder(format)
	if err != nil {
		t.Fatal(err)
	}
	var all [][]byte
	for ; len(samples) >= media.FrameSize; samples = samples[media.FrameSize:] {
		p, err := enc.Encode(nil, &media.Frame{Samples: samples[:media.FrameSize], Rate: media.Rate})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// heard decodes packets; of those that lost names nothing is known but, if
// ahead, the packet after them.
func heard(t testing.TB, row codec.Codec, all [][]byte, lost func(i int) bool, ahead bool) []int16 {
	t.Helper()
	dec, err := row.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	var out []int16
	f := media.NewFrame(media.Rate)
	for i, p := range all {
		switch {
		case !lost(i):
			err = dec.Decode(f, p)
		case ahead && i+1 < len(all) && !lost(i+1):
			err = dec.Conceal(f, all[i+1])
		default:
			err = dec.Conceal(f, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, f.Samples...)
	}
	return out
}

// aligned gives said and what was heard of it without its delay.
func aligned(said, heard []int16) (a, b []int16, late time.Duration) {
	late = measure.Delay(said[:media.Rate/2], heard[:media.Rate/2], media.Rate)
	n := int(math.Round(late.Seconds() * media.Rate))
	heard = heard[max(n, 0):]
	said = said[max(-n, 0):]
	n = min(len(said), len(heard))
	return said[:n], heard[:n], late
}

// snr is by how many dB a is louder than the difference of a and b.
func snr(a, b []int16) float64 {
	signal, noise := 1e-9, 1e-9
	for i := range a {
		d := float64(a[i]) - float64(b[i])
		signal += float64(a[i]) * float64(a[i])
		noise += d * d
	}
	return 10 * math.Log10(signal/noise)
}

// segmental is the mean of the SNR of all 20 ms that are loud enough to be
// heard, each between -10 and 80 dB.
func segmental(a, b []int16) float64 {
	sum, n := 0.0, 0
	for i := 0; i+media.FrameSize <= len(a); i += media.FrameSize {
		if piece := a[i : i+media.FrameSize]; measure.LevelDBFS(piece) > -40 {
			sum += min(max(snr(piece, b[i:i+media.FrameSize]), -10), 80)
			n++
		}
	}
	return sum / float64(max(n, 1))
}
