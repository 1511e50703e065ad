package automation

import (
	"cmp"
	"context"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media/prompt"
	"github.com/botd-dev/botd/media/speech"
	"github.com/botd-dev/botd/media/turn"
)

// RecognizeRequest collects input from one participant, after a prompt if there
// is one (rest.md section 7.3).
type RecognizeRequest struct {
	// RecognizeInputType is "dtmf", "speech", "speechOrDtmf" or "choices".
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
	InitialSilenceTimeout *int `json:"initialSilenceTimeoutInSeconds,omitempty"`
	// SpeechLanguage is as BCP 47 spells it; default "en-US".
	SpeechLanguage string `json:"speechLanguage,omitempty"`
	// SpeechModel names a model of the recognizer.
	SpeechModel   string         `json:"speechRecognitionModelEndpointId,omitempty"`
	DTMFOptions   *DTMFOptions   `json:"dtmfOptions,omitempty"`
	SpeechOptions *SpeechOptions `json:"speechOptions,omitempty"`
	Choices       []Choice       `json:"choices,omitempty"`
	// PromptPolicy is what speech does to the prompt, where it may be interrupted:
	// "stop", "pause" or "duck" until it is clear that somebody wants the floor.
	// Default "stop". It is beyond the contract.
	PromptPolicy string `json:"promptPolicy,omitempty"`
}

// SpeechOptions say when somebody has finished.
type SpeechOptions struct {
	// EndSilenceTimeout is in milliseconds, 100 to 30000; default 2000.
	EndSilenceTimeout *int `json:"endSilenceTimeoutInMs,omitempty"`
}

// DTMFOptions say when enough keys have been pressed.
type DTMFOptions struct {
	// InterToneTimeout is in seconds, 1 to 60; default 2.
	InterToneTimeout  *int        `json:"interToneTimeoutInSeconds,omitempty"`
	MaxTonesToCollect int         `json:"maxTonesToCollect,omitempty"`
	StopTones         []call.Tone `json:"stopTones,omitempty"`
}

// tones are the keys of the contract.
var tones = []call.Tone{
	"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
	"a", "b", "c", "d", "pound", "asterisk",
}

// inputs are the ways to answer that each type has.
var inputs = map[string]struct{ keys, speech, choices bool }{
	"dtmf":         {keys: true},
	"speech":       {speech: true},
	"speechOrDtmf": {keys: true, speech: true},
	"choices":      {speech: true, choices: true},
}

func (r RecognizeRequest) validate() error {
	in, known := inputs[r.RecognizeInputType]
	switch {
	case r.RecognizeInputType == "":
		return required("recognizeInputType")
	case !known:
		return invalid("recognizeInputType", "it is none of dtmf, speech, speechOrDtmf, choices")
	}
	const field = "recognizeOptions"
	o := r.RecognizeOptions
	err := first(
		someone(field+".targetParticipant", o.TargetParticipant),
		within(field+".initialSilenceTimeoutInSeconds", or(o.InitialSilenceTimeout, 5), 0, 300),
		atMost(field+".speechLanguage", o.SpeechLanguage, maxName),
		atMost(field+".speechRecognitionModelEndpointId", o.SpeechModel, maxName),
		o.SpeechOptions.validate(field+".speechOptions"),
		isPolicy(field+".promptPolicy", o.PromptPolicy),
	)
	if err == nil && in.keys {
		err = o.DTMFOptions.validate(!in.speech)
	}
	if err == nil && in.choices {
		err = checkChoices(field+".choices", o.Choices)
	}
	return err
}

// isPolicy checks the name of a turn.Policy; none is fine.
func isPolicy(field, name string) error {
	if _, ok := turn.ParsePolicy(name); !ok && name != "" {
		return invalid(field, "it is none of stop, pause, duck, uninterruptible")
	}
	return nil
}

func (o *SpeechOptions) validate(field string) error {
	if o == nil {
		return nil
	}
	return within(field+".endSilenceTimeoutInMs", or(o.EndSilenceTimeout, 2000), 100, 30000)
}

// validate checks the options; some of the limits have to be there where keys
// alone end it.
func (o *DTMFOptions) validate(alone bool) error {
	const field = "recognizeOptions.dtmfOptions"
	if alone && (o == nil || o.MaxTonesToCollect == 0 && len(o.StopTones) == 0) {
		return required(field + ".maxTonesToCollect")
	}
	if o == nil {
		return nil
	}
	return first(
		areTones(field+".stopTones", o.StopTones),
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

// Recognize collects what a participant presses or says. One of
// RecognizeCompleted, RecognizeFailed or RecognizeCanceled follows; its prompts
// raise no Play events.
//
// Whatever the recognizer of speech does, it ends: 10 s after that has been given
// the last of what was said, which is 60 s after the first of it at the latest.
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
	g := r.recognizing()
	g.prompts, g.sources, g.recognizer = s.cfg.Prompts, sources, s.cfg.Speech
	target := r.RecognizeOptions.TargetParticipant
	op := call.Operation{
		Name: "recognize", Context: r.OperationContext, TellTo: r.OperationCallbackURI,
		Listen: target, Interrupt: or(r.InterruptCallMediaOperation, true), Run: g.run,
		Canceled: RecognizeCanceled{g.outcome(canceled)}, Failed: RecognizeFailed{Outcome: g.outcome(unknown)},
	}
	if cn.View().Group { // rest.md section 7.1: a leg of its own
		op.To = []identity.ID{target}
		g.to = op.To
	}
	return cn.Start(ctx, op)
}

// recognizing is what the request asks for.
func (r RecognizeRequest) recognizing() *recognizing {
	o := r.RecognizeOptions
	g := &recognizing{
		context: r.OperationContext, kind: r.RecognizeInputType,
		silence: time.Duration(or(o.InitialSilenceTimeout, 5)) * time.Second,
		pause:   2 * time.Second, choices: o.Choices, endSilence: choiceSilence,
		listening: speech.Listening{Locale: cmp.Or(o.SpeechLanguage, "en-US"), Model: o.SpeechModel},
	}
	if d := o.DTMFOptions; d != nil {
		g.pause = time.Duration(or(d.InterToneTimeout, 2)) * time.Second
		g.most, g.stops = d.MaxTonesToCollect, d.StopTones
	}
	if r.RecognizeInputType != "choices" {
		g.endSilence = 2 * time.Second
	}
	if e := o.SpeechOptions; e != nil && e.EndSilenceTimeout != nil {
		g.endSilence = time.Duration(*e.EndSilenceTimeout) * time.Millisecond
	}
	for _, c := range o.Choices {
		g.listening.Phrases = append(g.listening.Phrases, c.Phrases...)
	}
	g.policy, _ = turn.ParsePolicy(cmp.Or(o.PromptPolicy, "stop")) // it has been checked
	if !or(o.InterruptPrompt, true) {
		g.policy = turn.Uninterruptible
	}
	return g
}

func (r RecognizeRequest) prompts() ([]prompt.Source, error) {
	if r.PlayPrompt != nil {
		one, err := r.PlayPrompt.prompt("playPrompt")
		return []prompt.Source{one}, err
	}
	return prompts("playPrompts", r.PlayPrompts)
}

// CancelMedia cancels all running and waiting plays and recognitions; each
// tells so.
func (s *Service) CancelMedia(ctx context.Context, cn *call.Connection) error {
	return cn.CancelMedia(ctx)
}
