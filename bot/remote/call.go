package remote

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/wire"
	"github.com/botd-dev/botd/media"
)

// call is one call that botd gave to this process. It fits bot.Backend.
type call struct {
	session  *session
	number   uint32
	incoming bot.Incoming
	past     bot.Past
	life     context.Context //nolint:containedctx // of the handler: it ends when botd says so
	cancel   context.CancelFunc
	closed   chan struct{} // nothing will come any more
	once     sync.Once
	voice    *voice

	mu      sync.Mutex
	id      uint64 // of the last request
	answers map[uint64]chan wire.Message
	events  []bot.Event
	over    bool
	news    chan struct{}
	streams map[uint16]*stream
	stream  uint16 // the last one that was opened
}

func newCall(s *session, offer wire.Message) *call {
	k := &call{
		session: s, number: offer.Call, incoming: *offer.Incoming, past: *offer.Past, closed: make(chan struct{}),
		answers: map[uint64]chan wire.Message{}, news: make(chan struct{}, 1), streams: map[uint16]*stream{},
	}
	k.voice = newVoice(k)
	k.life, k.cancel = context.WithCancel(s.life)
	return k
}

// close ends everything that waits.
func (k *call) close() {
	k.once.Do(func() {
		k.cancel()
		close(k.closed)
		k.voice.close()
		k.mu.Lock()
		defer k.mu.Unlock()
		for _, s := range k.streams {
			s.pipe.Close()
		}
	})
}

// take takes a message about the call.
func (k *call) take(m wire.Message) {
	switch m.Kind {
	case wire.Gone:
		k.cancel()
	case wire.Silent:
		k.silent(m.Stream)
	case wire.Done:
		k.mu.Lock()
		answer := k.answers[m.ID]
		delete(k.answers, m.ID)
		k.mu.Unlock()
		if answer != nil {
			answer <- m
		}
	case wire.Happened, wire.Over:
		k.mu.Lock()
		if k.over = k.over || m.Kind == wire.Over; m.Event != nil {
			k.events = append(k.events, *m.Event)
		}
		k.mu.Unlock()
		select {
		case k.news <- struct{}{}:
		default:
		}
	default: // a later version may say more
	}
}

// Incoming describes the call.
func (k *call) Incoming() bot.Incoming { return k.incoming }

// Resume says where the bot left off.
func (k *call) Resume() bot.Past { return k.past }

// Do asks botd for an action.
func (k *call) Do(ctx context.Context, a bot.Action) (string, error) {
	action, err := bot.EncodeAction(a)
	if err != nil {
		return "", err
	}
	switch a.(type) {
	case bot.HangUp, bot.Terminate: // the call, and with it ctx, may end before the answer
		ctx = context.WithoutCancel(ctx)
	}
	m, err := k.ask(ctx, wire.Message{Kind: wire.Do, Action: action})
	return m.Result, err
}

// Participants asks botd who is in the call.
func (k *call) Participants(ctx context.Context) ([]bot.Participant, error) {
	m, err := k.ask(ctx, wire.Message{Kind: wire.People})
	return m.People, err
}

// ask sends a request and waits for the answer.
func (k *call) ask(ctx context.Context, m wire.Message) (wire.Message, error) {
	answer := make(chan wire.Message, 1)
	k.mu.Lock()
	k.id++
	m.ID, m.Call = k.id, k.number
	k.answers[m.ID] = answer
	k.mu.Unlock()
	if err := k.session.link.Send(m); err != nil {
		return wire.Message{}, fmt.Errorf("ask botd: %w", err)
	}
	select {
	case a := <-answer:
		return a, a.Error.Decode()
	case <-ctx.Done():
		return wire.Message{}, ctx.Err()
	case <-k.closed:
		return wire.Message{}, bot.ErrEnded
	}
}

// Next waits for the next event.
func (k *call) Next(ctx context.Context) (bot.Event, error) {
	for {
		k.mu.Lock()
		if len(k.events) > 0 {
			e := k.events[0]
			k.events = k.events[1:]
			k.mu.Unlock()
			return e, nil
		}
		over := k.over
		k.mu.Unlock()
		if over {
			return bot.Event{}, io.EOF
		}
		select {
		case <-k.news:
		case <-k.closed:
			return bot.Event{}, io.EOF
		case <-ctx.Done():
			return bot.Event{}, ctx.Err()
		}
	}
}

// Ack tells botd what the bot is done with.
func (k *call) Ack(sequence uint64) {
	_ = k.session.link.Send(wire.Message{Kind: wire.Acked, Call: k.number, Sequence: sequence}) // what is not told comes again
}

var _ bot.Backend = (*call)(nil)

// Microphone is what the bot says.
func (k *call) Microphone() media.Sink { return media.SinkFunc(k.voice.write) }
