package measure

import (
	"io"
	"math"
	"math/cmplx"
	"slices"

	"github.com/botd-dev/botd/media"
)

// The parameters of the short-time objective intelligibility measure: Taal,
// Hendriks, Heusdens, Jensen, "An Algorithm for Intelligibility Prediction of
// Time–Frequency Weighted Noisy Speech", IEEE TASLP 19(7), 2011, section II.
const (
	stoiRate   = 10000
	stoiFrame  = 256
	stoiHop    = stoiFrame / 2
	stoiSize   = 512   // of the transform
	stoiBands  = 15    // a third of an octave each
	stoiLowest = 150   // hertz, the middle of the lowest band
	stoiLength = 30    // frames in a segment: 384 ms
	stoiRange  = 40    // dB below the loudest frame is where speech ends
	nothing    = 1e-12 // of the energy is what rounding leaves of silence
	stoiClip   = 6.62  // 1 + 10^(15/20): distortion beyond -15 dB counts no more
)

// Intelligibility is how well speech can be followed, by STOI: about 1 for what
// is as it was said, 0.9 and more for what everybody follows, below 0.6 for what
// nobody does. Heard must be aligned to within some 10 ms. Of less than 0.4 s of
// speech it is 0.
func Intelligibility(said, heard []int16, rate int) float64 {
	x, y := atTenKilohertz(said, rate), atTenKilohertz(heard, rate)
	n := min(len(x), len(y))
	x, y = whereSpoken(x[:n], y[:n])
	return stoi(bandsOf(x, y, thirds()))
}

// atTenKilohertz resamples.
func atTenKilohertz(samples []int16, rate int) []float64 {
	at := 0
	src := media.Chain(media.SourceFunc(func(f *media.Frame) error {
		if at >= len(samples) {
			return io.EOF
		}
		n := min(rate/50, len(samples)-at)
		f.Resize(n, rate)
		copy(f.Samples, samples[at:at+n])
		at += n
		return nil
	}), media.Resample(stoiRate))
	var out []float64
	f := media.NewFrame(stoiRate)
	for {
		if src.Read(f) != nil { // it can only have ended
			return out
		}
		for _, s := range f.Samples {
			out = append(out, float64(s)/fullScale)
		}
	}
}

// hann is the window that the authors use, without the zeros at its ends.
func hann() []float64 {
	w := make([]float64, stoiFrame)
	for i := range w {
		w[i] = 0.5 - 0.5*math.Cos(2*math.Pi*float64(i+1)/(stoiFrame+1))
	}
	return w
}

// whereSpoken leaves out of both the frames in which x is 40 dB and more below
// its loudest.
func whereSpoken(x, y []float64) (spokenX, spokenY []float64) {
	w := hann()
	var energies []float64
	loudest := 0.0
	for at := 0; at+stoiFrame <= len(x); at += stoiHop {
		sum := 0.0
		for i, v := range w {
			sum += v * x[at+i] * v * x[at+i]
		}
		energies = append(energies, sum)
		loudest = max(loudest, sum)
	}
	kept := 0
	spokenX, spokenY = make([]float64, len(x)), make([]float64, len(y))
	for k, e := range energies {
		if loudest == 0 || e < loudest*math.Pow(10, -stoiRange/10.0) {
			continue
		}
		for i, v := range w {
			spokenX[kept+i] += v * x[k*stoiHop+i]
			spokenY[kept+i] += v * y[k*stoiHop+i]
		}
		kept += stoiHop
	}
	if kept == 0 {
		return nil, nil
	}
	return spokenX[:kept+stoiHop], spokenY[:kept+stoiHop]
}

// thirds are the first bin of each band, and at the end the first after the
// last.
func thirds() [stoiBands][2]int {
	var bands [stoiBands][2]int
	bin := func(hz float64) int { return int(math.Round(hz * stoiSize / stoiRate)) }
	for k := range bands {
		middle := stoiLowest * math.Pow(2, float64(k)/3)
		bands[k] = [2]int{bin(middle * math.Pow(2, -1.0/6)), bin(middle * math.Pow(2, 1.0/6))}
	}
	return bands
}

// bandsOf is the amplitude in every band of both, frame by frame. One transform
// does for two real signals: one is in its even part, the other in the odd.
func bandsOf(x, y []float64, bands [stoiBands][2]int) (ofX, ofY [stoiBands][]float64) {
	w := hann()
	frame := make([]complex128, stoiSize)
	for at := 0; at+stoiFrame <= len(x); at += stoiHop {
		clear(frame)
		for i, v := range w {
			frame[i] = complex(v*x[at+i], v*y[at+i])
		}
		transform(frame, -1)
		for k, b := range bands {
			var powerX, powerY float64
			for bin := b[0]; bin < b[1]; bin++ {
				p, q := frame[bin], cmplx.Conj(frame[stoiSize-bin])
				powerX += square(p+q) / 4
				powerY += square(p-q) / 4
			}
			ofX[k], ofY[k] = append(ofX[k], math.Sqrt(powerX)), append(ofY[k], math.Sqrt(powerY))
		}
	}
	return ofX, ofY
}

func square(v complex128) float64 { return real(v)*real(v) + imag(v)*imag(v) }

// stoi is the mean correlation of all bands in all segments (equations 3 to 6).
func stoi(x, y [stoiBands][]float64) float64 {
	sum, n := 0.0, 0
	for k := range x {
		for at := 0; at+stoiLength <= len(x[k]); at++ {
			clean := x[k][at : at+stoiLength]
			n++
			if heard := y[k][at : at+stoiLength]; energy(heard) > nothing*energy(clean) {
				sum += correlation(clean, clipped(clean, heard))
			}
		}
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

// clipped is y as loud as x, and nowhere so much louder that it counts more than
// speech which is not there at all.
func clipped(x, y []float64) []float64 {
	const tiny = 1e-15
	gain := math.Sqrt((energy(x) + tiny) / (energy(y) + tiny))
	out := slices.Clone(y)
	for i := range out {
		out[i] = min(gain*out[i], stoiClip*x[i])
	}
	return out
}

func energy(x []float64) (sum float64) {
	for _, v := range x {
		sum += v * v
	}
	return sum
}

// correlation is that of Pearson.
func correlation(x, y []float64) float64 {
	mx, my := mean(x), mean(y)
	var xy, xx, yy float64
	for i := range x {
		a, b := x[i]-mx, y[i]-my
		xy += a * b
		xx += a * a
		yy += b * b
	}
	if xx == 0 || yy == 0 {
		return 0
	}
	return xy / math.Sqrt(xx*yy)
}

func mean(x []float64) (sum float64) {
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}
