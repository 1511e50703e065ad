package automation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media/dtmf"
)

// ContinuousDTMFRequest has every key of a participant told, or no longer (rest.md
// section 7.4).
type ContinuousDTMFRequest struct {
	TargetParticipant    identity.ID `json:"targetParticipant"`
	OperationContext     string      `json:"operationContext,omitempty"`
	OperationCallbackURI string      `json:"operationCallbackUri,omitempty"`
}

// SendDTMFRequest presses keys for a participant to hear.
type SendDTMFRequest struct {
	// Tones are 1 to 18 keys.
	Tones                []call.Tone `json:"tones"`
	TargetParticipant    identity.ID `json:"targetParticipant"`
	OperationContext     string      `json:"operationContext,omitempty"`
	OperationCallbackURI string      `json:"operationCallbackUri,omitempty"`
}

// The events of keys (events.md section 4).
type (
	// ContinuousDTMFToneReceived is a key that was pressed.
	ContinuousDTMFToneReceived struct {
		call.Outcome
		// SequenceID counts the keys of the connection, from 1.
		SequenceID int       `json:"sequenceId"`
		Tone       call.Tone `json:"tone"`
	}
	// ContinuousDTMFToneFailed says that keys cannot be told.
	ContinuousDTMFToneFailed struct{ call.Outcome }
	// ContinuousDTMFStopped says that they are told no longer.
	ContinuousDTMFStopped struct{ call.Outcome }
	// SendDTMFCompleted says that all keys have been sent.
	SendDTMFCompleted struct{ call.Outcome }
	// SendDTMFFailed says that they have not.
	SendDTMFFailed struct{ call.Outcome }
)

// Type names the event.
func (ContinuousDTMFToneReceived) Type() string {
	return "Microsoft.Communication.ContinuousDtmfRecognitionToneReceived"
}

// Type names the event.
func (ContinuousDTMFToneFailed) Type() string {
	return "Microsoft.Communication.ContinuousDtmfRecognitionToneFailed"
}

// Type names the event.
func (ContinuousDTMFStopped) Type() string {
	return "Microsoft.Communication.ContinuousDtmfRecognitionStopped"
}

// Type names the event.
func (SendDTMFCompleted) Type() string { return "Microsoft.Communication.SendDtmfTonesCompleted" }

// Type names the event.
func (SendDTMFFailed) Type() string { return "Microsoft.Communication.SendDtmfTonesFailed" }

const (
	// continuousKeys is the name of the operation, and of the numbers of its keys.
	continuousKeys = "continuousDtmf"
	// maxTones is how many keys one request sends.
	maxTones = 18
	// padBusy is how much longer than its keys take a request may wait for others.
	padBusy = 10 * time.Second
)

// noKeypad is the result of keys for somebody who cannot take them.
var noKeypad = call.Result{Code: 400, Subcode: 8500, Message: "Action failed, the participant takes no telephone-events."}

func (s *Service) checkContinuous(ctx context.Context, r ContinuousDTMFRequest) error {
	return first(
		someone("targetParticipant", r.TargetParticipant),
		s.echoed(ctx, r.OperationContext, "operationCallbackUri", r.OperationCallbackURI),
	)
}

// StartContinuousDTMF has every key of a participant told, beside whatever else
// goes on: ContinuousDtmfRecognitionToneReceived for each, and at the end
// ContinuousDtmfRecognitionStopped. call.ErrConflict if that is so already,
// call.ErrIncompatible while something runs for that participant alone.
func (s *Service) StartContinuousDTMF(ctx context.Context, cn *call.Connection, r ContinuousDTMFRequest) error {
	if err := s.checkContinuous(ctx, r); err != nil {
		return err
	}
	outcome := func(result call.Result) call.Outcome {
		return call.Outcome{OperationContext: r.OperationContext, Result: result}
	}
	return cn.Start(ctx, call.Operation{
		Name: continuousKeys, Context: r.OperationContext, TellTo: r.OperationCallbackURI,
		To: []identity.ID{r.TargetParticipant}, Listen: r.TargetParticipant, Beside: true,
		Canceled: ContinuousDTMFStopped{outcome(call.Success)}, Failed: ContinuousDTMFToneFailed{outcome(unknown)},
		Run: func(ctx context.Context, stage *call.Stage) call.Event {
			tellKeys(ctx, stage, outcome(call.Success))
			end := outcome(call.Success)
			if by := call.StoppedBy(ctx); by != nil && by.Context != "" {
				end.OperationContext = by.Context
			}
			return ContinuousDTMFStopped{end}
		},
	})
}

