package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
)

// Call is one call as a bot sees it.
type Call struct {
	backend Backend

	mu      sync.Mutex
	id      string                // of the connection
	waiting map[string]chan Event // operations by their context
	events  func(Event)
	ended   chan struct{} // closed after the last event
}

// Serve runs a handler for the call behind a backend and hangs up when it
// returns. Backends call it; handlers do not.
func Serve(ctx context.Context, b Backend, h Handler) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c := &Call{backend: b, waiting: map[string]chan Event{}, ended: make(chan struct{})}
	var pump sync.WaitGroup
	var listening error
	pump.Go(func() {
		defer cancel() // the call is over
		listening = c.pump(ctx)
	})
	err := guarded(func() error { return h(ctx, c) })
	// The bot's part ends here, also where the handler's context has ended.
	_, left := b.Do(context.WithoutCancel(ctx), HangUp{})
	cancel()
	pump.Wait()
	if left != nil && !errors.Is(left, ErrEnded) {
		left = fmt.Errorf("hang up: %w", left)
	} else {
		left = nil
	}
	return errors.Join(err, listening, left)
}

// guarded turns a panic of the bot into its error.
func guarded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v\n%s", ErrPanicked, p, debug.Stack())
		}
	}()
	return f()
}

// pump hands events to whoever waits for them, until there are no more. It
// returns the panic of who listens.
func (c *Call) pump(ctx context.Context) error {
	defer close(c.ended)
	for {
		e, err := c.backend.Next(ctx)
		if err != nil {
			return nil //nolint:nilerr // the end of the call, or of ctx
		}
		waiting, listener := c.about(e)
		if waiting != nil && closes(e.Type) {
			select {
			case waiting <- e:
			default: // it has had its one closing event
			}
		}
		if listener == nil {
			continue
		}
		if err := guarded(func() error { listener(e); return nil }); err != nil {
			return err
		}
	}
}

// about says who waits for an event, and who listens to all.
func (c *Call) about(e Event) (waiting chan Event, listener func(Event)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.id == "" {
		var data struct {
			ConnectionID string `json:"callConnectionId"`
		}
		_ = json.Unmarshal(e.Data, &data) // without it there is no id yet
		c.id = data.ConnectionID
	}
	return c.waiting[reference(e)], c.events
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
	for _, end := range []string{"Completed", "Succeeded", "Failed", "Canceled", "CallConnected", "CallTransferAccepted"} {
		if strings.HasSuffix(kind, end) {
			return true
		}
	}
	return false
}

// From is who calls.
func (c *Call) From() identity.ID { return c.backend.Incoming().From }

// To is whom the call is for: what the bot is registered as.
func (c *Call) To() identity.ID { return c.backend.Incoming().To }

// Incoming is all that is known of the call before it is answered.
func (c *Call) Incoming() Incoming { return c.backend.Incoming() }

// Microphone is what the bot says. Write takes frames at any rate, and waits
// while more than a moment of sound is already waiting to be said.
func (c *Call) Microphone() media.Sink { return c.backend.Microphone() }

// Speaker is what the bot hears: everybody but itself, 48 kHz, frame by frame
// as time passes; io.EOF when the call has ended. What is not read in time is
// lost.
func (c *Call) Speaker() media.Source { return c.backend.Speaker() }

// Listen calls f with every event of the bot's connection from now on, in
// order, one at a time. f must not wait for another event.
func (c *Call) Listen(f func(Event)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.events = f
}

// Answer takes the call and returns when it is connected. If somebody else was
// faster it returns ErrEnded.
func (c *Call) Answer(ctx context.Context) error {
	_, _, err := c.await(ctx, func(context string) Action { return Answer{Context: context} })
	return err
}

// Reject declines the call; why is "none", "busy" or "forbidden".
func (c *Call) Reject(ctx context.Context, why string) error { return c.do(ctx, Reject{why}) }

// Redirect sends the call on to somebody else without answering it.
func (c *Call) Redirect(ctx context.Context, to identity.ID) error { return c.do(ctx, Redirect{to}) }

// Play plays prompts to everybody and returns when they have been played. If
// ctx ends first, everything that plays or recognizes is cancelled.
func (c *Call) Play(ctx context.Context, prompts ...Prompt) error {
	return c.PlayTo(ctx, nil, prompts...)
}

// PlayTo plays prompts to some participants only.
func (c *Call) PlayTo(ctx context.Context, to []identity.ID, prompts ...Prompt) error {
	_, _, err := c.await(ctx, func(context string) Action {
		return Play{Prompts: prompts, To: to, Context: context}
	})
	return c.silence(ctx, err)
}

// silence cancels what plays if the one who waited for it has given up.
func (c *Call) silence(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		_ = c.do(context.WithoutCancel(ctx), CancelMedia{}) // the call may be over
	}
	return err
}

