package remote

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/wire"
	"github.com/botd-dev/botd/identity"
)

// client is a process with bots, over whatever sockets.
type client struct {
	cfg      Config
	target   string
	handlers map[identity.ID]bot.Handler
	life     context.Context //nolint:containedctx // of the process: when it ends, all calls do
	running  sync.WaitGroup  // the handlers

	mu      sync.Mutex
	session *session
}

// session is what botd knows the process by, and its calls.
type session struct {
	id   string
	link *wire.Link
	life context.Context //nolint:containedctx // of the session: when botd forgets it, its calls are over
	end  context.CancelCauseFunc

	mu    sync.Mutex
	calls map[uint32]*call
}

func newSession(ctx context.Context) *session {
	s := &session{link: wire.NewLink(nil), calls: map[uint32]*call{}}
	s.life, s.end = context.WithCancelCause(ctx)
	return s
}

// farewell is how long handlers may take to leave their calls at the end.
const farewell = 5 * time.Second

// run connects, again and again, until ctx ends.
func (c *client) run(ctx context.Context) error {
	c.life, c.session = ctx, newSession(ctx)
	// The handlers end first, and hang up over the socket.
	socket, hush := context.WithCancel(context.WithoutCancel(ctx))
	defer hush()
	stop := context.AfterFunc(ctx, func() { c.leave(); hush() })
	err := c.connect(socket)
	if stop() { // refused
		c.current().end(err)
		c.current().abandon()
		c.running.Wait()
		return err
	}
	c.running.Wait()
	return nil
}

// leave waits until all handlers have returned. Those that wait for botd do so
// for a while.
func (c *client) leave() {
	late := time.AfterFunc(farewell, func() { c.current().abandon() })
	defer late.Stop()
	c.running.Wait()
}

func (c *client) current() *session {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session
}

// connect keeps a socket open until ctx ends or botd refuses.
func (c *client) connect(ctx context.Context) error {
	pause := firstPause
	for {
		welcomed, err := c.converse(ctx)
		if errors.Is(err, ErrRefused) || ctx.Err() != nil {
			return err
		}
		if welcomed {
			pause = firstPause
		}
		t := time.NewTimer(pause)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		}
		pause = min(2*pause, longestPause)
	}
}

// converse uses one socket until it breaks, and says whether botd took it.
func (c *client) converse(ctx context.Context) (welcomed bool, err error) {
	s := c.current()
	conn, welcome, err := c.dial(ctx, wire.Message{
		Kind: wire.Hello, Version: wire.Version, Session: s.id, Received: s.link.Received(),
		Names: slices.Sorted(maps.Keys(c.handlers)), Calls: c.cfg.Calls,
	})
	if err != nil {
		return false, err
	}
	defer conn.CloseNow() //nolint:errcheck // closed already, or nothing to be done
	if s.id != "" && welcome.Session != s.id {
		s = c.begin(s)
	}
	s.id = welcome.Session
	err = s.link.Run(ctx, conn, welcome.Received, wire.Ends{
		Message: func(m wire.Message) error { return c.take(s, m) }, Frame: s.hear, Rewound: s.rewound,
	})
	if ctx.Err() != nil {
		_ = conn.Close(websocket.StatusNormalClosure, "the bots leave")
	}
	return true, err
}

// begin gives up a session that botd has forgotten: its calls are somebody
// else's now.
func (c *client) begin(old *session) *session {
	old.end(bot.ErrGone)
	old.abandon()
	s := newSession(c.life)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.session = s
	return s
}

// take takes a message of botd.
func (c *client) take(s *session, m wire.Message) error {
	if m.Kind == wire.Offer {
		c.offered(s, m)
		return nil
	}
	if k := s.call(m.Call); k != nil {
		k.take(m)
	}
	return nil
}

// offered runs the handler that a call is for.
func (c *client) offered(s *session, m wire.Message) {
	if m.Incoming == nil || m.Past == nil || c.handlers[m.Incoming.To] == nil {
		_ = s.link.Send(wire.Message{Kind: wire.Returned, Call: m.Call, Error: wire.Encode(bot.ErrInvalid)})
		return
	}
	k := newCall(s, m)
	s.mu.Lock()
	s.calls[m.Call] = k
	s.mu.Unlock()
	c.running.Go(func() {
		err := c.handlers[m.Incoming.To].Run(k.life, k)
		k.close()
		_ = s.link.Send(wire.Message{Kind: wire.Returned, Call: m.Call, Error: wire.Encode(err)})
		s.mu.Lock()
		delete(s.calls, m.Call)
		s.mu.Unlock()
		if err != nil && c.cfg.Returned != nil && !errors.Is(err, bot.ErrEnded) && !errors.Is(err, context.Canceled) {
			c.cfg.Returned(m.Incoming.To, err)
		}
	})
}

func (s *session) call(number uint32) *call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[number]
}

// all are the calls of the session.
func (s *session) all() []*call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Values(s.calls))
}

// abandon ends the calls of a session that is lost.
func (s *session) abandon() {
	for _, k := range s.all() {
		k.close()
	}
}

// rewound says that frames which were under way are lost.
func (s *session) rewound() {
	for _, k := range s.all() {
		k.voice.rewound()
	}
}

func (s *session) hear(f wire.Frame) {
	k := s.call(f.Call)
	switch {
	case k == nil:
	case f.Kind == wire.Room:
		k.voice.room(f.Sequence)
	case f.Kind == wire.Heard:
		k.hear(f)
	}
}