func tellKeys(ctx context.Context, stage *call.Stage, out call.Outcome) {
	tones, done := keysOf(stage)
	defer done()
	for {
		select {
		case t := <-tones:
			stage.EmitNumbered(continuousKeys, func(n int) call.Event { return ContinuousDTMFToneReceived{out, n, t} })
		case <-ctx.Done():
			return
		}
	}
}

// StopContinuousDTMF ends StartContinuousDTMF. call.ErrWrongState if there is
// nothing to end.
func (s *Service) StopContinuousDTMF(ctx context.Context, cn *call.Connection, r ContinuousDTMFRequest) error {
	if err := s.checkContinuous(ctx, r); err != nil {
		return err
	}
	return cn.Stop(ctx, call.Stopping{
		Name: continuousKeys, Listen: r.TargetParticipant, Context: r.OperationContext, TellTo: r.OperationCallbackURI,
	})
}

// SendDTMF presses keys for a participant, one after the other, as
// telephone-events. SendDtmfTonesCompleted or SendDtmfTonesFailed follows.
// Nothing but the end of the call takes keys back.
func (s *Service) SendDTMF(ctx context.Context, cn *call.Connection, r SendDTMFRequest) error {
	err := first(
		checkTones("tones", r.Tones, maxTones),
		someone("targetParticipant", r.TargetParticipant),
		s.echoed(ctx, r.OperationContext, "operationCallbackUri", r.OperationCallbackURI),
	)
	if err != nil {
		return err
	}
	outcome := func(result call.Result) call.Outcome {
		return call.Outcome{OperationContext: r.OperationContext, Result: result}
	}
	return cn.Start(ctx, call.Operation{
		Name: "sendDtmfTones", Context: r.OperationContext, TellTo: r.OperationCallbackURI,
		To: []identity.ID{r.TargetParticipant}, Listen: r.TargetParticipant, Lasting: true,
		Canceled: SendDTMFFailed{outcome(canceled)}, Failed: SendDTMFFailed{outcome(unknown)},
		Run: func(ctx context.Context, stage *call.Stage) call.Event {
			if result := sendKeys(ctx, stage, r.Tones); result != call.Success {
				return SendDTMFFailed{outcome(result)}
			}
			return SendDTMFCompleted{outcome(call.Success)}
		},
	})
}

func sendKeys(ctx context.Context, stage *call.Stage, keys []call.Tone) call.Result {
	limited, cancel := context.WithTimeout(ctx, padBusy+time.Duration(len(keys))*(dtmf.Length+dtmf.Pause))
	defer cancel()
	err := stage.Press(limited, keys...)
	switch {
	case err == nil:
		return call.Success
	case ctx.Err() != nil, errors.Is(err, call.ErrNoParticipant), errors.Is(err, call.ErrEnded):
		return canceled
	case errors.Is(err, call.ErrNoKeypad):
		return noKeypad
	}
	return unknown
}

func checkTones(field string, keys []call.Tone, most int) error {
	switch {
	case len(keys) == 0:
		return required(field)
	case len(keys) > most:
		return invalid(field, fmt.Sprintf("there are more than %d", most))
	}
	return areTones(field, keys)
}

func areTones(field string, keys []call.Tone) error {
	for i, t := range keys {
		if !slices.Contains(tones, t) {
			return invalid(fmt.Sprintf("%s[%d]", field, i), fmt.Sprintf("%q is no tone", t))
		}
	}
	return nil
}
