package webhooks

// hushed is what happens when the grace is over: the slot is free for others,
// and unless silence is a failure the next event goes (behaviours: silence).
func (t *Teller) hushed(a *attempt) {
	if a.finished || a.hushed {
		return
	}
	a.hushed = true
	q := a.queue
	pool := a.endpoint.silent
	a.silence = pool.PushBack(a)
	if pool.Len() > t.cfg.SilentPool {
		pool.Front().Value.(*attempt).cancel() //nolint:errcheck,forcetypeassert // holds nothing else
	}
	if !a.ack {
		t.loose++
		t.bodies -= q.listing(func() { q.hush(a.position) })
		q.busy = false
		t.mark(q)
		t.well(q)
	}
	t.vacate(a.endpoint)
	t.pump(q)
}

// ended takes in how an attempt ended.
func (t *Teller) ended(a *attempt, r result) {
	a.finished = true
	q := a.queue
	if a.silence != nil {
		a.endpoint.silent.Remove(a.silence)
		t.leave(a.endpoint)
	}
	if !a.hushed || a.ack {
		q.busy = false
	}
	t.apply(a, r)
	if a.over(r) {
		t.loose++
	}
	t.mark(q)
	if !a.hushed {
		t.vacate(a.endpoint)
	}
	t.pump(q)
}

// over reports whether the event is not to be told again, and that has not been
// so since the end of the grace.
func (a *attempt) over(r result) bool {
	return (!a.hushed || a.ack) && r.verdict != refused && r.verdict != aborted && r.verdict != lost
}

// apply changes the queue as the verdict says.
func (t *Teller) apply(a *attempt, r result) {
	q := a.queue
	switch r.verdict {
	case told:
		q.failures = 0
		t.settle(q, a.position)
		t.well(q)
	case lost:
		t.settle(q, a.position)
		t.unprobe(q)
	case unconfirmed:
		t.write(q, a.position, r.record, letterUnconfirmed, "no answer")
		t.settle(q, a.position)
		if !a.hushed { // else this has been said at the end of the grace
			t.well(q)
		}
	case gone:
		t.write(q, a.position, r.record, letterGone, "the destination answered 410 Gone")
		t.settle(q, a.position)
		t.stop(q)
		t.well(q)
	case refused:
		t.refuse(a, r)
	case aborted:
		if a.hushed && !a.ack {
			q.relapse(a.position, a.record.Time)
		}
	}
}

// settle takes an event off what a queue is owed.
func (t *Teller) settle(q *queue, position uint64) {
	t.bodies -= q.listing(func() { q.settle(position) })
}

// listing tells by how much less a queue lists after f.
func (q *queue) listing(f func()) int {
	before := len(q.owed)
	f()
	return before - len(q.owed)
}

// stop tells a destination nothing any more. Its events stay in the log.
func (t *Teller) stop(q *queue) {
	t.bodies -= len(q.owed)
	q.told = max(q.told, q.behind, last(q.owed))
	q.again, q.owed, q.read, q.behind = nil, nil, 0, 0
	q.stopped = q.kind == callback && !q.closing
}

func last(o []owed) uint64 {
	if len(o) == 0 {
		return 0
	}
	return o[len(o)-1].position
}

// refuse plans the next attempt, or gives up.
func (t *Teller) refuse(a *attempt, r result) {
	q := a.queue
	if q.stopped { // 410 came while this was in the air
		t.write(q, a.position, r.record, letterGone, r.failure.reason)
		t.settle(q, a.position)
		return
	}
	if a.hushed && !a.ack {
		q.relapse(a.position, a.record.Time)
	}
	q.failures++
	if reason, over := t.hopeless(q, r); over {
		t.write(q, a.position, r.record, letterDead, reason)
		t.settle(q, a.position)
		q.failures = 0
		t.ill(q, r.failure)
		return
	}
	switch {
	case q.kind == resource:
		t.snooze(q, max(resourceAfter(q.failures), r.failure.retryAfter))
	case t.ill(q, r.failure): // the endpoint decides
	default:
		t.snooze(q, max(t.wait(q.failures), r.failure.retryAfter))
	}
}