// Recognize collects keys from the caller and returns them as they are on a
// phone, "12#". Nothing in time is ErrNoInput.
func (c *Call) Recognize(ctx context.Context, keys Keys) (string, error) {
	return c.RecognizeFrom(ctx, c.From(), keys)
}

// RecognizeFrom collects keys from one participant.
func (c *Call) RecognizeFrom(ctx context.Context, who identity.ID, keys Keys) (string, error) {
	e, _, err := c.await(ctx, func(context string) Action {
		return Recognize{From: who, Keys: keys, Context: context}
	})
	if silent := (*Failure)(nil); errors.As(err, &silent) && silent.Subcode == 8510 {
		return "", ErrNoInput
	}
	if err != nil {
		return "", c.silence(ctx, err)
	}
	var result struct {
		DTMF struct {
			Tones []string `json:"tones"`
		} `json:"dtmfResult"`
	}
	if err := json.Unmarshal(e.Data, &result); err != nil {
		return "", fmt.Errorf("recognize: %w", err)
	}
	return typed(result.DTMF.Tones), nil
}

// Add invites somebody and returns when they have joined.
func (c *Call) Add(ctx context.Context, who identity.ID) error {
	_, _, err := c.await(ctx, func(context string) Action { return Add{Who: who, Context: context} })
	return err
}

// Remove takes somebody out of the call.
func (c *Call) Remove(ctx context.Context, who identity.ID) error {
	_, _, err := c.await(ctx, func(context string) Action { return Remove{who, context} })
	return err
}

// Mute mutes participants; they may unmute themselves.
func (c *Call) Mute(ctx context.Context, who ...identity.ID) error { return c.do(ctx, Mute{who}) }

// CancelMedia cancels everything that plays or recognizes.
func (c *Call) CancelMedia(ctx context.Context) error { return c.do(ctx, CancelMedia{}) }

// HangUp takes the bot out of the call; a 1:1 call ends with it. Returning
// from the handler does the same.
func (c *Call) HangUp(ctx context.Context) error { return c.do(ctx, HangUp{}) }

// Terminate ends the call for everybody.
func (c *Call) Terminate(ctx context.Context) error { return c.do(ctx, Terminate{}) }

// Participants lists who is in the call.
func (c *Call) Participants(ctx context.Context) ([]Participant, error) {
	return c.backend.Participants(ctx)
}

// Do asks for any action and returns when it has been taken on; what comes of
// it is told to who listens.
func (c *Call) Do(ctx context.Context, a Action) (string, error) { return c.backend.Do(ctx, a) }

func (c *Call) do(ctx context.Context, a Action) error {
	_, err := c.backend.Do(ctx, a)
	return err
}

// await asks for an action and waits for the event that closes it.
func (c *Call) await(ctx context.Context, action func(context string) Action) (Event, string, error) {
	ref := c.name(action(""))
	closing := make(chan Event, 1)
	defer c.wait(ref, closing)()
	id, err := c.backend.Do(ctx, action(ref))
	if err != nil {
		return Event{}, "", err
	}
	if id != "" {
		defer c.wait(id, closing)()
	}
	select {
	case e := <-closing:
		return e, id, outcome(e)
	case <-ctx.Done():
		return Event{}, id, ctx.Err()
	case <-c.ended:
	}
	select { // both may be ready; the event says more
	case e := <-closing:
		return e, id, outcome(e)
	default:
		return Event{}, id, ErrEnded
	}
}

// name makes the operationContext of an action.
func (c *Call) name(a Action) string {
	n, ok := c.backend.(Namer)
	if !ok {
		return uuid.NewString()
	}
	of, err := json.Marshal(a)
	if err != nil {
		return uuid.NewString() // what cannot be written cannot be repeated either
	}
	return n.Name(fmt.Sprintf("%T %s", a, of))
}

// wait has events with that reference sent to closing, until the function that
// it returns is called.
func (c *Call) wait(ref string, closing chan Event) func() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting[ref] = closing
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.waiting, ref)
	}
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

// tonesByName are the contract's names of the keys.
var tonesByName = map[string]byte{
	"zero": '0', "one": '1', "two": '2', "three": '3', "four": '4', "five": '5', "six": '6', "seven": '7',
	"eight": '8', "nine": '9', "a": 'A', "b": 'B', "c": 'C', "d": 'D', "pound": '#', "asterisk": '*',
}

// typed spells tones as they stand on the keys.
func typed(tones []string) string {
	var keys strings.Builder
	for _, t := range tones {
		keys.WriteByte(tonesByName[t])
	}
	return keys.String()
}

// Named spells keys as the contract names their tones; ok is false if one of
// them is on no phone.
func Named(keys string) (tones []string, ok bool) {
	for _, k := range []byte(strings.ToUpper(keys)) {
		found := false
		for name, key := range tonesByName {
			if key == k {
				tones, found = append(tones, name), true
			}
		}
		if !found {
			return nil, false
		}
	}
	return tones, true
}
