package gateway

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/wire"
)

const (
	// window is how many events a bot may have that it is not done with.
	window = 64
	// maxRequests is how much a bot may ask for at once in one call.
	maxRequests = 64
	// farewell is how long a handler may take to return once its part is over.
	farewell = 5 * time.Second
)

// relay is one call that is given to a process.
type relay struct {
	process *process
	number  uint32
	backend bot.Backend     // set by begin
	life    context.Context //nolint:containedctx // of its run; set by begin
	ready   bool            // begin has set them; the gateway's mutex guards it
	result  chan error      // what the process returned, once

	mu       sync.Mutex
	requests int
	told     uint64 // the last event that was sent
	done     uint64 // the last event that the bot is done with
	room     chan struct{}
	voice    *voice             // what the bot says; nil before it says anything
	ears     map[uint16]*stream // what it hears
	senders  int                // of ears, and of those that are closed and have not noticed
}

func newRelay(p *process, number uint32) *relay {
	return &relay{
		process: p, number: number, result: make(chan error, 1),
		room: make(chan struct{}, 1), ears: map[uint16]*stream{},
	}
}

// run has the process do the bot's part. It fits bot.Runner.
func (r *relay) run(ctx context.Context, b bot.Backend) error {
	defer r.process.release(r)
	life, end := context.WithCancel(ctx)
	incoming, past := b.Incoming(), b.Resume()
	r.begin(life, b)
	r.process.send(wire.Message{Kind: wire.Offer, Call: r.number, Incoming: &incoming, Past: &past})
	var events sync.WaitGroup // another run may read them next
	events.Go(r.events)
	defer events.Wait()
	defer end()
	return r.await(ctx, incoming)
}

// begin lets the process speak of the call.
func (r *relay) begin(life context.Context, b bot.Backend) {
	r.process.gateway.mu.Lock()
	defer r.process.gateway.mu.Unlock()
	r.life, r.backend, r.ready = life, b, true
}

// await waits until the bot's part is over, and sees to it that it is when ctx
// ends.
func (r *relay) await(ctx context.Context, incoming bot.Incoming) error {
	select {
	case err := <-r.result:
		return err
	case <-r.process.lost:
		return fmt.Errorf("the process of %s: %w", incoming.To, bot.ErrGone)
	case <-ctx.Done():
	}
	r.process.send(wire.Message{Kind: wire.Gone, Call: r.number})
	late := time.NewTimer(farewell)
	defer late.Stop()
	select {
	case err := <-r.result:
		return err
	case <-r.process.lost:
	case <-late.C:
	}
	_, _ = r.backend.Do(context.WithoutCancel(ctx), bot.HangUp{}) // its call is over
	return ctx.Err()
}

// returned takes what the handler returned.
func (r *relay) returned(err error) {
	select {
	case r.result <- err:
	default:
	}
}

// events sends the events of the call, as long as the bot is done with those
// before.
func (r *relay) events() {
	for {
		if !r.mayTell() {
			return
		}
		e, err := r.backend.Next(r.life)
		if err != nil {
			r.process.send(wire.Message{Kind: wire.Over, Call: r.number})
			return
		}
		r.mu.Lock()
		if r.told == 0 { // the first one may be any
			r.done = max(r.done, e.Sequence-1)
		}
		r.told = e.Sequence
		r.mu.Unlock()
		r.process.send(wire.Message{Kind: wire.Happened, Call: r.number, Event: &e})
	}
}

// mayTell waits until the bot has room for an event; false if its part is over.
func (r *relay) mayTell() bool {
	for {
		r.mu.Lock()
		full := r.told-min(r.told, r.done) >= window
		r.mu.Unlock()
		if !full {
			return true
		}
		select {
		case <-r.room:
		case <-r.life.Done():
			return false
		}
	}
}

// acked takes what the bot is done with. It cannot be done with what it was not
// told.
func (r *relay) acked(sequence uint64) {
	r.mu.Lock()
	sequence = min(sequence, r.told)
	r.done = max(r.done, sequence)
	r.mu.Unlock()
	r.backend.Ack(sequence)
	select {
	case r.room <- struct{}{}:
	default:
	}
}

// request does what the bot asks for, beside all else.
func (r *relay) request(m wire.Message) {
	r.mu.Lock()
	full := r.requests >= maxRequests
	if !full {
		r.requests++
	}
	r.mu.Unlock()
	if full {
		r.answer(m, wire.Message{Error: wire.Encode(fmt.Errorf("%w: %d requests at once", bot.ErrConflict, maxRequests))})
		return
	}
	r.process.gateway.running.Go(func() {
		a := r.reply(m)
		r.mu.Lock()
		r.requests--
		r.mu.Unlock()
		r.answer(m, a)
	})
}

func (r *relay) answer(to, m wire.Message) {
	m.Kind, m.Call, m.ID = wire.Done, r.number, to.ID
	r.process.send(m)
}

// reply does it and says what came of it. Hanging up is done whatever becomes
// of the process meanwhile.
func (r *relay) reply(m wire.Message) (a wire.Message) {
	var err error
	switch m.Kind {
	case wire.People:
		a.People, err = r.backend.Participants(r.life)
	case wire.Listen:
		err = r.listen(m)
	default:
		var action bot.Action
		action, err = bot.DecodeAction(m.Action)
		if err == nil {
			a.Result, err = r.backend.Do(context.WithoutCancel(r.life), action)
		}
	}
	a.Error = wire.Encode(err)
	return a
}
