package call

import (
	"context"
	"errors"
	"fmt"

	"github.com/botd-dev/botd/identity"
)

// Stopping asks for the end of an operation that runs Beside the others.
type Stopping struct {
	// Name is the operation's, and Listen whom it listens to.
	Name   string
	Listen identity.ID
	// Context is the operationContext of who asks. TellTo is where the closing event
	// goes; empty is where it would have gone.
	Context, TellTo string
}

// Error makes it the cause of the end of the operation's context.
func (s *Stopping) Error() string { return "stop " + s.Name }

// StoppedBy is what ended the operation whose context ctx is, if somebody has
// asked for it; else nil.
func StoppedBy(ctx context.Context) *Stopping {
	if s := (*Stopping)(nil); errors.As(context.Cause(ctx), &s) {
		return s
	}
	return nil
}

// Stop ends an operation that runs Beside the others; its closing event follows.
// ErrWrongState if there is none.
func (cn *Connection) Stop(ctx context.Context, s Stopping) error {
	return cn.doAs(ctx, "stops "+s.Name+" "+string(s.Listen), func() error {
		r := cn.lanes.find(s.Name, s.Listen)
		if r == nil {
			return fmt.Errorf("stop %s: %w", s.Name, ErrWrongState)
		}
		cn.emit(accepted{Operation: "stop " + s.Name, OperationContext: s.Context})
		if s.TellTo != "" {
			r.op.TellTo = s.TellTo
		}
		r.stopped = true
		r.cancel(&s)
		return nil
	})
}
