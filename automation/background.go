package automation

import (
	"context"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media/prompt"
)

// BackgroundRequest has a sound go on behind everything else, again and again. It
// is beyond the contract.
type BackgroundRequest struct {
	PlaySource PlaySource `json:"playSource"`
	// DuckedBy is by how many decibels it is quieter while anybody speaks or
	// something is played to all, 0 to 60; default 12.
	DuckedBy             *int   `json:"duckedByInDb,omitempty"`
	OperationContext     string `json:"operationContext,omitempty"`
	OperationCallbackURI string `json:"operationCallbackUri,omitempty"`
}

// StopBackgroundRequest ends it.
type StopBackgroundRequest struct {
	OperationContext     string `json:"operationContext,omitempty"`
	OperationCallbackURI string `json:"operationCallbackUri,omitempty"`
}

// The events of a background, which are our own.
type (
	// BackgroundStopped says that the sound was stopped.
	BackgroundStopped struct{ call.Outcome }
	// BackgroundFailed says that it could not be played, or not any longer.
	BackgroundFailed struct{ call.Outcome }
)

// Type names the event.
func (BackgroundStopped) Type() string { return "botd.background.stopped" }

// Type names the event.
func (BackgroundFailed) Type() string { return "botd.background.failed" }

// background is the name of the operation.
const background = "backgroundSound"

// StartBackground plays a sound to the whole call, beside whatever else goes on,
// until StopBackground or the end: BackgroundStopped or BackgroundFailed follows.
// call.ErrConflict if there is one already.
func (s *Service) StartBackground(ctx context.Context, cn *call.Connection, r BackgroundRequest) error {
	src, err := r.PlaySource.prompt("playSource")
	if err != nil {
		return err
	}
	by := or(r.DuckedBy, 12)
	err = first(
		within("duckedByInDb", by, 0, 60),
		s.echoed(ctx, r.OperationContext, "operationCallbackUri", r.OperationCallbackURI),
	)
	if err != nil {
		return err
	}
	outcome := func(result call.Result) call.Outcome {
		return call.Outcome{OperationContext: r.OperationContext, Result: result}
	}
	return cn.Start(ctx, call.Operation{
		Name: background, Context: r.OperationContext, TellTo: r.OperationCallbackURI, Beside: true,
		Canceled: BackgroundStopped{outcome(call.Success)}, Failed: BackgroundFailed{outcome(unknown)},
		Run: func(ctx context.Context, stage *call.Stage) call.Event {
			err := s.behind(ctx, stage, src, float64(by))
			switch {
			case ctx.Err() == nil:
				return BackgroundFailed{outcome(promptResult(err))}
			case call.StoppedBy(ctx) != nil && call.StoppedBy(ctx).Context != "":
				return BackgroundStopped{call.Outcome{OperationContext: call.StoppedBy(ctx).Context, Result: call.Success}}
			}
			return BackgroundStopped{outcome(call.Success)}
		},
	})
}

// behind plays the sound until ctx ends, or until it fails.
func (s *Service) behind(ctx context.Context, stage *call.Stage, src prompt.Source, by float64) error {
	sound, err := s.looped(src)(ctx)
	if err != nil {
		return err
	}
	plays := stage.Background(sound, by)
	select {
	case <-plays.Done():
		return plays.Err()
	case <-ctx.Done():
		plays.Stop()
		return ctx.Err()
	}
}

// StopBackground ends StartBackground. call.ErrWrongState if there is nothing to
// end.
func (s *Service) StopBackground(ctx context.Context, cn *call.Connection, r StopBackgroundRequest) error {
	if err := s.echoed(ctx, r.OperationContext, "operationCallbackUri", r.OperationCallbackURI); err != nil {
		return err
	}
	return cn.Stop(ctx, call.Stopping{Name: background, Context: r.OperationContext, TellTo: r.OperationCallbackURI})
}
