package speech

import (
	"io"

	"github.com/botd-dev/botd/media"
)

// PCM gives samples at a rate in hertz in frames of 20 ms; the last one may be
// shorter. The samples are not changed, so many sources may share them.
func PCM(samples []int16, rate int) media.Source {
	return media.SourceFunc(func(f *media.Frame) error {
		if len(samples) == 0 {
			return io.EOF
		}
		n := min(len(samples), max(1, rate/50))
		f.Resize(n, rate)
		copy(f.Samples, samples)
		samples = samples[n:]
		return nil
	})
}
