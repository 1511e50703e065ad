package browser

import (
	"time"

	"github.com/pion/webrtc/v4"

	"github.com/botd-dev/botd/call"
)

// watch is what is waited for on a peer connection: that media flows for the
// first time, and again after the client described itself anew.
type watch struct {
	flows         bool   // it ever has
	connecting    func() // to be called once it does
	setup, change *time.Timer
}

func newWatch(cfg Config, hurry func() func()) *watch {
	w := &watch{connecting: hurry(), setup: time.NewTimer(cfg.SetupTimeout), change: time.NewTimer(cfg.ModalityTimeout)}
	w.change.Stop() // until there is an offer
	return w
}

func (w *watch) stop() {
	w.connecting()
	w.setup.Stop()
	w.change.Stop()
}

// turn reports a change of the peer connection. It returns why, if that was the
// end.
func (l *leg) turn(s webrtc.PeerConnectionState, w *watch) *call.Reason {
	l.port.up.Store(s == webrtc.PeerConnectionStateConnected)
	switch s {
	case webrtc.PeerConnectionStateConnected:
		l.flow(w.flows)
		w.flows = true
		w.stop()
	case webrtc.PeerConnectionStateDisconnected:
		l.seat.do((*call.Participant).Lost)
	case webrtc.PeerConnectionStateFailed:
		if w.flows {
			return &call.ReasonMediaLost
		}
		return &call.ReasonMediaFailed
	case webrtc.PeerConnectionStateClosed: // DTLS close_notify: the page is gone
		return &call.ReasonVanished
	case webrtc.PeerConnectionStateUnknown, webrtc.PeerConnectionStateNew, webrtc.PeerConnectionStateConnecting:
	}
	return nil
}

// flow reports that packets come: for the first time, or again.
func (l *leg) flow(again bool) {
	l.client.flow()
	if again {
		l.seat.do((*call.Participant).Back)
		return
	}
	l.seat.do((*call.Participant).Connected)
}

// unchanged is the end of the time that a new offer has until media flows
// again. Where it does not, the client is lost: the call waits for it as long
// as for any other.
func (l *leg) unchanged() {
	if l.peer.pc.ConnectionState() == webrtc.PeerConnectionStateConnected {
		return
	}
	l.log.Info("browser renegotiation took too long")
	l.seat.do((*call.Participant).Lost)
}

// renegotiate hands over a new offer; the answer follows as a message.
func (l *leg) renegotiate(d description) error {
	select {
	case <-l.accepted:
	default:
		return call.ErrWrongState
	}
	if !l.pace.Allow() {
		return call.ErrConflict // the client tries again, with back-off
	}
	select {
	case l.offers <- d:
		return nil
	default:
		return call.ErrConflict // one is being answered
	}
}
