package call

import (
	"context"
	"fmt"
	"slices"
)

// Tell writes an event of the application's own down, such as what a bot saves.
// ErrEnded if the connection is leaving.
func (cn *Connection) Tell(ctx context.Context, e Event) error {
	return cn.doAs(ctx, "tells "+e.Type(), func() error {
		cn.emit(e)
		return nil
	})
}

// Cancel cancels the running and waiting operations with that operationContext,
// but for those Beside the others; each tells so. That there is none is no error:
// it may just have ended. ErrWrongState before the connection is established.
func (cn *Connection) Cancel(ctx context.Context, context string) error {
	return cn.doAs(ctx, "cancels "+context, func() error {
		if err := cn.connected("cancel"); err != nil {
			return err
		}
		if context == "" {
			return fmt.Errorf("cancel what has no operationContext: %w", ErrWrongState)
		}
		cn.emit(accepted{Operation: "cancel", OperationContext: context})
		cn.lanes.cancel(context, func(r *running) { cn.emitTo(r.op.Canceled, r.op.TellTo) })
		return nil
	})
}

// cancel cancels what runs under a context, and takes out what waits.
func (l *lanes) cancel(context string, never func(*running)) {
	for _, r := range slices.Concat(l.parts, l.whole[:min(len(l.whole), 1)]) {
		if r.op.Context == context {
			r.cancel(nil)
		}
	}
	if len(l.whole) == 0 {
		return
	}
	waiting := slices.Clone(l.whole[1:])
	l.whole = l.whole[:1:1]
	for _, r := range waiting {
		if r.op.Context == context {
			never(r)
			continue
		}
		l.whole = append(l.whole, r)
	}
}
