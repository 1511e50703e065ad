package local

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media"
)

// seat is one bot's part in one call. It fits bot.Backend.
type seat struct {
	cfg  Config
	way  way
	pair *media.Pair
	feed *call.Feed
	gap  *gap

	mu   lock
	cn   *call.Connection // nil until answered
	over bool             // declined, redirected or hung up
	past past
}

func newSeat(cfg Config, w way) *seat {
	s := &seat{cfg: cfg, way: w, pair: media.NewPair(), feed: call.NewFeed(), mu: make(lock, 1)}
	s.gap = newGap(s)
	return s
}

func (s *seat) close() {
	s.gap.end()
	s.pair.Close()
}

// hasLeft says that the bot's part is over: it has left the call, or given it
// away.
func (s *seat) hasLeft() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.over || s.cn != nil && s.cn.Life().Err() != nil
}

// whileThere is a context that ends when the bot's part does.
func (s *seat) whileThere(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	cn := s.connection()
	if cn == nil {
		return ctx, cancel // watch sees to it
	}
	stop := context.AfterFunc(cn.Life(), cancel)
	return ctx, func() {
		stop()
		cancel()
	}
}

// watch cancels the handler when the call was given to somebody else, or rings
// no more, before the bot answered; and silences the bot when its connection
// leaves.
func (s *seat) watch(ctx context.Context, cancel context.CancelFunc) {
	select {
	case <-s.way.decided():
	case <-ctx.Done():
		return
	}
	cn := s.connection()
	if cn == nil {
		cancel()
		return
	}
	select {
	case <-cn.Life().Done():
		s.pair.Close()
	case <-ctx.Done():
	}
}

// connection is the bot's connection, nil if it has none. It waits for an
// answer that is under way.
func (s *seat) connection() *call.Connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cn
}

// Name makes a name for something that the bot asks for. With it, seat fits
// bot.Namer.
func (s *seat) Name(of string) string {
	if s.cfg.NewID == nil {
		return uuid.NewString()
	}
	in := s.way.incoming()
	return s.cfg.NewID(cmp.Or(in.ServerCallID, string(in.From)) + " " + of)
}

// Incoming describes the call.
func (s *seat) Incoming() bot.Incoming { return s.way.incoming() }

// Participants lists who is in the call.
func (s *seat) Participants(context.Context) ([]bot.Participant, error) {
	cn := s.connection()
	if cn == nil {
		return nil, told(fmt.Errorf("participants before the answer: %w", call.ErrWrongState))
	}
	listed := s.cfg.Service.Participants(cn)
	people := make([]bot.Participant, len(listed))
	for i, p := range listed {
		people[i] = bot.Participant{ID: p.Identifier, Name: p.Name, Muted: p.Muted, Held: p.Held}
	}
	return people, nil
}

// Do asks for an action.
func (s *seat) Do(ctx context.Context, a bot.Action) (string, error) {
	id, err := s.dispatch(ctx, a)
	return id, told(err)
}

// meanings are what errors mean to a bot. First match wins.
var meanings = []struct{ of, is error }{
	{call.ErrEnded, bot.ErrEnded},
	{call.ErrNoCall, bot.ErrEnded},
	{call.ErrNoParticipant, bot.ErrNoParticipant},
	{call.ErrWrongState, bot.ErrWrongState},
	{call.ErrConflict, bot.ErrConflict},
	{call.ErrIncompatible, bot.ErrConflict},
	{call.ErrTransferRunning, bot.ErrConflict},
	{call.ErrTransferee, bot.ErrInvalid},
	{automation.ErrInvalid, bot.ErrInvalid},
	{automation.ErrUnsupported, bot.ErrUnsupported},
}

// told is an error as a bot knows it.
func told(err error) error {
	for _, m := range meanings {
		if errors.Is(err, m.of) && !errors.Is(err, m.is) {
			return fmt.Errorf("%w: %w", m.is, err)
		}
	}
	return err
}

func (s *seat) dispatch(ctx context.Context, a bot.Action) (string, error) {
	switch a := a.(type) {
	case bot.Answer:
		return "", s.answer(ctx, a)
	case bot.Reject:
		return "", s.decline(s.way.reject(ctx, a.Why))
	case bot.Redirect:
		return "", s.decline(s.way.redirect(ctx, a.To))
	}
	switch a := a.(type) {
	case bot.HangUp:
		return "", s.hangUp(ctx)
	case bot.Save:
		return "", s.save(ctx, a)
	}
	cn := s.connection()
	if cn == nil {
		return "", fmt.Errorf("before the answer: %w", call.ErrWrongState)
	}
	return s.act(ctx, cn, a)
}

// answer is not interrupted: a connection that nobody holds would stay in its
// call for nothing.
func (s *seat) answer(ctx context.Context, a bot.Answer) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.cn != nil:
		return fmt.Errorf("answer twice: %w", call.ErrWrongState)
	case s.over:
		return fmt.Errorf("answer after the call was given away: %w", call.ErrNoCall)
	}
	cn, err := s.way.enter(context.WithoutCancel(ctx), a.Context, automation.Direct{Port: s.pair, Feed: s.feed})
	if err != nil {
		return err
	}
	s.cn = cn
	if s.past.saved != nil {
		return cn.Tell(ctx, saved{s.past.saved})
	}
	return nil
}

// decline remembers that the bot has given the call away.
func (s *seat) decline(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = s.over || err == nil
	return err
}

// hangUp takes the bot out. A bot that returns without having answered or
// given the call away will not answer any more: the caller need not wait.
func (s *seat) hangUp(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	given := s.over
	s.over = true
	switch {
	case s.cn != nil:
		return s.cfg.Service.HangUp(ctx, s.cn)
	case !given:
		s.way.ignore()
	}
	return nil
}

// tell writes an event of the bot down, if it is in the call.
func (s *seat) tell(e call.Event) {
	if cn := s.connection(); cn != nil {
		_ = cn.Tell(context.Background(), e) // the call may be over
	}
}
