package gateway

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/wire"
	"github.com/botd-dev/botd/identity"
)

const (
	// messageRate is how many messages a second are read from a process without
	// making it wait, and messageBurst how many at once.
	messageRate, messageBurst = 2000, 4000
)

// process is one with bots, on whatever sockets. The gateway's mutex guards what
// is not constant.
type process struct {
	gateway *Gateway
	session string
	names   []identity.ID
	most    int // calls at once
	since   time.Time
	link    *wire.Link
	using   chan struct{} // held by the socket that the link uses

	calls   map[uint32]*relay
	number  uint32             // of the last call
	socket  context.CancelFunc // of the present socket; nil without one
	turn    int                // counts the sockets
	leaving *time.Timer        // while there is none
	gone    bool
	lost    chan struct{} // closed when it is gone
}

func (p *process) connected() bool { return p.socket != nil }

// use talks over a socket until it breaks. It takes the place of another one.
func (p *process) use(ctx context.Context, conn *websocket.Conn, received uint64) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	turn, ok := p.attach(cancel)
	if !ok {
		return fmt.Errorf("%w: the session is over", bot.ErrGone)
	}
	err := p.converse(ctx, conn, received)
	p.detach(turn, err)
	return err
}

// converse uses the link, once the socket before has let go of it.
func (p *process) converse(ctx context.Context, conn *websocket.Conn, received uint64) error {
	select {
	case p.using <- struct{}{}:
		defer func() { <-p.using }()
	case <-ctx.Done():
		return ctx.Err()
	}
	err := wire.WriteMessage(ctx, conn, wire.Message{
		Kind: wire.Welcome, Version: wire.Version, Session: p.session, Received: p.link.Received(),
	})
	if err != nil {
		return err
	}
	pace := rate.NewLimiter(messageRate, messageBurst)
	return p.link.Run(ctx, conn, received, wire.Ends{
		Message: func(m wire.Message) error {
			if err := pace.Wait(ctx); err != nil {
				return err
			}
			return p.take(m)
		},
		Frame: p.hear,
	})
}

// attach has a socket, whose end is cancel, take the place of the one before.
func (p *process) attach(cancel context.CancelFunc) (turn int, ok bool) {
	p.gateway.mu.Lock()
	defer p.gateway.mu.Unlock()
	if p.gone {
		return 0, false
	}
	if p.socket != nil {
		p.socket()
	}
	if p.leaving != nil {
		p.leaving.Stop()
		p.leaving = nil
	}
	p.turn++
	p.socket = cancel
	p.gateway.announce()
	return p.turn, true
}

// detach is what the end of a socket means: a process that says goodbye, or that
// does not keep the rules, is gone; another may come back.
func (p *process) detach(turn int, why error) {
	p.gateway.mu.Lock()
	defer p.gateway.mu.Unlock()
	if p.turn != turn {
		return
	}
	p.socket = nil
	if websocket.CloseStatus(why) == websocket.StatusNormalClosure ||
		errors.Is(why, bot.ErrInvalid) || errors.Is(why, websocket.ErrMessageTooBig) {
		p.lose()
		return
	}
	p.leaving = time.AfterFunc(grace, func() {
		p.gateway.mu.Lock()
		defer p.gateway.mu.Unlock()
		if p.turn == turn {
			p.lose()
		}
	})
}

// lose gives the process up, under the mutex.
func (p *process) lose() {
	if p.gone {
		return
	}
	p.gone = true
	close(p.lost)
	delete(p.gateway.processes, p.session)
	if p.socket != nil {
		p.socket()
	}
}

// drop is lose for one that does not take what it is sent.
func (p *process) drop() {
	p.gateway.mu.Lock()
	defer p.gateway.mu.Unlock()
	p.lose()
}

// send sends a message; a process that takes none is given up.
func (p *process) send(m wire.Message) {
	if p.link.Send(m) != nil {
		go p.drop() // who sends may hold the mutex
	}
}

// reserve makes a place for a call, under the mutex.
func (p *process) reserve() *relay {
	p.number++
	r := newRelay(p, p.number)
	p.calls[r.number] = r
	return r
}

// release gives the place back.
func (p *process) release(r *relay) {
	p.gateway.mu.Lock()
	defer p.gateway.mu.Unlock()
	delete(p.calls, r.number)
	p.gateway.announce()
}

// call finds a call that was offered.
func (p *process) call(number uint32) *relay {
	p.gateway.mu.Lock()
	defer p.gateway.mu.Unlock()
	if r := p.calls[number]; r != nil && r.ready {
		return r
	}
	return nil
}

// take takes a message. What is said of a call that is over has crossed its end;
// a request gets its answer.
func (p *process) take(m wire.Message) error {
	r := p.call(m.Call)
	switch m.Kind {
	case wire.Do, wire.People, wire.Listen:
		if r == nil {
			p.send(wire.Message{Kind: wire.Done, Call: m.Call, ID: m.ID, Error: wire.Encode(bot.ErrEnded)})
			return nil
		}
		r.request(m)
	case wire.Deafen:
		if r != nil {
			r.deafen(m.Stream)
		}
	case wire.Acked:
		if r != nil {
			r.acked(m.Sequence)
		}
	case wire.Returned:
		if r != nil {
			r.returned(m.Error.Decode())
		}
	default:
		return fmt.Errorf("%w: a process does not say %q", bot.ErrInvalid, m.Kind)
	}
	return nil
}

// hear takes a frame of what a bot says.
func (p *process) hear(f wire.Frame) {
	if r := p.call(f.Call); r != nil && f.Kind == wire.Said {
		r.say(f)
	}
}
