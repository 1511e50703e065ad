package bot

import (
	"context"
	"encoding/json"
	"strings"
)

// OnEvent calls f with every event of the bot's connection from now on, in
// order, one at a time. f must not wait for another event, so not for what it
// plays or asks either. An event with which f is done is not told again to who
// resumes the call.
func (c *Call) OnEvent(f func(Event)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.events = f
}

// pump hands events to whoever waits for them, until there are no more. It
// returns the panic of who listens.
func (c *Call) pump(ctx context.Context) error {
	defer c.end()
	for {
		e, err := c.backend.Next(ctx)
		if err != nil {
			return nil //nolint:nilerr // the end of the call, or of ctx
		}
		if listener := c.take(e); listener != nil {
			if err := guarded(func() error { listener(e); return nil }); err != nil {
				return err
			}
		}
		c.backend.Ack(e.Sequence)
	}
}

// end lets everybody go who waits for an event.
func (c *Call) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.ended)
	for _, p := range c.presses {
		close(p.keys)
	}
	c.presses = nil
	c.endLines()
}

// take learns from an event, tells those who wait for it, and says who listens
// to all.
func (c *Call) take(e Event) (listener func(Event)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.id == "" {
		var data struct {
			ConnectionID string `json:"callConnectionId"`
		}
		_ = json.Unmarshal(e.Data, &data) // without it there is no id yet
		c.id = data.ConnectionID
	}
	switch e.Type {
	case "botd.participant.dtmf":
		c.press(e)
	case "botd.dominantspeakers.changed":
		c.noteSpeakers(e)
	case "botd.transcription.line":
		c.noteLine(e)
	case "Microsoft.Communication.TranscriptionStopped", "Microsoft.Communication.TranscriptionFailed":
		c.endLines()
	}
	if op := c.operations[reference(e)]; op != nil {
		op.take(e)
	}
	return c.events
}

// reference is what somebody who waits for an event knows: the context of the
// operation that it ends, or the invitation that was withdrawn.
func reference(e Event) string {
	if !withdrawn(e) {
		return e.OperationContext
	}
	var data struct {
		InvitationID string `json:"invitationId"`
	}
	_ = json.Unmarshal(e.Data, &data) // without it nobody waits
	return data.InvitationID
}

func withdrawn(e Event) bool { return strings.HasSuffix(e.Type, "CancelAddParticipantSucceeded") }

// closes says whether an event of that type ends an operation.
func closes(kind string) bool {
	for _, end := range []string{"Completed", "Succeeded", "Failed", "Canceled", "CallConnected", "CallTransferAccepted", typeAnswerer} {
		if strings.HasSuffix(kind, end) {
			return true
		}
	}
	return false
}
