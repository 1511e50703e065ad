package browser

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"
	"golang.org/x/time/rate"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media"
)

// leg is one call of one client: it fits call.Leg. What happens to its peer
// connection is watched by one goroutine, which reports to the participant.
type leg struct {
	id    string // the client's for the call
	agent *agent
	log   *zap.Logger
	peer  *peer
	port  *port

	answered sync.Once
	accepted chan struct{}
	finished sync.Once
	ended    chan struct{}
	offers   chan description // the client's side described anew
	pace     *rate.Limiter    // of offers

	seat seat
	told told // guarded by the agent's lock
}

// newLeg makes a leg of an offer and waits for the call to be answered.
func (a *agent) newLeg(r request) (*leg, error) {
	offer, err := parseOffer(r.SDP)
	if err != nil {
		return nil, err
	}
	s := a.server
	l := &leg{
		id: r.Call, agent: a, log: s.log.With(zap.String("clientCall", r.Call), zap.String("user", string(a.user))),
		accepted: make(chan struct{}), ended: make(chan struct{}), offers: make(chan description, 1),
		pace: rate.NewLimiter(offerRate, offerBurst),
	}
	if l.port, err = newPort(s.metrics); err != nil {
		return nil, err
	}
	if l.peer, err = s.engine.newPeer(offer, s.metrics, l.listen); err != nil {
		return nil, err
	}
	if err := a.add(l); err != nil {
		l.peer.close()
		return nil, err
	}
	if !s.begin() {
		a.remove(l)
		l.peer.close()
		return nil, call.ErrClosing
	}
	go l.run()
	return l, nil
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
		l.agent.farewell(l, encode(stateIs{"state", l.id, call.Gone, &why}))
		close(l.ended)
	})
}

// abandon ends a leg that no call took.
func (l *leg) abandon() {
	l.finished.Do(func() {
		l.agent.remove(l)
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

// tell changes what the client was told last and sends what f returns, unless
// the call is over for the client.
func (l *leg) tell(f func() [][]byte) {
	a := l.agent
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.calls[l.id] != l {
		return
	}
	for _, b := range f() {
		a.push(b)
	}
}

// run is the leg's life: it waits for the answer, gives it, and watches.
func (l *leg) run() {
	s := l.agent.server
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
	l.peer.tasks.Go(func() { l.port.sender.run(l.peer.track, l.peer.done) })
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
	case <-l.agent.server.life.Done():
	}
}

// serve gives the answer and reports what becomes of the connection until the
// leg ends. It returns why if that is not the call's doing.
func (l *leg) serve() *call.Reason {
	w := newWatch(l.agent.server.cfg)
	defer w.stop()
	if !l.describe(l.agent.server.cfg.SetupTimeout) {
		return &call.ReasonMediaFailed
	}
	for {
		select {
		case <-l.ended:
			return nil
		case <-l.agent.server.life.Done():
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
	within := l.agent.server.cfg.ModalityTimeout
	w.change.Reset(within)
	if l.peer.take(d) != nil || !l.describe(within) {
		l.log.Info("browser renegotiation failed")
	}
}

// describe sends the client our side.
func (l *leg) describe(within time.Duration) bool {
	ctx, cancel := context.WithTimeout(l.agent.server.life, within)
	defer cancel()
	text, err := l.peer.answer(ctx)
	if err != nil {
		if !errors.Is(err, context.Canceled) {
			l.log.Warn("browser answer failed", zap.Error(err))
		}
		return false
	}
	l.tell(func() [][]byte {
		l.told.answer, l.told.flowing = encode(answer{"answer", l.id, text}), false
		return [][]byte{l.told.answer}
	})
	return true
}
