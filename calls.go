package botd

import (
	"context"
	"crypto/rand"
	"time"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/internal/headroom"
	"github.com/botd-dev/botd/media/codec"
	"github.com/botd-dev/botd/media/mix"
	"github.com/botd-dev/botd/media/prompt"
)

// startCalls opens the core: calls, what ticks their sound, their rooms, and what
// can be asked of them.
func (s *Server) startCalls(ctx context.Context) error {
	secret, err := s.data.Secret("context-key", newKey)
	if err != nil {
		return err
	}
	s.contexts = automation.NewContexts([]byte(secret), time.Now)
	if err := s.startClock(); err != nil {
		return err
	}
	memory := headroom.New(s.cfg.LimitsMemory)
	s.calls = call.NewRegistry(call.Config{
		Journal: s.journal,
		NewBridge: func(h call.Heard) call.Bridge {
			return s.clock.NewBridge(mix.Options{
				Speaking: h.Speaking, MutedSpeaking: h.MutedSpeaking, Stages: voiceStages(s.cfg.VoiceStages),
			})
		},
		Now:             time.Now,
		Random:          rand.Reader,
		IncomingContext: s.contexts.Seal,
		Timeouts:        s.cfg.timeouts(),
		DialOut:         func(room string) bool { return s.meetings.DialOut(room) },
		RoleOf:          func(room string, who identity.ID) call.Role { return s.meetings.RoleOf(room, who) },
		MaxParticipants: s.cfg.MaxParticipants,
		Capacity:        s.cfg.capacity(),
		NoRoom:          func() bool { return s.journal.Full() || s.journal.Stalled() || memory.Full() },
		Log:             s.log.Named("call"),
	})
	registerCounts(s.telemetry.Metrics, s.calls)
	registerRefused(s.telemetry.Metrics, "calls", s.calls.Refused)
	if err := s.openRooms(ctx); err != nil {
		return err
	}
	s.startService(ctx)
	return nil
}

// timeouts are the settings that a call goes by.
func (c Config) timeouts() call.Timeouts {
	return call.Timeouts{
		Establish: c.TimeoutEstablish, Promotion: c.TimeoutPromotion, Phone: c.TimeoutPhone,
		Reconnect: c.TimeoutReconnect, Call: c.TimeoutCall, Empty: c.TimeoutEmptyCall,
		Transfer: c.TimeoutTransfer, Lobby: c.TimeoutLobby,
	}
}

// startClock starts what ticks the bridges of all calls.
func (s *Server) startClock() error {
	alarm, err := mix.NewAlarm()
	if err != nil {
		return err
	}
	s.clock = mix.NewClock(mix.Config{
		Alarm:    alarm,
		Encoders: codec.NewEncoder, Speakers: s.cfg.Speakers, Fetch: s.fetch, Flush: s.flush,
		Broken: func(id string, cause error) {
			s.log.Error("a participant's sound broke and was taken out", zap.String("participantId", id), zap.Error(cause))
		},
	})
	registerMix(s.telemetry.Metrics, s.clock)
	s.onStop("media clock", s.clock.Close)
	return nil
}

// startService opens what applications and bots ask of calls.
func (s *Server) startService(ctx context.Context) {
	s.service = automation.New(automation.Config{
		Calls:       s.calls,
		Prompts:     prompt.New(prompt.Config{HTTP: s.outgoing, Speech: s.synthesizer(ctx), FileRoots: s.cfg.promptRoots()}),
		Speech:      s.recognizer(),
		Contexts:    s.contexts,
		CheckURI:    s.guard.CheckURL,
		Rooms:       s.meetings,
		Filler:      s.cfg.filler(),
		Application: applicationID(s.issuer.Resource()),
		Streams:     s.streams(),
	})
}
