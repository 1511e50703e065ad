package local

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/botd-dev/botd/bot"
)

// past is what a bot has had to do with its call: which events it was given, and
// which it is done with; what it saved. Its seat's mutex guards it.
type past struct {
	given   []bot.Event // not acknowledged yet, and then those that wait
	at      int         // the first that waits
	saved   json.RawMessage
	taken   bool // somebody took the call over
	try     int  // which crash the present run follows; 0 is none
	handing int  // counts the runs: what those before hold is dead
}

// acknowledged forgets the events that the bot is done with.
func (p *past) acknowledged(sequence uint64) {
	n := 0
	for n < p.at && p.given[n].Sequence <= sequence {
		n++
	}
	p.given = append(p.given[:0:0], p.given[n:]...)
	p.at -= n
}

// Resume takes the call over for a run of the bot.
func (s *seat) Resume() bot.Past {
	s.gap.over()
	if !s.visited() {
		return bot.Past{}
	}
	s.tell(resumed{Bot: string(s.way.incoming().To), Try: s.past.try})
	s.catchUp()
	s.mu.Lock()
	defer s.mu.Unlock()
	missed := append([]bot.Event(nil), s.past.given...)
	s.past.at = len(s.past.given)
	found := bot.Past{Resumed: true, Saved: s.past.saved, Missed: missed}
	if s.cn != nil {
		found.Connection = s.cn.ID()
	}
	return found
}

// visited says whether a bot had the call before, and that one has it now.
func (s *seat) visited() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.past.taken
	s.past.taken = true
	return before
}

// catchUp takes in the events that have happened already.
func (s *seat) catchUp() {
	now, cancel := context.WithCancel(context.Background())
	cancel()
	for {
		e, err := s.fetch(now)
		if err != nil {
			return
		}
		s.mu.Lock()
		s.past.given = append(s.past.given, e)
		s.mu.Unlock()
	}
}

// Next waits for the next event of the bot's connection.
func (s *seat) Next(ctx context.Context) (bot.Event, error) {
	s.mu.Lock()
	if p := &s.past; p.at < len(p.given) {
		p.at++
		defer s.mu.Unlock()
		return p.given[p.at-1], nil
	}
	s.mu.Unlock()
	e, err := s.fetch(ctx)
	if err != nil {
		return bot.Event{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.past.given = append(s.past.given, e)
	s.past.at = len(s.past.given)
	return e, nil
}

// Ack forgets the events that the bot is done with.
func (s *seat) Ack(sequence uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.past.acknowledged(sequence)
}

// fetch takes an event from the call.
func (s *seat) fetch(ctx context.Context) (bot.Event, error) {
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

// save keeps a bot's state: in the log, or until there is one.
func (s *seat) save(ctx context.Context, a bot.Save) error {
	if len(a.State) > bot.MaxSaved {
		return fmt.Errorf("save: %w: State has %d bytes, more than %d", bot.ErrInvalid, len(a.State), bot.MaxSaved)
	}
	if !json.Valid(a.State) {
		return fmt.Errorf("save: %w: State is no JSON", bot.ErrInvalid)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cn != nil {
		if err := s.cn.Tell(ctx, saved{a.State}); err != nil {
			return fmt.Errorf("save: %w", err)
		}
	}
	s.past.saved = a.State
	return nil
}

// The events of a bot in Go.
type (
	// saved is what a bot keeps for whoever resumes its call.
	saved struct {
		State json.RawMessage `json:"state"`
	}
	// crashed says that a bot is gone without having left its call. Try counts
	// from 1; after the last one the bot is hung up for.
	crashed struct {
		Bot  string `json:"bot"`
		Why  string `json:"why"`
		Try  int    `json:"try"`
		Last bool   `json:"last"`
	}
	// resumed says that the bot is back, or another one of its name.
	resumed struct {
		Bot string `json:"bot"`
		Try int    `json:"try"`
	}
)

// Type names the event.
func (saved) Type() string   { return "botd.bot.saved" }
func (crashed) Type() string { return "botd.bot.crashed" }
func (resumed) Type() string { return "botd.bot.resumed" }
