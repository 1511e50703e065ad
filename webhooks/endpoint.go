package webhooks

import (
	"container/list"
	"time"
)

// endpoint is a host that is posted to: its slots, its gates, and the attempts
// it is silent about. The loop's alone.
type endpoint struct {
	origin string
	queues int // that point here
	using  int // slots
	gate   gate
	paths  map[string]*gate
	// waiting are queues that found every slot taken.
	waiting []*queue
	// silent are attempts beyond the grace, the oldest first.
	silent *list.List
}

// endpoint finds the endpoint of an origin, or makes it.
func (t *Teller) endpoint(origin string) *endpoint {
	e := t.endpoints[origin]
	if e == nil {
		e = &endpoint{origin: origin, paths: make(map[string]*gate), silent: list.New()}
		t.endpoints[origin] = e
	}
	return e
}

// leave forgets an endpoint when nobody points at it any more.
func (t *Teller) leave(e *endpoint) {
	if e.queues == 0 && e.silent.Len() == 0 {
		delete(t.endpoints, e.origin)
	}
}

// path is the gate of a path; only one that has failed has any.
func (e *endpoint) path(path string) *gate {
	g := e.paths[path]
	if g == nil {
		g = &gate{}
		e.paths[path] = g
	}
	return g
}

// passes reports whether the gates let a queue through, or makes it wait at the
// one that does not. Resource events keep a schedule of their own.
func (t *Teller) passes(q *queue) bool {
	if q.kind != callback {
		return true
	}
	e, now := q.endpoint, time.Now()
	if g := e.paths[q.target.path]; g != nil && !g.passes(now) {
		q.waitIn(&g.waiting)
		return false
	}
	if !e.gate.passes(now) {
		q.waitIn(&e.gate.waiting)
		return false
	}
	return true
}

// admit lets a queue begin an attempt that has passed the gates, or makes it
// wait for a slot, or until what was told is durable.
func (t *Teller) admit(q *queue) bool {
	e := q.endpoint
	if t.loose >= looseMost {
		q.waitIn(&t.unsaid)
		return false
	}
	if e.using >= t.cfg.Slots {
		q.waitIn(&e.waiting)
		return false
	}
	if q.kind == callback {
		e.gate.begin()
		if g := e.paths[q.target.path]; g != nil {
			g.begin()
		}
	}
	e.using++
	return true
}

// vacate gives a slot back and lets the next ones in.
func (t *Teller) vacate(e *endpoint) {
	e.using--
	for e.using < t.cfg.Slots && len(e.waiting) > 0 {
		q := e.waiting[0]
		e.waiting = e.waiting[1:]
		q.waiting = false
		t.pump(q)
	}
}

// well opens the gates of an endpoint that has shown to be alive.
func (t *Teller) well(q *queue) {
	if q.kind != callback {
		return
	}
	released := q.endpoint.gate.succeed()
	if g := q.endpoint.paths[q.target.path]; g != nil {
		released = append(released, g.succeed()...)
		delete(q.endpoint.paths, q.target.path)
	}
	for _, q := range released {
		q.waiting = false
		t.pump(q)
	}
}

// ill counts a failure against the endpoint, or only against the path if the
// endpoint answered. It returns whether the queue is to wait at a gate.
func (t *Teller) ill(q *queue, f failure) bool {
	if q.kind != callback {
		return false
	}
	if f.status == 0 { // not even an answer
		return t.illHost(q, f)
	}
	return t.illPath(q, f)
}

func (t *Teller) illHost(q *queue, f failure) bool {
	e, path := q.endpoint, q.endpoint.path(q.target.path)
	before := e.gate.shut()
	t.watch(&e.gate, e.gate.fail(time.Now(), t.wait) > 0)
	t.blame(e, &e.gate, f.reason, before)
	path.probing = false
	t.watch(path, path.shut()) // who waits there must not wait for this one
	if len(path.waiting) == 0 && path.failures == 0 {
		delete(e.paths, q.target.path)
	}
	return t.park(q, &e.gate)
}

func (t *Teller) illPath(q *queue, f failure) bool {
	e, path, now := q.endpoint, q.endpoint.path(q.target.path), time.Now()
	before := path.shut()
	if f.retryAfter > 0 {
		path.slam(now, f.retryAfter)
	} else {
		path.fail(now, t.wait)
	}
	t.watch(path, path.shut())
	t.blame(e, path, f.reason, before)
	before = e.gate.shut()
	t.watch(&e.gate, e.gate.failPath(q.target.path, now, t.wait) > 0)
	t.blame(e, &e.gate, f.reason, before)
	return t.park(q, path)
}

// unprobe lets others through the gates that an attempt passed which never
// reached the endpoint.
func (t *Teller) unprobe(q *queue) {
	if q.kind != callback {
		return
	}
	q.endpoint.gate.probing = false
	t.probe(&q.endpoint.gate)
	if g := q.endpoint.paths[q.target.path]; g != nil {
		g.probing = false
		t.probe(g)
	}
}

// park makes a queue wait at a gate if the gate is shut.
func (t *Teller) park(q *queue, g *gate) bool {
	if !g.shut() {
		return false
	}
	q.waitIn(&g.waiting)
	return true
}

// watch has a gate that was shut looked at when a probe may pass.
func (t *Teller) watch(g *gate, shut bool) {
	if shut {
		t.clock.at(g.until, func() { t.probe(g) })
	}
}

// probe sends the queue that has waited longest through the gate.
func (t *Teller) probe(g *gate) {
	for g.passes(time.Now()) {
		q := g.next()
		if q == nil {
			return
		}
		q.waiting = false
		t.pump(q)
	}
}

func (t *Teller) wait(n int) time.Duration { return t.cfg.Schedule.after(n, t.cfg.Rand()) }
