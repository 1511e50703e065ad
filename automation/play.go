package automation

import (
	"context"
	"errors"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
	"github.com/botd-dev/botd/media/prompt"
	"github.com/botd-dev/botd/media/turn"
)

// PlayRequest plays to some or all of the call (rest.md section 7.2).
type PlayRequest struct {
	PlaySources []PlaySource `json:"playSources"`
	// PlayTo names who hears it; nobody named is everybody.
	PlayTo                      []identity.ID `json:"playTo,omitempty"`
	PlayOptions                 *PlayOptions  `json:"playOptions,omitempty"`
	InterruptCallMediaOperation bool          `json:"interruptCallMediaOperation,omitempty"`
	OperationContext            string        `json:"operationContext,omitempty"`
	OperationCallbackURI        string        `json:"operationCallbackUri,omitempty"`
}

// PlayOptions say how it is played.
type PlayOptions struct {
	// Loop repeats the sources until cancelled.
	Loop bool `json:"loop"`
	// PromptPolicy is what listeners who speak do to it: "stop", "pause", "duck" or
	// "uninterruptible", the default. What they stop ends in PlayCanceled. It is
	// beyond the contract.
	PromptPolicy string `json:"promptPolicy,omitempty"`
}

// The events of a play (events.md section 4).
type (
	// PlayStarted says that playback began.
	PlayStarted struct{ call.Outcome }
	// PlayCompleted says that all sources were played once.
	PlayCompleted struct{ call.Outcome }
	// PlayFailed says which source could not be played, and why.
	PlayFailed struct {
		call.Outcome
		FailedPlaySourceIndex *int `json:"failedPlaySourceIndex,omitempty"`
	}
	// PlayCanceled says that it was cancelled.
	PlayCanceled struct{ call.Outcome }
)

// Type names the event.
func (PlayStarted) Type() string   { return "Microsoft.Communication.PlayStarted" }
func (PlayCompleted) Type() string { return "Microsoft.Communication.PlayCompleted" }
func (PlayFailed) Type() string    { return "Microsoft.Communication.PlayFailed" }
func (PlayCanceled) Type() string  { return "Microsoft.Communication.PlayCanceled" }

// canceled is the result of every media operation that was cancelled.
var canceled = call.Result{Code: 400, Subcode: 8508, Message: "The operation was cancelled."}

// Play starts playing to some or all of the call. PlayStarted and then one of
// PlayCompleted, PlayFailed or PlayCanceled follows, carrying the same
// OperationContext.
func (s *Service) Play(ctx context.Context, cn *call.Connection, r PlayRequest) error {
	if len(r.PlaySources) == 0 {
		return required("playSources")
	}
	if len(r.PlayTo) > 0 { // a null among them would be nobody
		if err := everyone("playTo", r.PlayTo); err != nil {
			return err
		}
	}
	sources, err := prompts("playSources", r.PlaySources)
	if err != nil {
		return err
	}
	if err := s.echoed(ctx, r.OperationContext, "operationCallbackUri", r.OperationCallbackURI); err != nil {
		return err
	}
	p := &playing{prompts: s.cfg.Prompts, sources: sources, context: r.OperationContext, to: r.PlayTo, policy: turn.Uninterruptible}
	if o := r.PlayOptions; o != nil {
		p.loop = o.Loop
		if err := isPolicy("playOptions.promptPolicy", o.PromptPolicy); err != nil {
			return err
		}
		if o.PromptPolicy != "" {
			p.policy, _ = turn.ParsePolicy(o.PromptPolicy) // it has been checked
		}
	}
	return cn.Start(ctx, call.Operation{
		Name: "play", Context: r.OperationContext, TellTo: r.OperationCallbackURI,
		To: r.PlayTo, Interrupt: r.InterruptCallMediaOperation, Run: p.run,
		Canceled: PlayCanceled{p.outcome(canceled)}, Failed: PlayFailed{Outcome: p.outcome(unknown)},
	})
}

// unknown is the result of what broke for no reason that can be told.
var unknown = call.Result{Code: 500, Subcode: 9999, Message: "An unknown error occurred."}

// playing is one play under way.
type playing struct {
	prompts Prompts
	sources []prompt.Source
	context string
	loop    bool
	to      []identity.ID
	policy  turn.Policy
}

func (p *playing) outcome(r call.Result) call.Outcome {
	return call.Outcome{OperationContext: p.context, Result: r}
}

func (p *playing) run(ctx context.Context, s *call.Stage) call.Event {
	src, err := p.open(ctx)
	if err == nil {
		s.Emit(PlayStarted{p.outcome(call.Success)})
		err = p.playOut(ctx, s, src)
	}
	switch {
	case ctx.Err() != nil, errors.Is(err, errInterrupted):
		return PlayCanceled{p.outcome(canceled)}
	case err != nil:
		return failedPlay(p.outcome(promptResult(err)), err)
	}
	return PlayCompleted{p.outcome(call.Success)}
}

func (p *playing) open(ctx context.Context) (media.Source, error) {
	if !p.loop {
		return p.prompts.Open(ctx, p.sources...)
	}
	kept, err := p.prompts.Prepare(ctx, p.sources...)
	if err != nil {
		return nil, err
	}
	return prompt.Loop(kept.Open), nil
}

func failedPlay(out call.Outcome, err error) PlayFailed {
	e := PlayFailed{Outcome: out}
	if which := (*prompt.Error)(nil); errors.As(err, &which) {
		e.FailedPlaySourceIndex = &which.Index
	}
	return e
}

// promptResults say what a prompt that cannot be played means to the
// application (events.md section 7.1). First match wins.
var promptResults = []struct {
	err    error
	result call.Result
}{
	{prompt.ErrEmpty, call.Result{Code: 400, Subcode: 8582, Message: "Action failed, the play source is empty."}},
	{prompt.ErrFormat, call.Result{Code: 400, Subcode: 8535, Message: "Action failed, the file format is invalid."}},
	{prompt.ErrDownload, call.Result{Code: 400, Subcode: 8536, Message: "Action failed, the file could not be downloaded."}},
	{mix.ErrClosed, call.Result{Code: 500, Subcode: 8572, Message: "Action failed, the play service was shut down."}},
	{prompt.ErrSpeech, call.Result{Code: 400, Subcode: 8565, Message: "Action failed, the speech engine reported an error."}},
}

func promptResult(err error) call.Result {
	if errors.Is(err, prompt.ErrSpeech) {
		if r, ok := speechResult(err); ok {
			return r
		}
	}
	for _, r := range promptResults {
		if errors.Is(err, r.err) {
			return r.result
		}
	}
	return unknown
}
