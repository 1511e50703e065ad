package bot

import (
	"context"
	"encoding/json"
	"fmt"
)

// MaxSaved is how many bytes of JSON Save takes.
const MaxSaved = 4 << 10

// Resumed says that a handler had this call before and panicked, or was gone
// with its process. The call has gone on meanwhile: who is in it, and what plays,
// is as it was. Answer returns at once if the call was answered then.
func (c *Call) Resumed() bool { return c.past.Resumed }

// Missed are the events that happened since the handler before had to do with
// one. They come to no OnEvent.
func (c *Call) Missed() []Event { return c.past.Missed }

// Save keeps v as JSON in the call's log, for the handler that resumes the call
// if this one does not come to its end. It replaces what was saved before.
// ErrInvalid beyond MaxSaved.
func (c *Call) Save(ctx context.Context, v any) error {
	state, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("save: %w: %w", ErrInvalid, err)
	}
	if len(state) > MaxSaved {
		return fmt.Errorf("save: %w: %d bytes are more than %d", ErrInvalid, len(state), MaxSaved)
	}
	return c.do(ctx, Save{state})
}

// Saved reads what the handler before saved into v, and says whether it did.
func (c *Call) Saved(v any) (bool, error) {
	if len(c.past.Saved) == 0 {
		return false, nil
	}
	if err := json.Unmarshal(c.past.Saved, v); err != nil {
		return false, fmt.Errorf("saved: %w", err)
	}
	return true, nil
}
