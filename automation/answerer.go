package automation

import (
	"context"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/answerer"
)

// DetectMachineRequest asks whether a person or a machine has answered, right
// after somebody was called. It is beyond the contract.
type DetectMachineRequest struct {
	TargetParticipant identity.ID `json:"targetParticipant"`
	// WaitForBeep has a machine be no result before it beeps, so that a message
	// can be left.
	WaitForBeep bool `json:"waitForBeep,omitempty"`
	// Timeout is in seconds, 1 to 120, after which the result is what it looks
	// like; default 30.
	Timeout              *int   `json:"timeoutInSeconds,omitempty"`
	OperationContext     string `json:"operationContext,omitempty"`
	OperationCallbackURI string `json:"operationCallbackUri,omitempty"`
}

// AnswererDetected is who has answered. It is an event of our own.
type AnswererDetected struct {
	call.Outcome
	Participant identity.ID `json:"participant"`
	// Answerer is "human", "machine", "beep" of a machine, or "unknown".
	Answerer answerer.Kind `json:"answerer"`
	// Confidence is between 0 and 1.
	Confidence float64 `json:"confidence"`
	// After is when that was known, in milliseconds since the request.
	After int64 `json:"afterInMs"`
}

// Type names the event.
func (AnswererDetected) Type() string { return "botd.answerer.detected" }

// DetectMachine listens to a participant beside whatever else goes on.
// AnswererDetected follows, in any case: with 400/8508 and what it looked
// like so far if the call or the participant is gone before. call.ErrConflict if
// that is being done already.
func (s *Service) DetectMachine(ctx context.Context, cn *call.Connection, r DetectMachineRequest) error {
	timeout := or(r.Timeout, 30)
	err := first(
		someone("targetParticipant", r.TargetParticipant),
		within("timeoutInSeconds", timeout, 1, 120),
		s.echoed(ctx, r.OperationContext, "operationCallbackUri", r.OperationCallbackURI),
	)
	if err != nil {
		return err
	}
	event := func(v answerer.Verdict, result call.Result, after time.Duration) AnswererDetected {
		return AnswererDetected{
			Outcome: call.Outcome{OperationContext: r.OperationContext, Result: result}, Participant: r.TargetParticipant,
			Answerer: v.Kind, Confidence: v.Confidence, After: after.Milliseconds(),
		}
	}
	none := answerer.Verdict{Kind: answerer.Unknown}
	return cn.Start(ctx, call.Operation{
		Name: "detectAnsweringMachine", Context: r.OperationContext, TellTo: r.OperationCallbackURI,
		Listen: r.TargetParticipant, Beside: true,
		Canceled: event(none, canceled, 0), Failed: event(none, unknown, 0),
		Run: func(ctx context.Context, stage *call.Stage) call.Event {
			limited, cancel := context.WithTimeout(ctx, time.Duration(timeout)*time.Second)
			defer cancel()
			v, after, err := answeredBy(limited, stage, answerer.Config{WaitForBeep: r.WaitForBeep})
			switch {
			case ctx.Err() != nil:
				return event(v, canceled, after)
			case err != nil:
				return event(v, unknown, after)
			}
			return event(v, call.Success, after)
		},
	})
}

// answeredBy listens until it is clear who has answered, or ctx ends.
func answeredBy(ctx context.Context, stage *call.Stage, cfg answerer.Config) (v answerer.Verdict, after time.Duration, err error) {
	l := answerer.New(cfg)
	tap, err := stage.Tap(stage.Target().ParticipantID, media.TapOptions{Rate: answerer.Rate, Ring: hearingRing})
	if err != nil {
		return l.Verdict(), 0, err
	}
	defer tap.Close()
	defer context.AfterFunc(ctx, tap.Close)()
	for to := (media.Tapped{Frame: media.Frame{Rate: answerer.Rate}}); tap.Read(&to) == nil; {
		after += media.FrameDuration
		if v, known := l.Frame(&to.Frame); known {
			return v, after, nil
		}
	}
	return l.Verdict(), after, nil
}
