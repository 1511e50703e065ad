package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// operation is an action whose closing event is waited for.
type operation struct {
	call       *Call
	context    string
	invitation string        // for Add
	done       chan struct{} // closed with the closing event

	// Under the call's mutex until done is closed.
	last  Event
	heard []HeardBy
}

// begin asks for an action whose closing event is to be waited for. Whoever gets
// the operation forgets it in the end.
func (c *Call) begin(ctx context.Context, action func(context string) Action) (*operation, error) {
	op := &operation{call: c, context: c.name(action("")), done: make(chan struct{})}
	c.expect(op.context, op)
	id, err := c.backend.Do(ctx, action(op.context))
	if err != nil {
		op.forget()
		return nil, err
	}
	if id != "" {
		op.invitation = id
		c.expect(id, op)
	}
	return op, nil
}

// name makes the operationContext of an action.
func (c *Call) name(a Action) string {
	n, ok := c.backend.(Namer)
	if !ok {
		return uuid.NewString()
	}
	of, err := EncodeAction(a)
	if err != nil {
		return uuid.NewString() // what cannot be written cannot be repeated either
	}
	return n.Name(string(of))
}

func (c *Call) expect(reference string, op *operation) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.operations[reference] = op
}

func (op *operation) forget() {
	op.call.mu.Lock()
	defer op.call.mu.Unlock()
	delete(op.call.operations, op.context)
	delete(op.call.operations, op.invitation)
}

// take is told of an event of the operation, under the call's mutex.
func (op *operation) take(e Event) {
	if e.Type == typeHeard {
		op.heard = heardBy(e)
		return
	}
	if !closes(e.Type) {
		return
	}
	select {
	case <-op.done: // it has had its one closing event
	default:
		op.last = e
		close(op.done)
	}
}

// wait waits for the closing event.
func (op *operation) wait(ctx context.Context) (Event, error) {
	select {
	case <-op.done:
		return op.last, outcome(op.last)
	case <-ctx.Done():
	case <-op.call.ended:
	}
	select { // several may be ready; the event says the most
	case <-op.done:
		return op.last, outcome(op.last)
	default:
	}
	select {
	case <-op.call.ended:
		return Event{}, ErrEnded
	default:
		return Event{}, ctx.Err()
	}
}

// await asks for an action and waits for the event that closes it.
func (c *Call) await(ctx context.Context, action func(context string) Action) (Event, error) {
	op, err := c.begin(ctx, action)
	if err != nil {
		return Event{}, err
	}
	defer op.forget()
	return op.wait(ctx)
}

// outcome turns a closing event into an error.
func outcome(e Event) error {
	switch {
	case strings.HasSuffix(e.Type, "Canceled"), withdrawn(e):
		return ErrCanceled
	case !strings.HasSuffix(e.Type, "Failed"):
		return nil
	}
	var data struct {
		Result struct {
			Code    int    `json:"code"`
			Subcode int    `json:"subCode"`
			Message string `json:"message"`
		} `json:"resultInformation"`
	}
	if err := json.Unmarshal(e.Data, &data); err != nil {
		return fmt.Errorf("%s: %w", e.Type, err)
	}
	return &Failure{e.Type, data.Result.Code, data.Result.Subcode, data.Result.Message}
}
