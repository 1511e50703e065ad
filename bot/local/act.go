package local

import (
	"context"
	"fmt"
	"time"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/call"
)

// act asks automation for what a bot in a call may do.
func (s *seat) act(ctx context.Context, cn *call.Connection, a bot.Action) (string, error) {
	service := s.cfg.Service
	switch a := a.(type) {
	case bot.Play:
		return "", service.Play(ctx, cn, playRequest(a))
	case bot.Recognize:
		r, err := recognizeRequest(a)
		if err != nil {
			return "", err
		}
		return "", service.Recognize(ctx, cn, r)
	case bot.Add:
		return service.Add(ctx, cn, automation.AddRequest{
			ParticipantToAdd: a.Who, InvitationTimeout: seconds(a.Timeout), OperationContext: a.Context,
		})
	case bot.CancelAdd:
		return "", service.CancelAdd(ctx, cn, automation.CancelAddRequest{
			InvitationID: a.Invitation, OperationContext: a.Context,
		})
	case bot.Remove:
		return "", service.Remove(ctx, cn, automation.RemoveRequest{
			ParticipantToRemove: a.Who, OperationContext: a.Context,
		})
	case bot.Mute:
		return "", service.Mute(ctx, cn, automation.MuteRequest{TargetParticipants: a.Who})
	case bot.Transfer, bot.Move, bot.Hold, bot.Unhold, bot.Unmute, bot.MuteAll, bot.Route, bot.Background, bot.StopBackground:
		return "", s.control(ctx, cn, a)
	case bot.SendKeys:
		tones, ok := bot.Named(a.Keys)
		if !ok {
			return "", &automation.Invalid{Field: "Keys", Why: "it has a key that is on no phone"}
		}
		return "", service.SendDTMF(ctx, cn, automation.SendDTMFRequest{
			Tones: toTones(tones), TargetParticipant: a.Who, OperationContext: a.Context,
		})
	case bot.DetectMachine:
		r := automation.DetectMachineRequest{TargetParticipant: a.Who, WaitForBeep: a.Beep, OperationContext: a.Context}
		if a.Timeout > 0 {
			r.Timeout = ptr(seconds(a.Timeout))
		}
		return "", service.DetectMachine(ctx, cn, r)
	case bot.Transcribe:
		return "", service.Transcribe(ctx, cn, automation.TranscribeRequest{
			Locale: a.Locale, Model: a.Model, OperationContext: a.Context,
		})
	case bot.StopTranscribing:
		return "", service.StopTranscription(ctx, cn, automation.OperationRequest{})
	case bot.Cancel:
		return "", cn.Cancel(ctx, a.Context)
	case bot.CancelMedia:
		return "", service.CancelMedia(ctx, cn)
	case bot.Terminate:
		return "", service.Terminate(ctx, cn)
	}
	return "", fmt.Errorf("%T: %w", a, automation.ErrUnsupported)
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

// seconds rounds up: a wait is never shorter than was asked for.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

func ptr[T any](v T) *T { return &v }
