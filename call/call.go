package call

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/identity"
)

// Call is one conversation: its participants and their legs, its bridge, and
// the seats of the applications that control it. Its state belongs to one
// goroutine; everybody else asks with do and waits for the answer.
type Call struct {
	id          string
	correlation string
	registry    *Registry
	log         *zap.Logger

	inbox chan func()              // unbuffered: once taken, always run
	done  chan struct{}            // closed when loop has returned
	lost  atomic.Bool              // a record could not be written: nothing may follow it
	view  atomic.Pointer[CallView] // what is durable, for readers

	commits sync.WaitGroup // those whose answers are still to be given

	// Below here, loop only.
	members     []*Participant // in the order in which they came
	connections []*Connection
	invitations map[string]*Invitation
	bridge      Bridge // nil until somebody is to be heard

	groupID     string // what others join it by, if anything
	roomID      string
	dialRoom    string // the room whose rule about phones holds here
	hollow      bool   // there is no such call: it only tells an application so
	startedBy   identity.ID
	started     time.Time
	expects     bool // a transferee is on the way in without being asked
	group       bool // not 1:1, and never again
	over        bool // ending; why says for what reason
	why         Reason
	met         bool        // somebody was there to talk
	established bool        // a connection was, once
	parted      *Reason     // why one of two left, while a third may still come
	lastFail    Reason      // why the last invitation came to nothing
	empty       *time.Timer // runs while only applications are left
	longest     *time.Timer

	routing     Routing
	rewire      bool // who hears whom may be another
	talk        talk
	attendance  atomic.Pointer[attendance] // who is there to be heard, for operations
	keys        []*keyListener             // who waits for keys, whoever presses them
	backgrounds []*background

	viewed   uint64 // sequence of the last view
	version  uint64 // of the list that the contract shows
	showings uint64 // how often legs were shown a roster
	timers   int    // how many were started
	stale    bool   // what legs were shown last is behind

	// This turn.
	trace    string
	sequence uint64
	records  []Record
	views    []func() // before the replies: who is told something can read it
	replies  []func(error)
	answers  []func(error) // after the replies
}

// newID makes an id for something in the call.
func (c *Call) newID() string { return c.registry.idFor(c.id) }

// loop runs the call until the last one has left and everybody has been told.
// first is its first turn.
func (c *Call) loop(first func()) {
	defer c.registry.forget(c)
	defer c.commits.Wait()
	defer close(c.done)
	c.turn(first)
	for !c.finished() {
		c.turn(<-c.inbox)
	}
	c.finish()
}

// turn runs f and whatever follows from it, and hands its events, the answers
// it owes and what others may now see to the journal as one commit.
func (c *Call) turn(f func()) {
	c.guarded(f)
	c.guarded(c.settle)
	c.commit()
}

// guarded keeps a mistake in one call from ending the others: the call ends
// and says so.
func (c *Call) guarded(f func()) {
	defer func() {
		if p := recover(); p != nil {
			c.log.Error("call panicked", zap.Any("panic", p), zap.Stack("stack"))
			c.crash()
		}
	}()
	f()
}

// crash ends a call in which something went wrong. One that cannot even end is
// let go of; the journal closes its connections when it is next opened.
func (c *Call) crash() {
	if !c.over {
		c.guarded(func() { c.end(ReasonCrash) })
		return
	}
	c.lost.Store(true)
	for _, cn := range c.connections {
		cn.cancel()
		c.dismiss(cn)
	}
}

func (c *Call) commit() {
	if len(c.records)+len(c.views)+len(c.replies)+len(c.answers) == 0 {
		return
	}
	records, views, replies := c.records, c.views, append(c.replies, c.answers...)
	c.records, c.views, c.replies, c.answers = nil, nil, nil, nil
	c.commits.Add(1)
	c.write(records, func(err error) {
		defer c.commits.Done()
		if err != nil {
			views, err = nil, c.lose(err)
		}
		for _, view := range views {
			view()
		}
		for _, reply := range replies {
			c.shielded(func() { reply(err) })
		}
	})
}

// shielded is guarded for what runs outside the call's goroutine: a mistake in
// a leg, or in who rings, ends its call.
func (c *Call) shielded(f func()) {
	defer func() {
		if p := recover(); p != nil {
			c.log.Error("something outside the call panicked", zap.Any("panic", p), zap.Stack("stack"))
			go c.post(func() { c.end(ReasonCrash) })
		}
	}()
	f()
}

// lose ends a call whose records cannot be written: what would follow would
// leave a gap. The journal closes its connections when it is next opened.
func (c *Call) lose(why error) error {
	if c.lost.CompareAndSwap(false, true) {
		c.log.Error("call lost its log", zap.Error(why))
		go c.post(func() { c.end(ReasonCrash) })
	}
	return fmt.Errorf("%w: %w", ErrNotDurable, why)
}

// write is where records go: the journal, until it has failed once.
func (c *Call) write(records []Record, done func(error)) {
	if c.lost.Load() {
		done(errLost)
		return
	}
	c.registry.cfg.Journal.Append(c.id, records, done)
}

var errLost = errors.New("an earlier record is missing")

// reply runs f when this turn's events are durable, or will never be.
func (c *Call) reply(f func(error)) { c.replies = append(c.replies, f) }

