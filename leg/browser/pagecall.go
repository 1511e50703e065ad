package browser

import (
	"go.uber.org/zap"

	"github.com/botd-dev/botd/call"
)

// pageCall is a call of a page: a leg, and what the page's socket tells of it.
// It fits teller.
type pageCall struct {
	*leg
	id    string // the page's for the call
	agent *agent
	told  told // guarded by the agent's lock
}

// newCall makes a leg of a page's offer and waits for the call to be answered.
func (a *agent) newCall(r request) (*pageCall, error) {
	offer, err := parseOffer(r.SDP)
	if err != nil {
		return nil, err
	}
	l := &pageCall{id: r.Call, agent: a}
	log := a.server.log.With(zap.String("clientCall", r.Call), zap.String("user", string(a.user)))
	if l.leg, err = a.server.newLeg(offer, l, log); err != nil {
		return nil, err
	}
	if err := a.add(l); err != nil {
		l.peer.close()
		return nil, err
	}
	return l, l.start()
}

// tell changes what the page was told last and sends what f returns, unless
// the call is over for the page.
func (l *pageCall) tell(f func() [][]byte) {
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

// answer tells our side of the session. A page whose offer could not be taken
// makes another.
func (l *pageCall) answer(sdp string) {
	if sdp == "" {
		return
	}
	l.tell(func() [][]byte {
		l.told.answer, l.told.flowing = encode(answer{"answer", l.id, sdp}), false
		return [][]byte{l.told.answer}
	})
}

// flow keeps that the answer has served.
func (l *pageCall) flow() {
	l.tell(func() [][]byte {
		l.told.flowing = true
		return nil
	})
}

// over tells why the call is over.
func (l *pageCall) over(why call.Reason) {
	l.agent.farewell(l, encode(stateIs{"state", l.id, call.Gone, &why}))
}

// forget takes the call out of the page's.
func (l *pageCall) forget() { l.agent.remove(l) }
