package call

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
)

// Connection is one application's seat at a call: the state machine that it
// sees, its order of events, its running operations. Two applications in one
// call have two, and do not see each other's results.
type Connection struct {
	id     string
	call   *Call
	kind   string // "create", "answer" or "connect": how it came about
	life   context.Context
	cancel context.CancelFunc
	view   atomic.Pointer[View] // what is durable, for readers

	// Below here, the call's loop only.
	state        State
	wasConnected bool
	why          Reason
	seat         *Participant
	telling      Telling
	context      string // operationContext of create, answer or connect
	feed         *Feed
	answeredBy   identity.ID
	source       identity.ID
	sourceName   string
	callerID     string // phone number shown to phones
	targets      []identity.ID

	trace     string // traceparent of what brought the connection about
	sequence  uint64
	rosters   uint64 // ParticipantsUpdated so far
	told      uint64 // version of the list told last
	published uint64 // sequence of the last view
	pause     *time.Timer

	standing  map[string]any // replaced, never changed
	begin     []Operation    // until it is established
	lanes     lanes
	started   int // operations so far
	ears      []*ear
	transfers []*transfer
	filling   media.Playback // while the application is away; nil
	numbers   map[string]int // of EmitNumbered
	closing   *time.Timer    // bounds how long it waits for its operations
	busy      int            // operations whose closing event is still to come
}

// View is a connection as it can be read: never newer than what is durable.
type View struct {
	ID            string
	ServerCallID  string
	CorrelationID string
	State         State
	CallbackURI   string
	Source        identity.ID
	SourceName    string
	// CallerID is the phone number shown to phones, or empty.
	CallerID string
	Targets  []identity.ID
	// Group says that the call goes on when one of two leaves.
	Group bool
	// Kind is how it came about: "create", "answer" or "connect".
	Kind string
	// AnsweredBy is empty unless it was given when answering.
	AnsweredBy identity.ID
	// Participants are listed as in ParticipantsUpdated.
	Participants []Listed
	// Routing says who hears whom.
	Routing Routing
	// Standing is what the application has subscribed to, by name. It is not to be
	// changed.
	Standing map[string]any
	// Sequence is the connection's last record that the view includes.
	Sequence uint64
}

// ID is the callConnectionId.
func (cn *Connection) ID() string { return cn.id }

// View reads the connection.
func (cn *Connection) View() View { return *cn.view.Load() }

// Life ends when the connection leaves its call.
func (cn *Connection) Life() context.Context { return cn.life }

// seat makes a participant the seat of an application.
func (c *Call) seat(p *Participant, kind string, s Seat) *Connection {
	life, cancel := context.WithCancel(context.Background())
	cn := &Connection{
		id: c.newID(), call: c, kind: kind, life: life, cancel: cancel,
		state: Connecting, seat: p, telling: s.Telling, context: s.OperationContext,
		answeredBy: s.AnsweredBy, feed: s.Feed, trace: c.trace, standing: s.Standing, begin: s.Begin,
	}
	p.seat, p.port, p.answered = cn, s.Port, true
	c.connections = append(c.connections, cn)
	c.registry.admit(cn)
	return cn
}

// open writes the first record of the connection.
func (cn *Connection) open() {
	telling := cn.telling
	cn.emit(opened{
		Kind: cn.kind, OperationContext: cn.context, Source: cn.source, Targets: cn.targets, Group: cn.call.isGroup(),
	})
	cn.call.records[len(cn.call.records)-1].Telling = &telling
	cn.say()
}

func (cn *Connection) say() { cn.emit(stateChanged{cn.state}) }

// emit writes an event down and, once durable, hands it to the Go bot that
// listens. Nothing is told after the closing event.
func (cn *Connection) emit(e Event) { cn.emitTo(e, "") }

// emitTo is emit with another address for this one event.
func (cn *Connection) emitTo(e Event, to string) {
	if cn.state == Disconnected {
		return
	}
	r := cn.call.record(e, cn, "")
	r.To = to
	cn.stand(e)
	if feed := cn.feed; feed != nil {
		told := *r
		cn.call.afterwards(func() { feed.push(told) })
	}
}

// step moves the connection along its table and says so. Only the call's
// goroutine comes here, so events leave in the order states were entered.
func (cn *Connection) step(what string) error {
	next, err := connectionTable.after(cn.state, what)
	if err != nil {
		return err
	}
	cn.state = next
	if next != Disconnected {
		cn.say()
	}
	return nil
}

// establish connects every connection that has somebody to talk to.
func (c *Call) establish() {
	for _, cn := range c.connections {
		if cn.state == Connecting && !c.over && c.hasOther(cn) {
			cn.establish()
		}
	}
}

// hasOther says that somebody besides the connection's own seat is there. Whoever
// has come to a running call is no answer to one who waits, and itself waits for
// the call to be established, be it that all are still in its lobby.
func (c *Call) hasOther(cn *Connection) bool {
	for _, p := range c.members {
		switch {
		case p == cn.seat || p.isVisitor():
		case p.present(), p.state == InLobby && cn.seat.isVisitor():
			return true
		case !cn.seat.isVisitor() && p.seat != nil && p.answered && p.state != Gone:
			return true
		}
	}
	return false
}

func (cn *Connection) establish() {
	_ = cn.step("established") // it is Connecting
	cn.wasConnected, cn.call.established = true, true
	cn.emit(CallConnected{Outcome{cn.context, Success}})
	cn.seat.arrive()
	cn.commence()
}

