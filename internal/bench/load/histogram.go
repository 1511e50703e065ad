package load

import "time"

const (
	// bin is how exact a histogram is, and bins how far it reaches: 500 ms.
	bin  = 100 * time.Microsecond
	bins = 5000
)

// histogram counts durations. It is made with the first.
type histogram []uint32

func (h *histogram) add(d time.Duration) {
	if *h == nil {
		*h = make(histogram, bins+1)
	}
	(*h)[min(int(d/bin), bins)]++
}

// merge adds another's counts.
func (h *histogram) merge(other histogram) {
	if other == nil {
		return
	}
	if *h == nil {
		*h = make(histogram, bins+1)
	}
	for i, n := range other {
		(*h)[i] += n
	}
}

// quantile is the duration that a part of all is not above.
func (h histogram) quantile(part float64) time.Duration {
	var all, below uint64
	for _, n := range h {
		all += uint64(n)
	}
	if all == 0 {
		return 0
	}
	for i, n := range h {
		if below += uint64(n); float64(below) >= part*float64(all) {
			return time.Duration(i+1) * bin
		}
	}
	return bins * bin
}
