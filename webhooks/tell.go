package webhooks

import (
	"strconv"
	"time"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/call/journal"
)

// offer is a record on its way from a feeder to the loop.
type offer struct {
	journal.Entry
	telling call.Telling
	live    bool // it happened while we were running
}

// take gets the next records of a shard.
func (t *Teller) take(shard int, offers []offer, last uint64) {
	for _, o := range offers {
		t.consider(o)
	}
	t.fed[shard] = last
	t.move()
}

// consider decides who is to be told of a record.
func (t *Teller) consider(o offer) {
	if o.Connection == "" && o.To == "" {
		if o.Contract() {
			t.announce(o)
		}
		if o.Type == callEnded {
			t.callOver("call/" + o.Call)
		}
		return
	}
	if o.live && o.Type == call.TypeOpened && o.telling.URI != "" {
		t.hold(o.Connection)
	}
	if uri := destination(o); uri != "" && (o.Contract() || o.telling.All) {
		t.callback(o, uri)
	}
	if o.Closing {
		t.closed(o.Connection)
	}
}

func destination(o offer) string {
	if o.To != "" {
		return o.To
	}
	return o.telling.URI
}

// callback owes a record to the queue of its connection and destination.
func (t *Teller) callback(o offer, uri string) {
	k := key{o.Connection, uri}
	if o.Connection == "" {
		k.owner = "call/" + o.Call
	}
	q := t.queues[k]
	if q == nil {
		q = &queue{
			key: k, kind: callback, call: o.Call, connection: o.Connection, shard: o.Shard, uri: uri,
			main: uri == o.telling.URI, all: o.telling.All, ack: o.telling.AckRequired, told: o.Position - 1,
		}
		if !t.add(q) {
			return
		}
	}
	t.owe(q, o.Entry)
}

// add makes a queue known, unless nothing can be posted to where it goes.
func (t *Teller) add(q *queue) bool {
	target, err := parseTarget(q.uri)
	if err != nil {
		t.cfg.Log.Warn("an address cannot be posted to", zap.String("owner", q.owner), zap.Error(err))
		return false
	}
	q.target = target
	q.endpoint = t.endpoint(target.origin())
	q.endpoint.queues++
	q.since = time.Now()
	t.queues[q.key] = q
	if t.owners[q.owner] == nil {
		t.owners[q.owner] = make(map[*queue]struct{})
	}
	t.owners[q.owner][q] = struct{}{}
	return true
}

// drop forgets a queue that has no reason to exist.
func (t *Teller) drop(q *queue) {
	delete(t.queues, q.key)
	delete(t.owners[q.owner], q)
	if len(t.owners[q.owner]) == 0 {
		delete(t.owners, q.owner)
	}
	q.endpoint.queues--
	t.leave(q.endpoint)
}

// owe adds a record to what a queue is owed.
func (t *Teller) owe(q *queue, e journal.Entry) {
	if e.Position <= q.told || e.Position <= q.behind {
		return // settled, or read again, before a restart
	}
	if q.stopped {
		q.told = e.Position
		t.mark(q)
		return
	}
	if !q.pending() {
		q.since = time.Now()
	}
	before := len(q.owed)
	q.offer(owed{e.Position, &e.Record, time.Now()}, t.bodies < bodies)
	t.bodies += len(q.owed) - before
	t.expect(q)
	t.pump(q)
}

// pump tells the next event of a queue, if nothing stands against it.
func (t *Teller) pump(q *queue) {
	if !q.ready() || t.life.Err() != nil {
		return
	}
	if _, held := t.held[q.owner]; held && q.kind == callback {
		return
	}
	if q.kind == resource && !t.follow(q) || !t.passes(q) {
		return
	}
	next, ok := q.head()
	if !ok {
		t.fill(q)
		return
	}
	if t.admit(q) {
		t.try(q, next)
	}
}

// snooze lets a queue rest.
func (t *Teller) snooze(q *queue, d time.Duration) {
	q.resting = true
	q.naps++
	nap := q.naps
	t.clock.in(d, func() {
		if q.naps == nap {
			q.resting = false
			t.pump(q)
		}
	})
}

// closed ends what was kept for a connection only because it might go on.
func (t *Teller) closed(connection string) {
	for q := range t.owners[connection] {
		q.closing, q.stopped = true, false
		t.mark(q)
	}
}

// afterwards is how long a call's own destinations are remembered after its
// end: a recording may have something to say yet.
const afterwards = time.Minute

// callOver ends what was kept for a call only because it might go on, after a
// while.
func (t *Teller) callOver(owner string) {
	for q := range t.owners[owner] {
		q.closing = true
		t.mark(q)
	}
	t.clock.in(afterwards, func() { t.closed(owner) })
}

// announce owes a resource event to every subscription that wants it.
func (t *Teller) announce(o offer) {
	if o.Type == incomingCall && t.cfg.Now().Sub(o.Time) > incomingLife {
		return // nobody is calling any more
	}
	from, to := parties(o.Record)
	for _, s := range t.subscribe.matching(o.Type, from, to) {
		k := key{"subscription/" + s.Name, strconv.Itoa(o.Shard) + "/" + strconv.FormatUint(o.Position, 36)}
		q := t.queues[k]
		if q == nil {
			q = &queue{
				key: k, kind: resource, call: o.Call, shard: o.Shard, uri: s.Endpoint, subscription: s.Name,
				all: true, ack: s.Ack == ackRequired, told: o.Position - 1,
			}
			if !t.add(q) {
				continue
			}
		}
		t.owe(q, o.Entry)
	}
}
