package local

import (
	"context"
	"fmt"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/call"
)

// perform asks automation for what is to be heard: prompts, a sound behind
// everything else, keys.
func (s *seat) perform(ctx context.Context, cn *call.Connection, a bot.Action) error {
	service := s.cfg.Service
	switch a := a.(type) {
	case bot.Play:
		return service.Play(ctx, cn, playRequest(a))
	case bot.Background:
		r := automation.BackgroundRequest{PlaySource: sources([]bot.Prompt{a.Sound})[0], OperationContext: a.Context}
		if a.DuckedBy != 0 {
			r.DuckedBy = &a.DuckedBy
		}
		return service.StartBackground(ctx, cn, r)
	case bot.StopBackground:
		return service.StopBackground(ctx, cn, automation.StopBackgroundRequest{OperationContext: a.Context})
	case bot.SendKeys:
		tones, ok := bot.Named(a.Keys)
		if !ok {
			return &automation.Invalid{Field: "Keys", Why: "it has a key that is on no phone"}
		}
		return service.SendDTMF(ctx, cn, automation.SendDTMFRequest{
			Tones: toTones(tones), TargetParticipant: a.Who, OperationContext: a.Context,
		})
	}
	return fmt.Errorf("%T: %w", a, automation.ErrUnsupported)
}

func playRequest(a bot.Play) automation.PlayRequest {
	r := automation.PlayRequest{
		PlaySources: sources(a.Prompts), PlayTo: a.To,
		InterruptCallMediaOperation: a.Interrupt, OperationContext: a.Context,
	}
	if a.Loop || a.Yield != "" {
		r.PlayOptions = &automation.PlayOptions{Loop: a.Loop, PromptPolicy: policy(a.Yield)}
	}
	return r
}

// policy is the contract's name of a way to yield.
func policy(y bot.Yield) string {
	if y == bot.YieldNever {
		return "uninterruptible"
	}
	return string(y)
}

func sources(prompts []bot.Prompt) []automation.PlaySource {
	sources := make([]automation.PlaySource, len(prompts))
	for i, p := range prompts {
		switch {
		case p.File != "":
			sources[i] = automation.PlaySource{Kind: "file", File: &automation.FileSource{URI: p.File}}
		case p.SSML != "":
			sources[i] = automation.PlaySource{Kind: "ssml", SSML: &automation.SSMLSource{SSMLText: p.SSML}}
		default:
			sources[i] = automation.PlaySource{Kind: "text", Text: &automation.TextSource{
				Text: p.Text, VoiceName: p.Voice, SourceLocale: p.Locale,
			}}
		}
	}
	return sources
}