// leave takes the application out of its call. It is not gone before every
// operation has told how it ended.
func (cn *Connection) leave(why Reason) {
	if cn.step("leave") != nil {
		return
	}
	cn.why = why
	cn.stopMedia()
	cn.cancel()
	cn.withdraw()
	cn.letGo()
	cn.unfill()
	cn.deafen(func(*ear) bool { return true })
	cn.seat.leave(why)
	cn.call.conclude() // whoever goes because of that goes before the closing event
	cn.settle()
	if cn.state == Disconnecting {
		d := cn.call.registry.cfg.Timeouts.Closing
		cn.call.arm(&cn.closing, d, func() { cn.abandon(d) })
	}
}

// abandon closes a connection whose operations do not come to an end.
func (cn *Connection) abandon(d time.Duration) {
	cn.call.expired("closing", d, cn.seat)
	for _, r := range cn.lanes.all() {
		cn.emitTo(r.op.Failed, r.op.TellTo)
	}
	cn.lanes, cn.busy = lanes{}, 0
	cn.settle()
}

// settle closes the connection when nothing of it is under way any more.
func (cn *Connection) settle() {
	if cn.state != Disconnecting || cn.busy > 0 {
		return
	}
	cn.emit(cn.lastEvent())
	cn.call.records[len(cn.call.records)-1].Closing = true
	_ = cn.step("gone") // it is Disconnecting
	disarm(&cn.pause)
	disarm(&cn.closing)
	cn.publish()
	cn.call.dismiss(cn)
}

// withdraw ends the invitations and transfers of an application that leaves:
// nothing can be told to it later. Who has just answered stays.
func (cn *Connection) withdraw() {
	for _, t := range slices.Clone(cn.transfers) {
		if t.timer != nil { // else it is being carried out
			t.fail(ReasonCancelled)
		}
	}
	for _, p := range slices.Clone(cn.call.members) {
		if inv := p.invitation; inv != nil && inv.by == cn {
			inv.fail("withdrawn", ReasonCancelled)
		}
		if inv := p.arriving; inv != nil && inv.by == cn && p != cn.seat {
			inv.joined(p)
			inv.by = nil
		}
	}
}

// lastEvent is the one event that ends a connection: Disconnected if it ever was
// connected, else the failure of what brought it about.
func (cn *Connection) lastEvent() Event {
	switch {
	case cn.wasConnected:
		return CallDisconnected{Outcome{cn.context, cn.why.Result()}}
	case cn.kind == kindCreate:
		return CreateCallFailed{Outcome{cn.context, cn.why.failure(cancelled)}}
	case cn.kind == kindConnect:
		return ConnectFailed{Outcome{cn.context, cn.why.failure(callGone)}}
	}
	return AnswerFailed{Outcome{cn.context, cn.why.failure(callGone)}}
}

func (c *Call) dismiss(cn *Connection) {
	// Not in place: those who walk through the connections may have brought
	// this about.
	same := func(other *Connection) bool { return other == cn }
	c.connections = slices.DeleteFunc(slices.Clone(c.connections), same)
	c.reply(func(error) {
		c.registry.dismiss(cn)
		if cn.feed != nil {
			cn.feed.close()
		}
	})
}

// publish makes the connection's present state readable once it is durable.
func (cn *Connection) publish() {
	if v := cn.published; v == cn.sequence {
		return
	}
	cn.published = cn.sequence
	v := &View{
		ID: cn.id, ServerCallID: cn.call.id, CorrelationID: cn.call.correlation, State: cn.state,
		CallbackURI: cn.telling.URI, Source: cn.source, SourceName: cn.sourceName, Targets: cn.targets,
		CallerID: cn.callerID, Group: cn.call.isGroup(), Kind: cn.kind, AnsweredBy: cn.answeredBy, Participants: cn.call.listed(),
		Routing: cn.call.routing, Standing: cn.standing, Sequence: cn.sequence,
	}
	cn.call.views = append(cn.call.views, func() { cn.view.Store(v) })
}

// left says that the application is out of the call, or on its way.
func (cn *Connection) left() bool { return cn.state == Disconnecting || cn.state == Disconnected }

// do asks the call something for this connection, which must not be leaving.
func (cn *Connection) do(ctx context.Context, f func() error) error {
	return cn.doAs(ctx, "", f)
}

// doAs is do for who, a name for Turns.
func (cn *Connection) doAs(ctx context.Context, who string, f func() error) error {
	return cn.call.doAs(ctx, "connection "+cn.id+" "+who, func() error {
		if cn.left() {
			return ErrEnded
		}
		return f()
	})
}

// Leave takes the application out; a 1:1 call ends with it.
func (cn *Connection) Leave(ctx context.Context) error {
	return cn.do(ctx, func() error {
		cn.emit(accepted{Operation: "hangUp"})
		cn.leave(ReasonEnded)
		return nil
	})
}

// Terminate ends the call for everybody.
func (cn *Connection) Terminate(ctx context.Context) error {
	return cn.do(ctx, func() error {
		cn.emit(accepted{Operation: "terminate"})
		cn.call.end(ReasonEnded)
		return nil
	})
}

// connected wraps ErrWrongState around what needs an established connection.
func (cn *Connection) connected(what string) error {
	if cn.state != Connected {
		return fmt.Errorf("%s while %s: %w", what, cn.state, ErrWrongState)
	}
	return nil
}
