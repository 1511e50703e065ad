package browser

import (
	"math"
	"sync"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media/quality"
)

// gauge is how well the sound of one leg travels: what the meter saw last.
type gauge struct {
	mu      sync.Mutex
	in, out side
	trip    time.Duration
	codec   string
	since   time.Time
	made    float64 // part of the incoming sound that was made up, in percent
}

// side is one direction.
type side struct {
	window quality.Window
	grader quality.Grader
	now    call.Travel
}

// reading is what one look at a leg's counters gave.
type reading struct {
	in, out quality.Sample
	quality call.Quality
	changed bool // a grade did, for a user to notice
}

func newGauge(codec string, now time.Time) *gauge {
	return &gauge{
		codec: codec, since: now,
		in: side{window: quality.NewWindow(codec)}, out: side{window: quality.NewWindow(codec)},
	}
}

// take takes what has been counted by now.
func (g *gauge) take(in, out quality.Counters) reading {
	g.mu.Lock()
	defer g.mu.Unlock()
	var r reading
	var worseIn, worseOut bool
	r.in, worseIn = g.in.take(in)
	r.out, worseOut = g.out.take(out)
	if r.in.Judged() {
		g.made = r.in.ConcealedPercent
	}
	g.trip = out.RoundTrip
	r.quality, r.changed = g.read(), worseIn || worseOut
	return r
}

// read is what was seen last. The caller holds the lock.
func (g *gauge) read() call.Quality {
	return call.Quality{
		Codec: g.codec, Since: g.since.UTC(),
		In:  call.Incoming{Travel: g.in.now, ConcealedPercent: g.made},
		Out: call.Outgoing{Travel: g.out.now, RoundTripMs: millis(g.trip)},
	}
}

// quality is what was seen last, if anything was.
func (g *gauge) quality() (call.Quality, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.read(), g.in.now.Packets+g.out.now.Packets > 0
}

// take makes a sample and reports whether a user notices that the grade is
// another: that it is good at first is no news. What cannot be judged leaves the
// figures as they were.
func (s *side) take(c quality.Counters) (quality.Sample, bool) {
	sample, was := s.window.Next(c), s.grader.Grade()
	changed := s.grader.Take(sample)
	t := &s.now
	t.Packets, t.Lost, t.Grade = c.Packets, c.Lost, call.Grade(s.grader.Grade().String())
	if !sample.Judged() {
		return sample, false
	}
	t.LostPercent, t.MOS = sample.LostPercent, sample.MOS
	t.JitterMs, t.DelayMs = millis(sample.Jitter), millis(sample.Delay)
	if t.WorstMOS == 0 || t.MOS < t.WorstMOS {
		t.WorstMOS = t.MOS
	}
	return sample, changed && (was != quality.Unknown || s.grader.Grade() != quality.Good)
}

// millis is a duration in milliseconds, to a tenth.
func millis(d time.Duration) float64 {
	return math.Round(10*float64(d)/float64(time.Millisecond)) / 10
}

// Quality is how well the leg's sound travels; it fits call.Measured.
func (l *leg) Quality() (call.Quality, bool) { return l.gauge.quality() }

// measure looks at the leg's counters and tells what has changed.
func (l *leg) measure() reading {
	arrives := l.peer.told.arrives()
	in := received(l.port.buffer.Stats())
	in.RoundTrip = arrives.trip
	r := l.gauge.take(in, arrives.counters(l.port.track.skipped.Load()))
	if r.changed {
		l.client.rated(r.quality)
		l.seat.do(func(p *call.Participant) { p.Rated(r.quality) })
	}
	return r
}
