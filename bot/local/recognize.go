package local

import (
	"fmt"
	"time"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/call"
)

// recognizeRequest spells a question as the contract does.
func recognizeRequest(a bot.Recognize) (automation.RecognizeRequest, error) {
	r := automation.RecognizeRequest{
		RecognizeInputType: inputType(a.Question), PlayPrompts: sources(a.Prompts), OperationContext: a.Context,
		RecognizeOptions: automation.RecognizeOptions{TargetParticipant: a.From},
	}
	o := &r.RecognizeOptions
	var err error
	switch r.RecognizeInputType {
	case "choices":
		o.Choices, err = choices(a.Choices)
	case "dtmf", "speechOrDtmf":
		o.DTMFOptions, err = dtmfOptions(a.Keys)
	}
	if a.Speech != nil {
		listen(o, a.Speech)
	}
	if a.Silence > 0 {
		o.InitialSilenceTimeout = ptr(seconds(a.Silence))
	}
	switch {
	case a.Patient || a.Yield == bot.YieldNever:
		o.InterruptPrompt = ptr(false)
	default:
		o.PromptPolicy = string(a.Yield)
	}
	return r, err
}

// inputType is the contract's name of what is expected.
func inputType(q bot.Question) string {
	switch {
	case len(q.Choices) > 0:
		return "choices"
	case q.Speech == nil:
		return "dtmf"
	case q.Keys == (bot.Keys{}):
		return "speech"
	}
	return "speechOrDtmf"
}

func listen(o *automation.RecognizeOptions, s *bot.Speech) {
	o.SpeechLanguage, o.SpeechModel = s.Locale, s.Model
	if s.End > 0 {
		o.SpeechOptions = &automation.SpeechOptions{EndSilenceTimeout: ptr(int(s.End / time.Millisecond))}
	}
}

func choices(from []bot.Choice) ([]automation.Choice, error) {
	list := make([]automation.Choice, len(from))
	for i, c := range from {
		list[i] = automation.Choice{Label: c.Label, Phrases: c.Phrases}
		if len(c.Phrases) == 0 {
			list[i].Phrases = []string{c.Label}
		}
		tones, ok := bot.Named(c.Key)
		switch {
		case !ok || len(tones) > 1:
			return nil, &automation.Invalid{Field: fmt.Sprintf("Choices[%d].Key", i), Why: "it is not one key of a phone"}
		case len(tones) == 1:
			list[i].Tone = call.Tone(tones[0])
		}
	}
	return list, nil
}

// dtmfOptions are the keys that are waited for.
func dtmfOptions(k bot.Keys) (*automation.DTMFOptions, error) {
	stop, ok := bot.Named(k.Stop)
	if !ok {
		return nil, &automation.Invalid{Field: "Keys.Stop", Why: "it has a key that is on no phone"}
	}
	dtmf := &automation.DTMFOptions{MaxTonesToCollect: max(k.Max, 1), StopTones: toTones(stop)}
	if k.Max == 0 && len(stop) > 0 {
		dtmf.MaxTonesToCollect = 0 // until the stop key
	}
	if k.Pause > 0 {
		dtmf.InterToneTimeout = ptr(seconds(k.Pause))
	}
	return dtmf, nil
}

func toTones(names []string) []call.Tone {
	tones := make([]call.Tone, len(names))
	for i, name := range names {
		tones[i] = call.Tone(name)
	}
	return tones
}
