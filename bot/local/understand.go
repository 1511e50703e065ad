package local

import (
	"context"
	"fmt"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/call"
)

// understand asks automation to listen to somebody.
func (s *seat) understand(ctx context.Context, cn *call.Connection, a bot.Action) error {
	service := s.cfg.Service
	switch a := a.(type) {
	case bot.Recognize:
		r, err := recognizeRequest(a)
		if err != nil {
			return err
		}
		return service.Recognize(ctx, cn, r)
	case bot.DetectMachine:
		r := automation.DetectMachineRequest{TargetParticipant: a.Who, WaitForBeep: a.Beep, OperationContext: a.Context}
		if a.Timeout > 0 {
			r.Timeout = ptr(seconds(a.Timeout))
		}
		return service.DetectMachine(ctx, cn, r)
	case bot.Transcribe:
		return service.Transcribe(ctx, cn, automation.TranscribeRequest{
			Locale: a.Locale, Model: a.Model, OperationContext: a.Context,
		})
	case bot.StopTranscribing:
		return service.StopTranscription(ctx, cn, automation.OperationRequest{})
	}
	return fmt.Errorf("%T: %w", a, automation.ErrUnsupported)
}
