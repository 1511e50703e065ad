package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

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

	mu   lock
	cn   *call.Connection // nil until answered
	over bool             // declined, redirected or hung up
}

func newSeat(cfg Config, w way) *seat {
	return &seat{cfg: cfg, way: w, pair: media.NewPair(), feed: call.NewFeed(), mu: make(lock, 1)}
}

func (s *seat) close() { s.pair.Close() }

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
	return s.cfg.NewID(s.way.incoming().ServerCallID + " " + of)
}

// Incoming describes the call.
func (s *seat) Incoming() bot.Incoming { return s.way.incoming() }

// Microphone is what the bot says.
func (s *seat) Microphone() media.Sink { return s.pair.Microphone() }

// Speaker is what the bot hears.
func (s *seat) Speaker() media.Source { return s.pair.Speaker() }

// Next waits for the next event of the bot's connection.
func (s *seat) Next(ctx context.Context) (bot.Event, error) {
	r, err := s.feed.Next(ctx)
	if err != nil {
		return bot.Event{}, err
	}
	var data struct {
		OperationContext string `json:"operationContext"`
	}
	if err := json.Unmarshal(r.Data, &data); err != nil {
		return bot.Event{}, fmt.Errorf("event %s: %w", r.ID, err)
	}
	return bot.Event{Type: r.Type, Sequence: r.Sequence, OperationContext: data.OperationContext, Data: r.Data}, nil
}

// Participants lists who is in the call.
func (s *seat) Participants(context.Context) ([]bot.Participant, error) {
	cn := s.connection()
	if cn == nil {
		return nil, fmt.Errorf("participants before the answer: %w", call.ErrWrongState)
	}
	listed := s.cfg.Service.Participants(cn)
	people := make([]bot.Participant, len(listed))
	for i, p := range listed {
		people[i] = bot.Participant{ID: p.Identifier, Muted: p.Muted, Held: p.Held}
	}
	return people, nil
}

// Do asks for an action.
func (s *seat) Do(ctx context.Context, a bot.Action) (string, error) {
	id, err := s.dispatch(ctx, a)
	switch {
	case errors.Is(err, call.ErrEnded), errors.Is(err, call.ErrNoCall):
		err = fmt.Errorf("%w: %w", bot.ErrEnded, err)
	case errors.Is(err, io.EOF):
		err = bot.ErrEnded
	}
	return id, err
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
	if _, leaving := a.(bot.HangUp); leaving {
		return "", s.hangUp(ctx)
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
