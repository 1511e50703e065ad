package netlab

import (
	"math"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
)

// Never is a recovery that did not come.
const Never = time.Duration(math.MaxInt64)

const (
	// recovering is the length of what must be heard again.
	recovering = 60 * time.Millisecond
	// nearly is by how many dB that may be quieter than it was said.
	nearly = 6
)

// Recovery is how long after a time, on the script's clock, its speech is heard
// again: 60 ms in which something is said, and heard no more than 6 dB quieter.
// aligned is that of a Report.
func Recovery(s *Script, aligned []int16, after time.Duration) time.Duration {
	said := part(s.Samples, s.Speech)
	n := samplesOf(recovering)
	for at := max(samplesOf(after-s.Speech.From), 0); at+n <= min(len(said), len(aligned)); at += n / 3 {
		loud := measure.LevelDBFS(said[at : at+n])
		if loud > speechLevel-10 && measure.LevelDBFS(aligned[at:at+n]) > loud-nearly {
			return time.Duration(at)*time.Second/media.Rate + s.Speech.From - after
		}
	}
	return Never
}
