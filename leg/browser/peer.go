package browser

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

// peer is the peer connection of one call. The client offers, we answer.
type peer struct {
	pc      *webrtc.PeerConnection
	secret  *secret  // of its handshake
	told    reported // by the client, over RTCP
	states  chan webrtc.PeerConnectionState
	remote  atomic.Int32 // candidates taken
	metrics *metrics

	done   chan struct{} // closed by close
	tasks  sync.WaitGroup
	mu     sync.Mutex
	closed bool
}

// newPeer takes an offer and answers nothing yet: no address is told and no
// packet sent before the call is answered. hear gets the client's sound, in a
// goroutine of its own, and returns when that ends.
func (e *engine) newPeer(offer description, m *metrics, out *track, hear func(*webrtc.TrackRemote, *webrtc.RTPReceiver)) (*peer, error) {
	known, all := new(secret), new(streams)
	out.route.secret, out.tracks = known, &e.out.tracks
	pc, err := e.api(known, all).NewPeerConnection(webrtc.Configuration{
		Certificates: []webrtc.Certificate{e.cert}, BundlePolicy: webrtc.BundlePolicyMaxBundle,
	})
	if err != nil {
		return nil, fmt.Errorf("peer connection: %w", err)
	}
	p := &peer{pc: pc, secret: known, states: make(chan webrtc.PeerConnectionState, 16), done: make(chan struct{}), metrics: m}
	all.over = func() { p.note(webrtc.PeerConnectionStateFailed) }
	pc.OnConnectionStateChange(p.note)
	p.hearOne(hear)
	if err := p.take(offer); err != nil {
		p.close()
		return nil, err
	}
	if err := p.speak(out); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

// take makes the offer the client's description.
func (p *peer) take(offer description) error {
	p.remote.Store(int32(offer.candidates)) //nolint:gosec // at most maxCandidates
	err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer.sdp})
	if err != nil {
		return invalid("sdp", err.Error())
	}
	return nil
}

// speak adds our track to the sound that was offered.
func (p *peer) speak(out *track) error {
	out.report = p.pc.WriteRTCP
	sender, err := p.pc.AddTrack(out)
	if err != nil {
		return fmt.Errorf("track: %w", err)
	}
	sender.Transport().ICETransport().OnSelectedCandidatePairChange(func(*webrtc.ICECandidatePair) { out.moved.Store(true) })
	p.tasks.Go(func() {
		p.read(sender.ReadRTCP, func(r rtcp.Packet, at time.Time) { p.told.take(r, at, out) })
	})
	return nil
}

// read takes what the client reports, about our sound or about its own, until the
// stream it belongs to ends. A report about both comes to both.
func (p *peer) read(next func() ([]rtcp.Packet, interceptor.Attributes, error), take func(rtcp.Packet, time.Time)) {
	for {
		packets, _, err := next()
		if err != nil {
			return
		}
		at := time.Now()
		for _, r := range packets {
			take(r, at)
		}
	}
}

// hearOne passes on one audio track at a time, for a client has one microphone:
// the first, and when that has ended, as it does where the client's SSRC changes,
// the next.
func (p *peer) hearOne(hear func(*webrtc.TrackRemote, *webrtc.RTPReceiver)) {
	var turn sync.Mutex
	p.pc.OnTrack(func(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
		if track.Kind() != webrtc.RTPCodecTypeAudio {
			return
		}
		turn.Lock()
		defer turn.Unlock()
		if !p.begin() {
			return
		}
		defer p.tasks.Done()
		hear(track, receiver)
	})
}

// note queues a change of state. Where nobody takes them the oldest goes, for
// the last is what counts.
func (p *peer) note(s webrtc.PeerConnectionState) {
	for {
		select {
		case p.states <- s:
			return
		default:
		}
		select {
		case <-p.states:
		default:
		}
	}
}

// answer describes our side, with every address it is reached at.
func (p *peer) answer(ctx context.Context) (string, error) {
	a, err := p.pc.CreateAnswer(nil)
	if err != nil {
		return "", fmt.Errorf("answer: %w", err)
	}
	gathered := webrtc.GatheringCompletePromise(p.pc)
	if err := p.pc.SetLocalDescription(a); err != nil {
		return "", fmt.Errorf("answer: %w", err)
	}
	select {
	case <-gathered:
		return p.pc.LocalDescription().SDP, nil
	case <-ctx.Done():
		return "", fmt.Errorf("answer: %w", ctx.Err())
	}
}

// candidate takes one of the client's addresses. Beyond maxCandidates they are
// dropped: a browser has few, and each makes us send packets to it.
func (p *peer) candidate(c webrtc.ICECandidateInit) {
	if c.Candidate == "" {
		return // the last has been sent (RFC 8838, section 13)
	}
	if p.remote.Add(1) > maxCandidates {
		p.metrics.candidates.Inc()
		return
	}
	_ = p.pc.AddICECandidate(c) // one that cannot be parsed or reached is one fewer
}

// begin counts one more task, unless the peer is closed.
func (p *peer) begin() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.tasks.Add(1)
	}
	return !p.closed
}

// close ends the connection and waits for all of it. It may come twice.
func (p *peer) close() {
	p.mu.Lock()
	if !p.closed {
		p.closed = true
		close(p.done)
	}
	p.mu.Unlock()
	_ = p.pc.GracefulClose() // it is gone either way
	p.tasks.Wait()
}
