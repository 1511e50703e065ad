package sound

import (
	"math"
	"math/cmplx"
	"time"

	"github.com/botd-dev/botd/media"
)

const (
	// markerHertz is above all speech of a clip. Its period, 9.6 samples, comes
	// round after turn samples.
	markerHertz = 5000
	turn        = 48
	// markerPeak is its amplitude, and markerLength how long it sounds.
	markerPeak   = 3277
	markerLength = 60 * time.Millisecond
	// MarkerPeriod is the time from one marker to the next.
	MarkerPeriod = time.Second

	// step is how far the detector's window moves on, 0.5 ms, and window its
	// length in steps, 5 ms: 25 periods.
	step   = 24
	window = 10
	// heardFrom is the amplitude from which on a tone may be a marker.
	heardFrom = markerPeak / 4
	// plateau is how many steps are looked at to see how loud a marker gets, and
	// steady how many of them must be at least half as loud: a click is not.
	plateau = 80
	steady  = 60
	// hush is how many steps must be quiet before the next marker.
	hush = 40
)

// carrier brings the marker's frequency down to zero.
var carrier = carrierTable()

func carrierTable() (c [turn]complex128) {
	for i := range c {
		c[i] = cmplx.Rect(1, -2*math.Pi*markerHertz/media.Rate*float64(i))
	}
	return c
}

// Detector finds where markers begin in a stream of samples at 48 kHz. Its
// place is where the tone in a window of 5 ms has half the loudness it reaches,
// so it does not depend on how loud a bridge makes it. The zero value is ready.
type Detector struct {
	n     int        // samples, modulo turn
	chunk complex128 // of the step that is being filled
	steps [window]complex128
	next  int // the oldest of steps
	last  moment

	rise  []moment // since the tone was heard, until it is judged
	quiet int      // steps without a tone
}

// moment is how loud the tone was at a time.
type moment struct {
	amplitude float64
	at        time.Time
}

// Push takes samples whose first one came at a time. It reports when a marker
// began, once it has heard 40 ms of it.
func (d *Detector) Push(samples []int16, at time.Time) (onset time.Time, ok bool) {
	for i, s := range samples {
		d.chunk += complex(float64(s), 0) * carrier[d.n]
		d.n = (d.n + 1) % turn
		if d.n%step != 0 {
			continue
		}
		m := moment{d.slide(), at.Add(time.Duration(i+1) * time.Second / media.Rate)}
		if t, found := d.judge(m); found {
			onset, ok = t, true
		}
	}
	return onset, ok
}

// slide moves the window on by a step and gives the tone's amplitude in it.
func (d *Detector) slide() float64 {
	d.steps[d.next] = d.chunk
	d.next = (d.next + 1) % window
	d.chunk = 0
	var sum complex128
	for _, c := range d.steps {
		sum += c
	}
	return 2 * cmplx.Abs(sum) / (step * window)
}

// judge takes one more moment, and reports where a marker began when enough of
// it has been heard.
func (d *Detector) judge(m moment) (time.Time, bool) {
	before := d.last
	d.last = m
	switch {
	case len(d.rise) > 0:
		d.rise = append(d.rise, m)
		if len(d.rise) <= plateau {
			return time.Time{}, false
		}
		onset, ok := halfway(d.rise)
		d.rise, d.quiet = d.rise[:0], 0
		return onset, ok
	case m.amplitude < heardFrom:
		d.quiet++
	case d.quiet >= hush:
		d.rise = append(d.rise, before, m)
	default:
		d.quiet = 0
	}
	return time.Time{}, false
}

// halfway is when the tone first had half of its greatest amplitude, between
// two moments in a straight line. It is no marker if it did not stay.
func halfway(rise []moment) (time.Time, bool) {
	half := loudest(rise) / 2
	first, stayed := 0, 0
	for i, m := range rise {
		if m.amplitude < half {
			continue
		}
		if stayed == 0 {
			first = i
		}
		stayed++
	}
	if stayed < steady {
		return time.Time{}, false
	}
	b := rise[first]
	if first == 0 {
		return b.at, true
	}
	a := rise[first-1]
	over := (b.amplitude - half) / (b.amplitude - a.amplitude)
	return b.at.Add(-time.Duration(over * step / media.Rate * float64(time.Second))), true
}

func loudest(rise []moment) float64 {
	var most float64
	for _, m := range rise {
		most = max(most, m.amplitude)
	}
	return most
}
