package join

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// repeating is a WHIP server that sends everybody back what they say.
type repeating struct {
	api     *webrtc.API
	deleted chan string

	mu      sync.Mutex
	peers   []*webrtc.PeerConnection
	running sync.WaitGroup
}

func newRepeating(t *testing.T) (r *repeating, url string) {
	t.Helper()
	m := &webrtc.MediaEngine{}
	if err := m.RegisterDefaultCodecs(); err != nil {
		t.Fatal(err)
	}
	if err := m.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: levelURI}, webrtc.RTPCodecTypeAudio); err != nil {
		t.Fatal(err)
	}
	var s webrtc.SettingEngine
	s.SetIncludeLoopbackCandidate(true)
	s.SetIPFilter(net.IP.IsLoopback)
	r = &repeating{
		api:     webrtc.NewAPI(webrtc.WithMediaEngine(m), webrtc.WithSettingEngine(s), webrtc.WithInterceptorRegistry(&interceptor.Registry{})),
		deleted: make(chan string, 10),
	}
	server := httptest.NewServer(r)
	t.Cleanup(func() {
		server.Close()
		for _, pc := range r.peers {
			pc.Close()
		}
		r.running.Wait()
	})
	return r, server.URL
}

func (s *repeating) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodDelete {
		s.deleted <- r.URL.Path
		return
	}
	offer, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	answer, err := s.answer(string(offer))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Location", "/sessions/1")
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, answer)
}

func (s *repeating) answer(offer string) (string, error) {
	pc, err := s.api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	s.peers = append(s.peers, pc)
	s.mu.Unlock()
	back, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus}, "back", "back")
	if err != nil {
		return "", err
	}
	pc.OnTrack(func(t *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { s.running.Go(func() { repeat(t, back) }) })
	if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		return "", err
	}
	if _, err := pc.AddTrack(back); err != nil {
		return "", err
	}
	answer, err := pc.CreateAnswer(nil)
	if err != nil {
		return "", err
	}
	gathered := webrtc.GatheringCompletePromise(pc)
	if err := pc.SetLocalDescription(answer); err != nil {
		return "", err
	}
	<-gathered
	return pc.LocalDescription().SDP, nil
}

func repeat(from *webrtc.TrackRemote, to *webrtc.TrackLocalStaticRTP) {
	for {
		packet, _, err := from.ReadRTP()
		if err != nil {
			return
		}
		_ = to.WriteRTP(packet)
	}
}

// heard reads the first packet of a stream, then the rest until it ends.
func heard(packets chan<- *rtp.Packet) func(Stream) {
	return func(s Stream) {
		defer close(packets)
		buf := make([]byte, longestPacket)
		for first := true; ; first = false {
			n, _, err := s.Read(buf)
			if err != nil {
				return
			}
			if p := (&rtp.Packet{}); first && p.Unmarshal(buf[:n]) == nil {
				packets <- p.Clone()
			}
		}
	}
}

func TestAParticipantIsHeardAndHearsAndLeavesNothing(t *testing.T) {
	server, url := newRepeating(t)
	engine, err := NewEngine()
	if err != nil {
		t.Fatal(err)
	}
	way := NewWHIP(engine, url+"/{room}?name={name}", "")
	defer way.Close()
	packets := make(chan *rtp.Packet, 1)
	p, err := way.Join(t.Context(), Person{Room: "r", Name: "p0", Hears: heard(packets)})
	if err != nil {
		t.Fatal(err)
	}
	got := sayUntil(t, p, packets)
	if string(got.Payload) != "sound" || p.LevelID == 0 || string(got.GetExtension(p.LevelID)) != "\x1a" {
		t.Errorf("level %d: %v", p.LevelID, got)
	}
	p.Leave()
	if path := <-server.deleted; path != "/sessions/1" {
		t.Errorf("left %s", path)
	}
	if _, more := <-packets; more {
		t.Error("something is heard after the end")
	}
}

// sayUntil says something every 20 ms until something is heard.
func sayUntil(t *testing.T, p *Peer, packets <-chan *rtp.Packet) *rtp.Packet {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for n := uint16(1); ; n++ {
		said := &rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: n, Timestamp: uint32(n) * 960}, Payload: []byte("sound")}
		if err := said.SetExtension(p.LevelID, []byte{0x1a}); err != nil {
			t.Fatal(err)
		}
		if err := p.Voice.WriteRTP(said); err != nil {
			t.Fatal(err)
		}
		select {
		case got := <-packets:
			return got
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("nothing is heard")
		}
	}
}
