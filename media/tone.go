package media

import (
	"io"
	"math"
	"time"
)

// Tone is a sine at hz hertz with a level in dBov, -20 for instance; it never
// ends. A full-scale sine has -3.01 dBov, RFC 6464's scale being that of RMS.
func Tone(hz, dBov float64) Source {
	amplitude := math.Min(32767, 32768*math.Sqrt2*math.Pow(10, -math.Abs(dBov)/20))
	step := 2 * math.Pi * hz / Rate
	phase := 0.0
	return SourceFunc(func(f *Frame) error {
		f.Resize(FrameSize, Rate)
		for i := range f.Samples {
			f.Samples[i] = int16(math.Round(amplitude * math.Sin(phase)))
			phase = math.Mod(phase+step, 2*math.Pi)
		}
		return nil
	})
}

// Limit ends a source after d, counted in whole frames, rounded up.
func Limit(d time.Duration) Stage {
	return func(src Source) Source {
		left := int((d + FrameDuration - 1) / FrameDuration)
		return SourceFunc(func(f *Frame) error {
			if left == 0 {
				return io.EOF
			}
			left--
			return src.Read(f)
		})
	}
}

// Level is how loud a frame is, in -dBov as RFC 6464 section 3 counts it: 0 is
// overload, Silent is digital silence.
func Level(f *Frame) uint8 {
	sum := 0.0
	for _, s := range f.Samples {
		sum += float64(s) * float64(s)
	}
	if sum == 0 {
		return Silent
	}
	rms := math.Sqrt(sum/float64(len(f.Samples))) / 32768
	return uint8(math.Round(math.Min(Silent, math.Max(0, -20*math.Log10(rms)))))
}
