package webhooks

import (
	"slices"
	"time"

	"github.com/botd-dev/botd/call"
)

// kind says by which rules a queue is told.
type kind string

const (
	// callback is what a connection, or one operation of it, tells.
	callback kind = "callback"
	// resource is one resource event for one subscription.
	resource kind = "resource"
)

// key names a queue: whose events they are, and where they go.
type key struct{ owner, dest string }

const (
	// listed is how many events a queue lists; what is behind them stands in the
	// log and is read again when its turn comes.
	listed = 16
	// bodies is how many events all queues list together.
	bodies = 16384
)

// owed is an event that has not been told yet.
type owed struct {
	position uint64
	record   *call.Record // nil if it must be read again
	at       time.Time    // when it came, or could have come at the earliest
}

// written is when the event was written down; zero if that must be read again.
func (o owed) written() time.Time {
	if o.record == nil {
		return time.Time{}
	}
	return o.record.Time
}

// queue is what one destination is owed of one connection. It exists only while
// something is owed, or still in the air. The loop's alone.
type queue struct {
	key
	kind       kind
	call       string
	connection string
	shard      int
	uri        string
	target     target
	endpoint   *endpoint
	// main is set if the destination is the connection's own callback; all if
	// it wants botd's own events; ack if its silence is a failure.
	main, all, ack bool
	// subscription names whose resource event this is.
	subscription string

	// told is the newest position that is settled; again are older ones that
	// failed late; silent are those in the air without an answer.
	told   uint64
	again  []uint64
	silent []uint64
	// relapsed is since when any has failed late; failed is when the first of them
	// was written, or earlier, zero if that is not known.
	relapsed, failed time.Time
	// owed is what comes next. If behind is not zero, there is more in the log,
	// after read and up to behind.
	owed         []owed
	read, behind uint64
	// unread is when the first of those was written, or earlier; zero if that is
	// not known.
	unread time.Time

	busy     bool // an attempt, or reading the log
	waiting  bool // at a gate or for a slot
	resting  bool // until its own back-off is over
	stopped  bool // by 410
	closing  bool // the connection's last record has been seen
	away     bool // what is owed is too old, and that has been said
	naps     int  // counts the rests, so that one that was ended is not ended twice
	failures int
	since    time.Time // the head has been owed
	parked   bool      // the ledger has its cursor, floors need not wait
	dirty    bool
}

// pending reports whether something is owed.
func (q *queue) pending() bool { return len(q.again) > 0 || len(q.owed) > 0 || q.behind > 0 }

// idle reports whether the queue has no reason to exist.
func (q *queue) idle() bool {
	return !q.pending() && !q.busy && len(q.silent) == 0 && !q.stopped
}

// ready reports whether an attempt may be thought of.
func (q *queue) ready() bool { return q.pending() && !q.busy && !q.waiting && !q.resting }

// waitIn puts the queue into a line.
func (q *queue) waitIn(line *[]*queue) {
	q.waiting = true
	*line = append(*line, q)
}

// wants reports whether a record of the connection goes to this destination.
func (q *queue) wants(r call.Record) bool {
	if !r.Contract() && !q.all {
		return false
	}
	return r.To == q.uri || r.To == "" && q.main
}

// offer adds an event at the end, or only remembers that there is one.
func (q *queue) offer(o owed, room bool) {
	if q.behind == 0 && room && len(q.owed) < listed {
		q.owed = append(q.owed, o)
		return
	}
	if q.behind == 0 {
		q.read = q.told
		if n := len(q.owed); n > 0 {
			q.read = q.owed[n-1].position
		}
		q.unread = o.written()
	}
	q.behind = o.position
}

// unlist lets go of what is listed; it stands in the log.
func (q *queue) unlist() {
	if len(q.owed) == 0 {
		return
	}
	if q.behind == 0 {
		q.behind = last(q.owed)
	}
	q.read, q.unread, q.owed = q.told, q.owed[0].written(), nil
}

// page adds what was read from the log after q.read.
func (q *queue) page(entries []owed, read uint64) {
	q.owed = append(q.owed, entries...)
	if n := len(entries); n > 0 {
		q.unread = entries[n-1].written()
	}
	if q.read = read; q.read >= q.behind {
		q.read, q.behind, q.unread = 0, 0, time.Time{}
		if len(q.owed) == 0 {
			q.told = max(q.told, read)
		}
	}
}

// head is the event whose turn it is; those that failed late come first.
func (q *queue) head() (owed, bool) {
	if len(q.again) > 0 {
		return owed{position: q.again[0]}, true
	}
	if len(q.owed) > 0 {
		return q.owed[0], true
	}
	return owed{}, false
}

// settle takes a position off what is owed and in the air.
func (q *queue) settle(position uint64) {
	q.advance(position)
	q.silent = remove(q.silent, position)
	q.again = remove(q.again, position)
}

// advance moves the queue past a position.
func (q *queue) advance(position uint64) {
	if len(q.owed) > 0 && q.owed[0].position == position {
		q.owed[0] = owed{}
		q.owed = q.owed[1:]
	}
	q.told = max(q.told, position)
}

// hush notes that a position is in the air and that the next may go.
func (q *queue) hush(position uint64) {
	q.advance(position)
	q.again = remove(q.again, position)
	q.silent = append(q.silent, position)
}

// relapse notes that a position which had been let go, and was written then, has
// failed after all.
func (q *queue) relapse(position uint64, written time.Time) {
	q.silent = remove(q.silent, position)
	if len(q.again) == 0 {
		q.relapsed, q.failed = time.Now(), written
	}
	if written.Before(q.failed) {
		q.failed = written
	}
	at, found := slices.BinarySearch(q.again, position)
	if !found {
		q.again = slices.Insert(q.again, at, position)
	}
}

// first is the oldest position that is not settled; zero if all are.
func (q *queue) first() uint64 {
	var first uint64
	if len(q.owed) > 0 || q.behind > 0 {
		first = q.told + 1
	}
	for _, p := range slices.Concat(q.again, q.silent) {
		if first == 0 || p < first {
			first = p
		}
	}
	return first
}

func remove(positions []uint64, position uint64) []uint64 {
	return slices.DeleteFunc(positions, func(p uint64) bool { return p == position })
}