// afterwards runs f when this turn's events are durable. It runs outside the
// call's goroutine and must not block.
func (c *Call) afterwards(f func()) {
	c.reply(func(err error) {
		if err == nil {
			f()
		}
	})
}

// do runs f inside the call and waits until what it changed is durable. If ctx
// ends first the caller stops waiting but f still runs: a call is never left
// half changed. Nothing inside f may wait for the network, or for do.
func (c *Call) do(ctx context.Context, f func() error) error { return c.doAs(ctx, "", f) }

// doAs is do for who, a name for Turns.
func (c *Call) doAs(ctx context.Context, who string, f func() error) error {
	c.await(ctx, who)
	if err := ctx.Err(); err != nil {
		return err
	}
	answer := make(chan error, 1)
	select {
	case c.inbox <- c.asked(ctx, f, answer):
	case <-c.done:
		return ErrEnded
	case <-ctx.Done():
		return ctx.Err()
	}
	if c.registry.cfg.Turns != nil {
		return <-answer // it comes in this turn, and whether before the end of ctx is chance
	}
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// asked makes the turn that runs f and answers when its events are durable.
func (c *Call) asked(ctx context.Context, f func() error, answer chan<- error) func() {
	trace := traceOf(ctx)
	return func() {
		c.trace = trace
		defer func() { c.trace = "" }()
		err := errPanicked
		c.answers = append(c.answers, func(lost error) {
			if err == nil {
				err = lost
			}
			answer <- err
		})
		err = f()
	}
}

var errPanicked = fmt.Errorf("%w: it failed inside", ErrEnded)

// post runs f inside the call without waiting for what comes of it.
// It reports false if the call is over and f will not run.
func (c *Call) post(f func()) bool { return c.postAs("", f) }

// postAs is post for who, a name for Turns.
func (c *Call) postAs(who string, f func()) bool {
	c.await(context.Background(), who)
	return c.postBefore(context.Background(), f)
}

// postBefore is post that gives up when ctx ends.
func (c *Call) postBefore(ctx context.Context, f func()) bool {
	select {
	case c.inbox <- f:
		return true
	case <-c.done:
	case <-ctx.Done():
	}
	return false
}

// later posts f after d, unless the timer is stopped before.
func (c *Call) later(d time.Duration, f func()) *time.Timer {
	c.timers++
	number := c.timers
	return time.AfterFunc(d, func() { c.postAs(fmt.Sprintf("timer %06d", number), f) })
}

// arm puts a timer into its place; f follows, unless the timer is disarmed
// before, be it while f is already on its way.
func (c *Call) arm(place **time.Timer, d time.Duration, f func()) {
	var t *time.Timer
	t = c.later(d, func() {
		if *place == t {
			*place = nil
			f()
		}
	})
	*place = t
}

// disarm stops the timer in its place, if there is one.
func disarm(place **time.Timer) {
	if *place != nil {
		(*place).Stop()
		*place = nil
	}
}

// settle draws the conclusions of a turn.
func (c *Call) settle() {
	c.establish()
	c.conclude()
	c.wire()
	c.tellRosters()
	c.attend()
	c.muster()
	c.deafen()
	c.show()
}

// finished says that nothing is left to wait for.
func (c *Call) finished() bool { return c.over && len(c.connections) == 0 }

func (c *Call) finish() {
	disarm(&c.empty)
	disarm(&c.longest)
	disarm(&c.talk.pause)
	if c.bridge != nil {
		c.bridge.Close()
	}
}

// soundBridge returns the bridge, made when first needed.
func (c *Call) soundBridge() Bridge {
	if c.bridge == nil {
		c.bridge = c.registry.cfg.NewBridge(c.heard())
	}
	return c.bridge
}

// member finds who is in the call, or is being invited to it, under an id.
func (c *Call) member(id identity.ID) *Participant {
	for _, p := range c.members {
		if p.identity == id && p.state != Gone {
			return p
		}
	}
	return nil
}

// note writes down an event of the call itself.
func (c *Call) note(e Event) {
	if !c.hollow {
		c.record(e, nil, "")
	}
}

// expired writes down that a timer ran out: of a participant, or of the call.
func (c *Call) expired(timer string, after time.Duration, p *Participant) {
	e := timerExpired{Timer: timer, AfterSeconds: after.Seconds()}
	if p != nil {
		e.ParticipantID, e.Identifier = p.id, p.identity
	}
	c.note(e)
}

// record gives an event its place in the log. cn is nil for events of the call
// itself.
func (c *Call) record(e Event, cn *Connection, subject string) *Record {
	c.sequence++
	r := Record{
		ID:           c.newID(),
		Type:         e.Type(),
		Time:         c.registry.cfg.Now(),
		Call:         c.id,
		CallSequence: c.sequence,
		Subject:      subject,
		Trace:        c.trace,
	}
	if cn == nil {
		r.Data = written(e)
	} else {
		cn.sequence++
		r.Connection, r.Sequence = cn.id, cn.sequence
		r.Data = common{cn.id, c.id, c.correlation}.stamp(e)
		if r.Trace == "" {
			r.Trace = cn.trace
		}
	}
	c.records = append(c.records, r)
	return &c.records[len(c.records)-1]
}
