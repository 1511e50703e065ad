package web_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"github.com/pion/webrtc/v4"
)

// echo is the far end of a page's calls: it sends back what it receives and
// notes which keys were pressed.
type echo struct {
	api *webrtc.API

	mu       sync.Mutex
	pc       *webrtc.PeerConnection
	connects int // how often media has begun to flow
	keys     []byte
}

func newEcho(t *testing.T) *echo {
	t.Helper()
	media := &webrtc.MediaEngine{}
	for _, codec := range []webrtc.RTPCodecParameters{
		{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2}, PayloadType: 111},
		{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: "audio/telephone-event", ClockRate: 48000}, PayloadType: 110},
	} {
		if err := media.RegisterCodec(codec, webrtc.RTPCodecTypeAudio); err != nil {
			t.Fatal(err)
		}
	}
	settings := webrtc.SettingEngine{}
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	settings.SetInterfaceFilter(func(name string) bool { return name == "lo" })
	e := &echo{api: webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithSettingEngine(settings))}
	t.Cleanup(e.close)
	return e
}

func (e *echo) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.pc != nil {
		_ = e.pc.Close()
	}
}

// answer answers an offer; connected is called when media can flow.
func (e *echo) answer(offer string, connected func()) (string, error) {
	e.close()
	pc, err := e.api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return "", fmt.Errorf("new peer connection: %w", err)
	}
	e.mu.Lock()
	e.pc = pc
	e.mu.Unlock()
	back, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2}, "audio", "echo")
	if err != nil {
		return "", fmt.Errorf("new track: %w", err)
	}
	if _, err := pc.AddTrack(back); err != nil {
		return "", fmt.Errorf("add track: %w", err)
	}
	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { e.repeat(track, back) })
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			e.mu.Lock()
			e.connects++
			e.mu.Unlock()
			connected()
		}
	})
	return describe(pc, offer)
}

// again answers a later offer of the same call.
func (e *echo) again(offer string) (string, error) {
	e.mu.Lock()
	pc := e.pc
	e.mu.Unlock()
	return describe(pc, offer)
}

func describe(pc *webrtc.PeerConnection, offer string) (string, error) {
	if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		return "", fmt.Errorf("offer: %w", err)
	}
	answer, err := pc.CreateAnswer(nil)
	if err != nil {
		return "", fmt.Errorf("answer: %w", err)
	}
	gathered := webrtc.GatheringCompletePromise(pc)
	if err := pc.SetLocalDescription(answer); err != nil {
		return "", fmt.Errorf("answer: %w", err)
	}
	<-gathered
	return pc.LocalDescription().SDP, nil
}

// candidate adds a trickled candidate of the page.
func (e *echo) candidate(v any) {
	e.mu.Lock()
	pc := e.pc
	e.mu.Unlock()
	b, err := json.Marshal(v)
	if err != nil || pc == nil || v == nil {
		return
	}
	var c webrtc.ICECandidateInit
	if err := json.Unmarshal(b, &c); err == nil {
		_ = pc.AddICECandidate(c)
	}
}

func (e *echo) repeat(track *webrtc.TrackRemote, back *webrtc.TrackLocalStaticRTP) {
	var last uint32
	for {
		p, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		if p.PayloadType != 110 {
			_ = back.WriteRTP(p)
			continue
		}
		// RFC 4733, section 2.5.1.2: all packets of one event have its timestamp.
		if len(p.Payload) == 4 && p.Timestamp != last {
			last = p.Timestamp
			e.mu.Lock()
			e.keys = append(e.keys, "0123456789*#ABCD"[p.Payload[0]&15])
			e.mu.Unlock()
		}
	}
}

// connected is how often media has begun to flow.
func (e *echo) connected() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.connects
}

// pressed is which keys have been heard.
func (e *echo) pressed() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return string(e.keys)
}
