package local

import (
	"context"
	"time"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/call"
)

// act asks automation for what a bot in a call may do. Only an invitation has a
// result: its id.
func (s *seat) act(ctx context.Context, cn *call.Connection, a bot.Action) (string, error) {
	switch a := a.(type) {
	case bot.Add:
		return s.cfg.Service.Add(ctx, cn, automation.AddRequest{
			ParticipantToAdd: a.Who, InvitationTimeout: seconds(a.Timeout), OperationContext: a.Context,
		})
	case bot.Play, bot.Background, bot.StopBackground, bot.SendKeys:
		return "", s.perform(ctx, cn, a)
	case bot.Recognize, bot.DetectMachine, bot.Transcribe, bot.StopTranscribing:
		return "", s.understand(ctx, cn, a)
	case bot.Cancel:
		return "", cn.Cancel(ctx, a.Context)
	case bot.CancelMedia:
		return "", s.cfg.Service.CancelMedia(ctx, cn)
	case bot.Terminate:
		return "", s.cfg.Service.Terminate(ctx, cn)
	}
	return "", s.control(ctx, cn, a)
}

// seconds rounds up: a wait is never shorter than was asked for.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

func ptr[T any](v T) *T { return &v }
