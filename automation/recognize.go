package automation

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media/prompt"
)

// RecognizeRequest collects input from one participant, after a prompt if there
// is one (rest.md section 7.3).
type RecognizeRequest struct {
	// RecognizeInputType is "dtmf"; the contract's speech and choices are not
	// supported yet.
	RecognizeInputType          string           `json:"recognizeInputType"`
	PlayPrompt                  *PlaySource      `json:"playPrompt,omitempty"`
	PlayPrompts                 []PlaySource     `json:"playPrompts,omitempty"`
	InterruptCallMediaOperation *bool            `json:"interruptCallMediaOperation,omitempty"`
	RecognizeOptions            RecognizeOptions `json:"recognizeOptions"`
	OperationContext            string           `json:"operationContext,omitempty"`
	OperationCallbackURI        string           `json:"operationCallbackUri,omitempty"`
}

// RecognizeOptions say from whom, and how long to wait.
type RecognizeOptions struct {
	TargetParticipant identity.ID `json:"targetParticipant"`
	// InterruptPrompt lets input stop the prompt; default true.
	InterruptPrompt *bool `json:"interruptPrompt,omitempty"`
	// InitialSilenceTimeout is in seconds, 0 to 300; default 5.
	InitialSilenceTimeout *int         `json:"initialSilenceTimeoutInSeconds,omitempty"`
	DTMFOptions           *DTMFOptions `json:"dtmfOptions,omitempty"`
}

// DTMFOptions say when enough keys have been pressed.
type DTMFOptions struct {
	// InterToneTimeout is in seconds, 1 to 60; default 2.
	InterToneTimeout  *int        `json:"interToneTimeoutInSeconds,omitempty"`
	MaxTonesToCollect int         `json:"maxTonesToCollect,omitempty"`
	StopTones         []call.Tone `json:"stopTones,omitempty"`
}

// The events of a recognition (events.md section 4).
type (
	// RecognizeCompleted carries what was collected.
	RecognizeCompleted struct {
		call.Outcome
		RecognitionType string      `json:"recognitionType"`
		DTMFResult      *DTMFResult `json:"dtmfResult,omitempty"`
	}
	// RecognizeFailed says why nothing was collected.
	RecognizeFailed struct {
		call.Outcome
		FailedPlaySourceIndex *int `json:"failedPlaySourceIndex,omitempty"`
	}
	// RecognizeCanceled says that it was cancelled.
	RecognizeCanceled struct{ call.Outcome }
	// DTMFResult is the keys in the order in which they were pressed.
	DTMFResult struct {
		Tones []call.Tone `json:"tones"`
	}
)

// Type names the event.
func (RecognizeCompleted) Type() string { return "Microsoft.Communication.RecognizeCompleted" }
func (RecognizeFailed) Type() string    { return "Microsoft.Communication.RecognizeFailed" }
func (RecognizeCanceled) Type() string  { return "Microsoft.Communication.RecognizeCanceled" }

// tones are the keys of the contract.
var tones = []call.Tone{
	"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
	"a", "b", "c", "d", "pound", "asterisk",
}

func (r RecognizeRequest) validate() error {
	switch r.RecognizeInputType {
	case "dtmf":
	case "":
		return required("recognizeInputType")
	case "speech", "speechOrDtmf", "choices":
		return fmt.Errorf("recognizeInputType %s: %w", r.RecognizeInputType, ErrUnsupported)
	default:
		return invalid("recognizeInputType", "it is none of dtmf, speech, speechOrDtmf, choices")
	}
	o := r.RecognizeOptions
	if err := someone("recognizeOptions.targetParticipant", o.TargetParticipant); err != nil {
		return err
	}
	return first(
		within("recognizeOptions.initialSilenceTimeoutInSeconds", or(o.InitialSilenceTimeout, 5), 0, 300),
		o.DTMFOptions.validate(),
	)
}

func (o *DTMFOptions) validate() error {
	const field = "recognizeOptions.dtmfOptions"
	if o == nil || o.MaxTonesToCollect == 0 && len(o.StopTones) == 0 {
		return required(field + ".maxTonesToCollect")
	}
	for i, t := range o.StopTones {
		if !slices.Contains(tones, t) {
			return invalid(fmt.Sprintf("%s.stopTones[%d]", field, i), fmt.Sprintf("%q is no tone", t))
		}
	}
	return first(
		within(field+".maxTonesToCollect", o.MaxTonesToCollect, 0, 1000),
		within(field+".interToneTimeoutInSeconds", or(o.InterToneTimeout, 2), 1, 60),
	)
}

func or[T any](value *T, otherwise T) T {
	if value == nil {
		return otherwise
	}
	return *value
}

