package load

import (
	"context"
	"os"
	"slices"
	"time"

	"github.com/botd-dev/botd/internal/bench/proc"
)

// Result is what was measured in one window.
type Result struct {
	Calls        int     `json:"calls"`
	Participants int     `json:"participants"` // of all calls
	Speakers     int     `json:"speakers"`     // of each call
	Open         bool    `json:"open"`
	Seconds      float64 `json:"seconds"`

	// CPU is the server's in milliseconds for each participant and second, Cores
	// the same of all in processors.
	CPU   float64 `json:"cpu_ms"`
	Cores float64 `json:"cores"`
	// Memory is how much the server grew by, in KiB for each participant;
	// Threads is how many it has.
	Memory  float64 `json:"memory_kib"`
	Threads int64   `json:"threads"`

	// Delivery is the part of the packets due that came.
	Delivery float64 `json:"delivery"`
	Repeated int     `json:"repeated"`
	// DelayMedian and DelayP95 are what the server adds, in milliseconds.
	DelayMedian float64 `json:"delay_median_ms"`
	DelayP95    float64 `json:"delay_p95_ms"`
	// Marks is how many markers were heard of those MarksDue, SelfTones how many
	// by who sent them.
	Marks     int `json:"marks"`
	MarksDue  int `json:"marks_due"`
	SelfTones int `json:"self_tones"`
	// SpacingP99 is |time between packets - 20 ms| in milliseconds.
	SpacingP99 float64 `json:"spacing_p99_ms"`

	// Generator and Foreign are the processors that this program and all others
	// used; LateP99 is how late packets were sent, in milliseconds, and Unsent
	// those that were not.
	Generator float64 `json:"generator_cores"`
	Foreign   float64 `json:"foreign_cores"`
	LateP99   float64 `json:"late_p99_ms"`
	Unsent    int     `json:"unsent"`
}

// usage is what has been used at a moment.
type usage struct {
	server, self proc.Usage
	busy         time.Duration
}

func readUsage(server int) (u usage, err error) {
	if u.server, err = proc.Read(server); err != nil {
		return u, err
	}
	if u.self, err = proc.Read(os.Getpid()); err != nil {
		return u, err
	}
	u.busy, err = proc.Busy()
	return u, err
}

// Measure lets everything settle, and counts for a length of time.
func (s *Session) Measure(ctx context.Context, settle, length time.Duration) (*Result, error) {
	if err := rest(ctx, settle); err != nil {
		return nil, err
	}
	s.sender.counted()
	begin, err := readUsage(s.plan.Server)
	if err != nil {
		return nil, err
	}
	w := &window{start: time.Now(), length: length}
	s.window.Store(w)
	defer s.window.Store(nil)
	if err := rest(ctx, length); err != nil {
		return nil, err
	}
	took := time.Since(w.start)
	end, err := readUsage(s.plan.Server)
	if err != nil {
		return nil, err
	}
	if err := rest(ctx, firstWithin); err != nil { // streams began by so much later
		return nil, err
	}
	r := &Result{Seconds: took.Seconds(), Speakers: s.plan.Speakers, Open: s.plan.Open}
	s.sum(r, w)
	r.use(begin, end, s.before, s.plan.Server == os.Getpid())
	return r, s.broken
}

func rest(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// sum adds up what everybody received.
func (s *Session) sum(r *Result, w *window) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.Calls, r.Participants = s.calls, len(s.participants)
	received := 0
	var spacing histogram
	var delays []time.Duration
	for _, p := range s.participants {
		got, heard := p.sum(r, w, &spacing)
		received += got
		delays = append(delays, heard...)
		if s.listens(p) && (p.index > 0 || s.plan.Echoed) {
			r.MarksDue += p.call.sentIn(w)
		}
	}
	r.Delivery = float64(received) / float64(max(1, w.due()*len(s.participants)))
	r.Marks = len(delays)
	r.DelayMedian, r.DelayP95 = milliseconds(quantile(delays, 0.5)), milliseconds(quantile(delays, 0.95))
	r.SpacingP99 = milliseconds(spacing.quantile(0.99))
	late, unsent := s.sender.counted()
	r.LateP99, r.Unsent = milliseconds(late.quantile(0.99)), unsent
}

// sum adds up what one received, and returns how many packets, and the delays
// of the markers; the first of a call should hear none.
func (p *participant) sum(r *Result, w *window, spacing *histogram) (received int, delays []time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, st := range p.streams {
		c := st.counted(w)
		received += c.received
		r.Repeated += c.repeated
		spacing.merge(c.spacing)
		if p.index == 0 && !p.session.plan.Echoed {
			r.SelfTones += len(c.delays)
			continue
		}
		delays = append(delays, c.delays...)
	}
	return received, delays
}

// use sets what was used between two moments.
func (r *Result) use(begin, end usage, before proc.Usage, oneProcess bool) {
	server := (end.server.CPU - begin.server.CPU).Seconds()
	self := (end.self.CPU - begin.self.CPU).Seconds()
	r.Cores = server / r.Seconds
	r.CPU = 1000 * r.Cores / float64(max(1, r.Participants))
	r.Memory = float64(end.server.Memory-before.Memory) / float64(max(1, r.Participants))
	r.Threads = end.server.Threads
	r.Generator = self / r.Seconds
	if oneProcess {
		self = 0
	}
	r.Foreign = ((end.busy - begin.busy).Seconds() - server - self) / r.Seconds
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// quantile is the duration that a part of all is not above; zero of none.
func quantile(all []time.Duration, part float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[int(part*float64(len(all)-1)+0.5)]
}
