package browser

import (
	"time"

	"github.com/pion/webrtc/v4"

	"github.com/botd-dev/botd/call"
)

// turn reports a change of the peer connection; flows is whether media ever
// has. It returns why, if that was the end.
func (l *leg) turn(s webrtc.PeerConnectionState, flows *bool, setup *time.Timer) *call.Reason {
	switch s {
	case webrtc.PeerConnectionStateConnected:
		l.flow(*flows)
		*flows = true
		setup.Stop()
	case webrtc.PeerConnectionStateDisconnected:
		l.seat.do((*call.Participant).Lost)
	case webrtc.PeerConnectionStateFailed:
		if *flows {
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
	l.tell(func() [][]byte {
		l.told.flowing = true
		return nil
	})
	if again {
		l.seat.do((*call.Participant).Back)
		return
	}
	l.seat.do((*call.Participant).Connected)
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
