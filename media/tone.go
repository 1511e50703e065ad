package media

import (
	"io"
	"math"
	"time"
)

// Tone is an endless sine of hz hertz at 48 kHz, with a level in dBov, -20 for
// instance. RFC 6464's scale being that of the root mean square, the loudest
// sine there is has -3.01; louder ones are made that.
func Tone(hz, dBov float64) Source {
	rms := fullScale * math.Pow(10, -math.Abs(dBov)/20)
	peak := min(rms*math.Sqrt2, fullScale-1)
	step := 2 * math.Pi * hz / Rate
	phase := 0.0
	return SourceFunc(func(f *Frame) error {
		f.Resize(FrameSize, Rate)
		for i := range f.Samples {
			f.Samples[i] = int16(math.Round(peak * math.Sin(phase)))
			phase = math.Mod(phase+step, 2*math.Pi)
		}
		return nil
	})
}

// Limit ends a source after d of its sound. Where d ends inside a frame, the
// rest of that frame is silent.
func Limit(d time.Duration) Stage {
	return func(src Source) Source {
		left := d
		return SourceFunc(func(f *Frame) error {
			if left <= 0 {
				return io.EOF
			}
			if err := src.Read(f); err != nil {
				return err
			}
			if f.Rate <= 0 {
				return ErrRate
			}
			length := time.Duration(len(f.Samples)) * time.Second / time.Duration(f.Rate)
			if length > left {
				clear(f.Samples[left*time.Duration(f.Rate)/time.Second:])
			}
			left -= length
			return nil
		})
	}
}
