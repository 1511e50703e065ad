package browser

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	"golang.org/x/time/rate"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media"
)

// leg is one call of one client: it fits call.Leg. What happens to its peer
// connection is watched by one goroutine, which reports to the participant.
type leg struct {
	server *Server
	client teller
	log    *zap.Logger
	peer   *peer
	port   *port
	gauge  *gauge

	tellsKeys atomic.Bool // by what the client offered last

	answered sync.Once
	accepted chan struct{}
	finished sync.Once
	ended    chan struct{}
	offers   chan description // the client's side described anew
	pace     *rate.Limiter    // of offers

	seat seat
}

// teller is how a leg tells its client what is no media: a page by its socket,
// a WHIP client by the answers to its requests. None of it blocks.
type teller interface {
	// answer tells our side of the session, once for every offer; it is empty
	// where an offer could not be taken.
	answer(sdp string)
	// flow tells that packets come, after an answer.
	flow()
	// show tells what the call looks like.
	show(v call.Roster)
	// muted tells that somebody else muted the client, or undid that.
	muted(muted bool)
	// speakers tells who speaks, unheard that the client's user does and is muted.
	speakers(s call.Speakers)
	unheard()
	// caption tells what somebody says.
	caption(c call.Caption)
	// rated tells that the client's sound travels better or worse than before.
	rated(q call.Quality)
	// over tells why the call is over. It is the last word.
	over(why call.Reason)
	// forget lets go of a leg that no call took.
	forget()
}

// newLeg makes a leg of an offer. It comes to life with start.
func (s *Server) newLeg(offer description, client teller, log *zap.Logger) (*leg, error) {
	l := &leg{
		server: s, client: client, log: log,
		accepted: make(chan struct{}), ended: make(chan struct{}), offers: make(chan description, 1),
		pace: rate.NewLimiter(offerRate, offerBurst), gauge: newGauge(codecName, s.cfg.Now()),
	}
	l.tellsKeys.Store(offer.keys)
	var err error
	if l.port, err = newPort(); err != nil {
		return nil, err
	}
	if l.peer, err = s.engine.newPeer(offer, s.metrics, l.port.track, l.listen); err != nil {
		return nil, err
	}
	return l, nil
}

// start waits for the call to be answered, or gives the leg up at once where
// the server is closed.
func (l *leg) start() error {
	if !l.server.begin() {
		l.client.forget()
		l.peer.close()
		return call.ErrClosing
	}
	go l.run()
	return nil
}

// Kind is "browser".
func (l *leg) Kind() string { return "browser" }

// Attach tells the leg which participant it is: another one, after a move.
func (l *leg) Attach(p *call.Participant) {
	if !l.seat.set(p) {
		go p.Gone(call.ReasonLocal) // the client did not wait for it
	}
}

// Accept lets media come; the client gets its answer.
func (l *leg) Accept() { l.answered.Do(func() { close(l.accepted) }) }

// Port is the leg's side of the bridge.
func (l *leg) Port() media.Port { return l.port }

// Hangup tells the client why the call is over, and ends the leg.
func (l *leg) Hangup(why call.Reason) {
	l.finished.Do(func() {
		l.client.over(why)
		close(l.ended)
	})
}

// abandon ends a leg that no call took.
func (l *leg) abandon() {
	l.finished.Do(func() {
		l.client.forget()
		close(l.ended)
	})
	if p := l.seat.leave(); p != nil {
		p.Gone(call.ReasonLocal)
	}
}

// leave reports that the client is gone. Its call hangs up.
func (l *leg) leave(why call.Reason) {
	if p := l.seat.get(); p != nil {
		p.Gone(why)
		return
	}
	l.abandon()
}

func (l *leg) participant() *call.Participant { return l.seat.get() }

// Show tells the client what the call looks like.
func (l *leg) Show(v call.Roster) { l.client.show(v) }

// Mute tells the client that somebody else muted it.
func (l *leg) Mute() { l.client.muted(true) }

// Unmute tells the client that this was undone.
func (l *leg) Unmute() { l.client.muted(false) }

// run is the leg's life: it waits for the answer, gives it, and watches.
func (l *leg) run() {
	s := l.server
	defer s.tasks.Done()
	s.metrics.legs.Inc()
	defer s.metrics.legs.Dec()
	defer l.peer.close()
	select {
	case <-l.accepted:
	case <-l.ended:
		return
	case <-s.life.Done():
		return
	}
	defer s.meter.add(l)()
	if why := l.serve(); why != nil {
		l.gone(*why)
	}
}

// gone reports the end and stays until the call has hung up.
func (l *leg) gone(why call.Reason) {
	l.peer.close()
	l.seat.do(func(p *call.Participant) { p.Gone(why) })
	select {
	case <-l.ended:
	case <-l.server.life.Done():
	}
}

// serve gives the answer and reports what becomes of the connection until the
// leg ends. It returns why if that is not the call's doing.
func (l *leg) serve() *call.Reason {
	w := newWatch(l.server.cfg, l.server.engine.out.hurry)
	defer w.stop()
	if !l.describe(l.server.cfg.SetupTimeout) {
		return &call.ReasonMediaFailed
	}
	for {
		select {
		case <-l.ended:
			return nil
		case <-l.server.life.Done():
			return &call.ReasonShutdown
		case <-w.setup.C:
			return &call.ReasonMediaFailed
		case <-w.change.C:
			l.unchanged()
		case d := <-l.offers:
			l.describeAnew(d, w)
		case s := <-l.peer.states:
			if why := l.turn(s, w); why != nil {
				return why
			}
		}
	}
}

// describeAnew answers a new offer. Where that fails the client makes another.
func (l *leg) describeAnew(d description, w *watch) {
	within := l.server.cfg.ModalityTimeout
	w.change.Reset(within)
	l.tellsKeys.Store(d.keys)
	if l.peer.take(d) != nil || !l.describe(within) {
		l.log.Info("browser renegotiation failed")
		l.client.answer("")
	}
}

// describe sends the client our side.
func (l *leg) describe(within time.Duration) bool {
	ctx, cancel := context.WithTimeout(l.server.life, within)
	defer cancel()
	text, err := l.peer.answer(ctx)
	if err != nil {
		if !errors.Is(err, context.Canceled) {
			l.log.Warn("browser answer failed", zap.Error(err))
		}
		return false
	}
	l.client.answer(text)
	return true
}