// Recognize collects keys from a participant. One of RecognizeCompleted,
// RecognizeFailed or RecognizeCanceled follows; its prompts raise no Play
// events.
func (s *Service) Recognize(ctx context.Context, cn *call.Connection, r RecognizeRequest) error {
	if err := r.validate(); err != nil {
		return err
	}
	sources, err := r.prompts()
	if err != nil {
		return err
	}
	if err := s.echoed(ctx, r.OperationContext, "operationCallbackUri", r.OperationCallbackURI); err != nil {
		return err
	}
	g := &recognizing{
		prompts: s.cfg.Prompts, sources: sources, context: r.OperationContext,
		interrupt: or(r.RecognizeOptions.InterruptPrompt, true),
		silence:   time.Duration(or(r.RecognizeOptions.InitialSilenceTimeout, 5)) * time.Second,
		pause:     time.Duration(or(r.RecognizeOptions.DTMFOptions.InterToneTimeout, 2)) * time.Second,
		most:      r.RecognizeOptions.DTMFOptions.MaxTonesToCollect,
		stops:     r.RecognizeOptions.DTMFOptions.StopTones,
	}
	target := r.RecognizeOptions.TargetParticipant
	op := call.Operation{
		Name: "recognize", Context: r.OperationContext, TellTo: r.OperationCallbackURI,
		Listen: target, Interrupt: or(r.InterruptCallMediaOperation, true), Run: g.run,
		Canceled: RecognizeCanceled{g.outcome(canceled)}, Failed: RecognizeFailed{Outcome: g.outcome(unknown)},
	}
	if cn.View().Group { // rest.md section 7.1: a leg of its own
		op.To = []identity.ID{target}
	}
	return cn.Start(ctx, op)
}

func (r RecognizeRequest) prompts() ([]prompt.Source, error) {
	if r.PlayPrompt != nil {
		one, err := r.PlayPrompt.prompt("playPrompt")
		return []prompt.Source{one}, err
	}
	return prompts("playPrompts", r.PlayPrompts)
}

// recognizing is one recognition under way.
type recognizing struct {
	prompts   Prompts
	sources   []prompt.Source
	context   string
	interrupt bool          // keys stop the prompt
	silence   time.Duration // until the first key
	pause     time.Duration // between keys
	most      int           // keys; zero is no limit
	stops     []call.Tone

	keys []call.Tone
}

func (g *recognizing) outcome(r call.Result) call.Outcome {
	return call.Outcome{OperationContext: g.context, Result: r}
}

func (g *recognizing) run(ctx context.Context, s *call.Stage) call.Event {
	result, done, err := g.prompt(ctx, s)
	if err == nil && !done {
		result = g.collect(ctx, s.Tones())
	}
	switch {
	case ctx.Err() != nil:
		return RecognizeCanceled{g.outcome(canceled)}
	case err != nil:
		return RecognizeFailed(failedPlay(g.outcome(promptFailed), err))
	case result == silent:
		return RecognizeFailed{Outcome: g.outcome(result)}
	}
	return RecognizeCompleted{
		Outcome: g.outcome(result), RecognitionType: "dtmf", DTMFResult: &DTMFResult{append([]call.Tone{}, g.keys...)},
	}
}

// How a recognition ends (events.md section 7.1).
var (
	promptFailed = call.Result{Code: 500, Subcode: 8511, Message: "Action failed, the prompt could not be played."}
	silent       = call.Result{Code: 400, Subcode: 8510, Message: "Action failed, initial silence timeout reached."}
	paused       = call.Result{Code: 400, Subcode: 8532, Message: "Action completed, inter-digit silence timeout reached."}
	enough       = call.Result{Code: 200, Subcode: 8531, Message: "Action completed, max digits received."}
	stopped      = call.Result{Code: 200, Subcode: 8514, Message: "Action completed, stop tone received."}
)

// prompt plays the prompts. A key stops them if it may, and counts; otherwise
// what is pressed meanwhile is forgotten. done says that this key was enough.
func (g *recognizing) prompt(ctx context.Context, s *call.Stage) (result call.Result, done bool, err error) {
	if len(g.sources) == 0 {
		return call.Result{}, false, nil
	}
	src, err := g.prompts.Open(ctx, g.sources...)
	if err != nil {
		return call.Result{}, false, err
	}
	pb := s.Play(src)
	defer pb.Stop()
	for {
		select {
		case <-pb.Done():
			if !g.interrupt {
				forget(s.Tones())
			}
			return call.Result{}, false, pb.Err()
		case <-ctx.Done():
			return call.Result{}, false, ctx.Err()
		case t := <-s.Tones():
			if g.interrupt {
				pb.Stop()
				result, done = g.take(t)
				return result, done, nil
			}
		}
	}
}

// forget drops the keys that are waiting.
func forget(tones <-chan call.Tone) {
	for {
		select {
		case <-tones:
		default:
			return
		}
	}
}

// collect waits for keys after the prompt.
func (g *recognizing) collect(ctx context.Context, tones <-chan call.Tone) call.Result {
	wait := g.silence
	if len(g.keys) > 0 {
		wait = g.pause
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		select {
		case t := <-tones:
			if result, done := g.take(t); done {
				return result
			}
			timer.Reset(g.pause)
		case <-timer.C:
			if len(g.keys) == 0 {
				return silent
			}
			return paused
		case <-ctx.Done():
			return canceled
		}
	}
}

// take counts a key and says whether it was the last. A stop tone is not part
// of the result.
func (g *recognizing) take(t call.Tone) (call.Result, bool) {
	if slices.Contains(g.stops, t) {
		return stopped, true
	}
	g.keys = append(g.keys, t)
	return enough, len(g.keys) == g.most
}

// CancelMedia cancels all running and waiting plays and recognitions; each
// tells so.
func (s *Service) CancelMedia(ctx context.Context, cn *call.Connection) error {
	return cn.CancelMedia(ctx)
}
