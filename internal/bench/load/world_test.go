package load

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

// fake is a server of one call that hands the packets of the first participant
// on to the others, and does wrong what it is told to.
type fake struct {
	*httptest.Server
	api *webrtc.API

	delay time.Duration // until a packet is handed on
	leave int           // of so many packets one is left out
	echo  bool          // the first hears itself

	mu      sync.Mutex
	outs    map[string]*webrtc.TrackLocalStaticRTP
	peers   []*webrtc.PeerConnection
	deleted int
	levels  map[uint8]int // of the packets that came, by their level
	running sync.WaitGroup
}

func newFake(t *testing.T) *fake {
	t.Helper()
	m := &webrtc.MediaEngine{}
	if err := m.RegisterDefaultCodecs(); err != nil {
		t.Fatal(err)
	}
	if err := m.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{
		URI: "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
	}, webrtc.RTPCodecTypeAudio); err != nil {
		t.Fatal(err)
	}
	var s webrtc.SettingEngine
	s.SetIncludeLoopbackCandidate(true)
	s.SetIPFilter(net.IP.IsLoopback)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	f := &fake{
		api:  webrtc.NewAPI(webrtc.WithMediaEngine(m), webrtc.WithSettingEngine(s), webrtc.WithInterceptorRegistry(&interceptor.Registry{})),
		outs: map[string]*webrtc.TrackLocalStaticRTP{}, levels: map[uint8]int{},
	}
	f.Server = httptest.NewServer(f)
	t.Cleanup(func() {
		f.Close()
		for _, pc := range f.peers {
			pc.Close()
		}
		f.running.Wait()
	})
	return f
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodDelete {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.deleted++
		return
	}
	answer, err := f.join(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Location", "/sessions/"+r.URL.Query().Get("name"))
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, answer)
}

func (f *fake) join(r *http.Request) (string, error) {
	offer, err := io.ReadAll(r.Body)
	if err != nil {
		return "", err
	}
	pc, err := f.api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return "", err
	}
	name := r.URL.Query().Get("name")
	out, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus}, "mix", name)
	if err != nil {
		return "", err
	}
	f.mu.Lock()
	f.outs[name], f.peers = out, append(f.peers, pc)
	f.mu.Unlock()
	pc.OnTrack(func(t *webrtc.TrackRemote, rx *webrtc.RTPReceiver) {
		f.running.Go(func() { f.pass(name, t, levelOf(rx)) })
	})
	if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: string(offer)}); err != nil {
		return "", err
	}
	if _, err := pc.AddTrack(out); err != nil {
		return "", err
	}
	return answerOf(pc)
}

func answerOf(pc *webrtc.PeerConnection) (string, error) {
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

func levelOf(rx *webrtc.RTPReceiver) uint8 {
	for _, e := range rx.GetParameters().HeaderExtensions {
		if e.URI == "urn:ietf:params:rtp-hdrext:ssrc-audio-level" {
			return uint8(e.ID)
		}
	}
	return 0
}

// late is a packet and when it is to go.
type late struct {
	packet *rtp.Packet
	at     time.Time
}

// pass reads what one says; that of the first is handed on.
func (f *fake) pass(name string, t *webrtc.TrackRemote, levelID uint8) {
	queue := make(chan late, 1000)
	defer close(queue)
	f.running.Go(func() {
		for l := range queue {
			<-time.After(time.Until(l.at))
			f.handOn(l.packet)
		}
	})
	for n := 1; ; n++ {
		packet, _, err := t.ReadRTP()
		if err != nil {
			return
		}
		f.noteLevel(packet.GetExtension(levelID))
		if name != "bench-0-p0" || f.leave > 0 && n%f.leave == 0 {
			continue
		}
		packet.Extension, packet.Extensions = false, nil
		queue <- late{packet, time.Now().Add(f.delay)}
	}
}

func (f *fake) noteLevel(level []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(level) == 1 {
		f.levels[level[0]]++
	}
}

func (f *fake) handOn(packet *rtp.Packet) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for name, out := range f.outs {
		if name == "bench-0-p0" && !f.echo {
			continue
		}
		_ = out.WriteRTP(packet)
	}
}

// voicesOnce are made for the first test that needs them: they take a while.
var voicesOnce = sync.OnceValues(func() (*Voices, error) { return NewVoices(context.Background()) })
