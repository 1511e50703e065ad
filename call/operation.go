package call

import (
	"context"
	"fmt"
	"slices"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
)

// Operation is something a connection does for a while with the call's sound.
type Operation struct {
	// Name is how the log calls it: "play", "recognize".
	Name string
	// Context is the operationContext, and TellTo the operationCallbackUri.
	Context, TellTo string
	// To names who hears it; empty is the whole call. Operations for the whole
	// call queue up; two for one participant exclude each other (rest.md
	// section 7.1).
	To []identity.ID
	// Listen names whose keys it wants; empty is nobody's.
	Listen identity.ID
	// Interrupt cancels what is running and waiting, and starts at once.
	Interrupt bool
	// Beside has it run beside all others, such as a stream: it waits for nothing
	// and excludes nothing but another one of its Name and Listen, and neither
	// Interrupt nor CancelMedia ends it. Stop does, and the end of the connection.
	Beside bool
	// Lasting has neither Interrupt nor CancelMedia end it, once it runs: what it
	// does cannot be taken back.
	Lasting bool
	// Run does it and returns the closing event. It ends soon after ctx does.
	Run func(ctx context.Context, s *Stage) Event
	// Canceled is told of an operation that never started, Failed of one that
	// broke.
	Canceled, Failed Event
}

// Stage is what a running operation may use of the call.
type Stage struct {
	cn     *Connection
	op     Operation
	bridge Bridge
	number int // of the connection's operations
	to     []string
	target *Participant // whom it listens to; nil is nobody
	heard  Audible      // the same, as it was at the beginning
	tones  chan Tone
}

// who names the operation for Turns.
func (s *Stage) who() string { return fmt.Sprintf("operation %s %06d", s.cn.id, s.number) }

// asked names who starts the operation for Turns.
func (op Operation) asked() string {
	return fmt.Sprintf("starts %s %v %s %s", op.Name, op.To, op.Listen, op.Context)
}

// Play mixes src into what the operation's targets hear.
func (s *Stage) Play(src media.Source) media.Playback {
	pb := s.bridge.Play(media.Owned{Source: src, By: s.cn.seat.id}, s.to...)
	go s.voicing(pb)
	return pb
}

// Tones gives the keys that the participant it listens to presses from the
// operation's start; nil if it listens to nobody.
func (s *Stage) Tones() <-chan Tone { return s.tones }

// Emit tells something before the closing event.
func (s *Stage) Emit(e Event) { s.EmitTo(e, "") }

// EmitTo is Emit with another address for this one event; empty is where the
// operation's events go.
func (s *Stage) EmitTo(e Event, to string) {
	if to == "" {
		to = s.op.TellTo
	}
	s.cn.call.postAs(s.who()+" tells", func() { s.cn.emitTo(e, to) })
}

// EmitNumbered is Emit for one of a series of events: e is given its number, which
// counts from 1 in the life of the connection.
func (s *Stage) EmitNumbered(series string, e func(n int) Event) {
	s.cn.call.post(func() {
		if s.cn.numbers == nil {
			s.cn.numbers = map[string]int{}
		}
		s.cn.numbers[series]++
		s.cn.emitTo(e(s.cn.numbers[series]), s.op.TellTo)
	})
}

// running is an operation that was taken on: it waits, or runs.
type running struct {
	op       Operation
	members  []*Participant // its targets
	listens  *Participant
	listener *toneListener
	cancel   context.CancelCauseFunc // nil while it waits
	stopped  bool                    // by Stop
}

// forsaken says that nobody is left whom the operation is for.
func (r *running) forsaken() bool {
	return len(r.members) > 0 && !slices.ContainsFunc(r.members, (*Participant).present) ||
		r.listens != nil && !r.listens.present()
}

// lanes hold a connection's operations: those for the whole call one after
// another, those for one participant beside it.
type lanes struct {
	whole  []*running // the first one runs
	parts  []*running // all run
	beside []*running // all run
}

// all are those that are wound up when the connection is.
func (l *lanes) all() []*running { return slices.Concat(l.parts, l.whole, l.beside) }

// busyWith says that an operation for that participant is running.
func (l *lanes) busyWith(p *Participant) bool {
	return slices.ContainsFunc(l.parts, func(r *running) bool { return slices.Contains(r.members, p) })
}

// Start takes an operation on. Its closing event follows, whatever happens.
// Errors: ErrWrongState before the connection is established, ErrEnded after,
// ErrNoParticipant, ErrIncompatible, ErrConflict for one Beside that runs already.
func (cn *Connection) Start(ctx context.Context, op Operation) error {
	return cn.doAs(ctx, op.asked(), func() error {
		if err := cn.connected(op.Name); err != nil {
			return err
		}
		r, err := cn.prepare(op)
		if err != nil {
			return fmt.Errorf("%s: %w", op.Name, err)
		}
		if op.Interrupt {
			cn.stopMedia()
		}
		cn.emit(accepted{Operation: op.Name, OperationContext: op.Context})
		cn.enqueue(r)
		return nil
	})
}

