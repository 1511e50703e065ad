package local

import (
	"context"
	"fmt"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/call"
)

// control asks automation for what happens to people, and for who hears whom.
func (s *seat) control(ctx context.Context, cn *call.Connection, a bot.Action) error {
	service := s.cfg.Service
	switch a := a.(type) {
	case bot.CancelAdd:
		return service.CancelAdd(ctx, cn, automation.CancelAddRequest{
			InvitationID: a.Invitation, OperationContext: a.Context,
		})
	case bot.Remove:
		return service.Remove(ctx, cn, automation.RemoveRequest{
			ParticipantToRemove: a.Who, OperationContext: a.Context,
		})
	case bot.Transfer:
		return service.Transfer(ctx, cn, transferRequest(a))
	case bot.Move:
		return service.Move(ctx, cn, automation.MoveRequest{
			FromCall: a.From, TargetParticipants: a.Who, OperationContext: a.Context,
		})
	case bot.Hold:
		r := automation.HoldRequest{TargetParticipant: a.Who, OperationContext: a.Context}
		if a.Music != nil {
			r.PlaySourceInfo = &sources([]bot.Prompt{*a.Music})[0]
		}
		return service.Hold(ctx, cn, r)
	case bot.Unhold:
		return service.Unhold(ctx, cn, automation.UnholdRequest{TargetParticipant: a.Who})
	case bot.Mute:
		return service.Mute(ctx, cn, automation.MuteRequest{TargetParticipants: a.Who})
	case bot.Unmute:
		return service.Unmute(ctx, cn, automation.UnmuteRequest{TargetParticipants: a.Who})
	case bot.MuteAll:
		return service.MuteAll(ctx, cn, automation.MuteAllRequest{Except: a.Except})
	case bot.Route:
		return service.Route(ctx, cn, routing(a.Hearing))
	}
	return fmt.Errorf("%T: %w", a, automation.ErrUnsupported)
}

func transferRequest(a bot.Transfer) automation.TransferRequest {
	r := automation.TransferRequest{
		TargetParticipant: a.To, Transferee: a.Who, OperationContext: a.Context,
	}
	if a.ToCall != "" {
		r.TargetCall = &automation.TargetCall{CallConnectionID: a.ToCall}
	}
	if a.CallerID != "" {
		r.SourceCallerID = &automation.PhoneNumber{Value: a.CallerID}
	}
	if len(a.VoIPHeaders)+len(a.SIPHeaders) > 0 {
		r.CustomCallingContext = &automation.CallingContext{CustomContext: call.CustomContext{VoIPHeaders: a.VoIPHeaders, SIPHeaders: a.SIPHeaders}}
	}
	return r
}

// routing spells who hears whom as the contract of REST does.
func routing(h bot.Hearing) call.Routing {
	switch h := h.(type) {
	case bot.Coached:
		return call.Routing{Preset: call.HearCoach, Coach: h.Coach, Coached: h.By}
	case bot.Private:
		return call.Routing{Preset: call.HearPrivate, Participants: h.Who}
	case bot.Interpreted:
		return call.Routing{
			Preset: call.HearInterpreter, Interpreter: h.Interpreter, Speaker: h.Speaker, Listeners: h.Listeners,
		}
	case bot.Pairs:
		r := call.Routing{Preset: call.HearPairs}
		for _, p := range h {
			r.Pairs = append(r.Pairs, call.Pair{Listener: p.Listener, Speaker: p.Speaker})
		}
		return r
	}
	return call.Routing{Preset: call.HearAll}
}