// prepare finds whom the operation is for and whether it may run.
func (cn *Connection) prepare(op Operation) (*running, error) {
	r := &running{op: op}
	for _, id := range op.To {
		p := cn.call.here(id)
		if slices.Contains(r.members, p) {
			continue
		}
		if p == nil {
			return nil, fmt.Errorf("%s: %w", id, ErrNoParticipant)
		}
		if cn.lanes.busyWith(p) && !op.Interrupt {
			return nil, fmt.Errorf("%s: %w", id, ErrIncompatible)
		}
		r.members = append(r.members, p)
	}
	if op.Listen != "" {
		if r.listens = cn.call.here(op.Listen); r.listens == nil {
			return nil, fmt.Errorf("%s: %w", op.Listen, ErrNoParticipant)
		}
	}
	if op.Beside && cn.lanes.find(op.Name, op.Listen) != nil {
		return nil, ErrConflict
	}
	return r, nil
}

// find is an operation that runs beside the others and has not been stopped.
func (l *lanes) find(name string, listen identity.ID) *running {
	for _, r := range l.beside {
		if r.op.Name == name && r.op.Listen == listen && !r.stopped {
			return r
		}
	}
	return nil
}

func (cn *Connection) enqueue(r *running) {
	if r.op.Beside {
		cn.lanes.beside = append(cn.lanes.beside, r)
		cn.run(r)
		return
	}
	if len(r.members) > 0 {
		cn.lanes.parts = append(cn.lanes.parts, r)
		cn.run(r)
		return
	}
	cn.lanes.whole = append(cn.lanes.whole, r)
	if len(cn.lanes.whole) == 1 {
		cn.run(r)
	}
}

// run gives an operation a goroutine. The connection owns it: leaving cancels
// its context, and the connection is not gone before the closing event is in.
func (cn *Connection) run(r *running) {
	ctx, cancel := context.WithCancelCause(cn.life)
	r.cancel = cancel
	s := &Stage{cn: cn, op: r.op, bridge: cn.call.soundBridge(), number: cn.started}
	for _, p := range r.members {
		s.to = append(s.to, p.id)
	}
	if r.listens != nil {
		s.tones = make(chan Tone, 64)
		r.listener = &toneListener{s.tones}
		r.listens.tones = append(r.listens.tones, r.listener)
		s.target, s.heard = r.listens, r.listens.audible()
	}
	if r.forsaken() {
		cancel(nil)
	}
	cn.busy++
	cn.started++
	go func() {
		e := s.perform(ctx)
		cn.call.postAs(s.who()+" ran", func() { cn.ran(r, e) })
	}()
}

// perform runs the operation behind a barrier: a mistake in one operation is
// its failure, not the server's.
func (s *Stage) perform(ctx context.Context) (e Event) {
	defer func() {
		if p := recover(); p != nil {
			s.cn.call.log.Error("operation panicked", zap.String("operation", s.op.Name), zap.Any("panic", p), zap.Stack("stack"))
			e = s.op.Failed
		}
	}()
	return s.op.Run(ctx, s)
}

// forsake cancels what runs for participants who have gone.
func (cn *Connection) forsake() {
	for _, r := range cn.lanes.all() {
		if r.cancel != nil && r.forsaken() {
			r.cancel(nil)
		}
	}
}

// ran takes in how an operation ended, and starts the next.
func (cn *Connection) ran(r *running, e Event) {
	if e == nil {
		e = r.op.Failed
	}
	r.cancel(nil)
	cn.busy--
	if r.listens != nil {
		r.listens.tones = slices.DeleteFunc(r.listens.tones, func(l *toneListener) bool { return l == r.listener })
	}
	cn.emitTo(e, r.op.TellTo)
	same := func(other *running) bool { return other == r }
	cn.lanes.parts = slices.DeleteFunc(cn.lanes.parts, same)
	cn.lanes.beside = slices.DeleteFunc(cn.lanes.beside, same)
	first := len(cn.lanes.whole) > 0 && cn.lanes.whole[0] == r
	cn.lanes.whole = slices.DeleteFunc(cn.lanes.whole, same)
	if first && len(cn.lanes.whole) > 0 {
		cn.run(cn.lanes.whole[0])
	}
	cn.settle()
}

// stopMedia cancels what runs, and what waits without ever having run.
func (cn *Connection) stopMedia() {
	for _, r := range cn.lanes.parts {
		if !r.op.Lasting {
			r.cancel(nil)
		}
	}
	if len(cn.lanes.whole) == 0 {
		return
	}
	waiting := cn.lanes.whole[1:]
	cn.lanes.whole[0].cancel(nil)
	cn.lanes.whole = cn.lanes.whole[:1:1]
	for _, r := range waiting {
		cn.emitTo(r.op.Canceled, r.op.TellTo)
	}
}

// CancelMedia cancels all running and waiting operations; each tells so.
func (cn *Connection) CancelMedia(ctx context.Context) error {
	return cn.do(ctx, func() error {
		if err := cn.connected("cancel all media"); err != nil {
			return err
		}
		cn.emit(accepted{Operation: "cancelAllMediaOperations"})
		cn.stopMedia()
		return nil
	})
}
