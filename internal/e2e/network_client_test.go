package e2e

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"github.com/botd-dev/botd/internal/netlab"
)

// traveller is a program in a call over a network that may be bad. Its sound is
// Chromium's: Opus with in-band redundancy, levels, reports, and nothing that
// could be asked for again.
type traveller struct {
	t     *testing.T
	nat   *netlab.NAT
	pc    *webrtc.PeerConnection
	mic   *webrtc.TrackLocalStaticRTP
	ear   netlab.Listener
	up    chan struct{}
	tasks sync.WaitGroup
	level uint8 // its header extension
	gone  sync.Once
}

// travels makes somebody join a group's call from behind a NAT.
func (s server) travels(t *testing.T, group, name string) *traveller {
	t.Helper()
	nat, err := netlab.NewNAT()
	must(t, err)
	tr := &traveller{t: t, nat: nat, up: make(chan struct{})}
	t.Cleanup(tr.leave)
	answer, err := nat.Answer(tr.joins(s.page+"/whip/"+group+"?name="+name, nat.Offer(tr.offer())))
	must(t, err)
	must(t, tr.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}))
	tr.flows()
	return tr
}

// flows waits until media flows.
func (tr *traveller) flows() {
	tr.t.Helper()
	select {
	case <-tr.up:
	case <-time.After(30 * time.Second):
		tr.t.Fatal("media never flows")
	}
	for _, e := range tr.pc.GetSenders()[0].GetParameters().HeaderExtensions {
		if e.URI == sdp.AudioLevelURI {
			tr.level = uint8(e.ID)
		}
	}
}

// joins posts an offer and returns the answer.
func (tr *traveller) joins(at, offer string) string {
	tr.t.Helper()
	r, err := http.NewRequestWithContext(tr.t.Context(), http.MethodPost, at, strings.NewReader(offer))
	must(tr.t, err)
	r.Header.Set("Content-Type", "application/sdp")
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 20 * time.Second}
	resp, err := client.Do(r)
	must(tr.t, err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	must(tr.t, err)
	if resp.StatusCode != http.StatusCreated {
		tr.t.Fatalf("joining is answered %s: %s", resp.Status, answer)
	}
	return string(answer)
}

// leave goes away without a word. It may come twice.
func (tr *traveller) leave() {
	tr.gone.Do(func() {
		if tr.pc != nil {
			_ = tr.pc.GracefulClose() // nobody is left to be told
		}
		_ = tr.nat.Close() // the sockets are gone either way
		tr.tasks.Wait()
	})
}

// offer makes a peer connection that has patience with its network: a browser's
// client would restart ICE after half a minute.
func (tr *traveller) offer() string {
	tr.t.Helper()
	e := webrtc.SettingEngine{}
	e.SetIncludeLoopbackCandidate(true)
	e.SetInterfaceFilter(func(name string) bool { return name == "lo" })
	e.SetIPFilter(func(ip net.IP) bool { return ip.To4() != nil })
	e.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	e.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	e.SetICETimeouts(5*time.Second, 5*time.Minute, 2*time.Second)
	m := &webrtc.MediaEngine{}
	opus := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: rate, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1"}
	must(tr.t, m.RegisterCodec(webrtc.RTPCodecParameters{RTPCodecCapability: opus, PayloadType: 111}, webrtc.RTPCodecTypeAudio))
	must(tr.t, m.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: sdp.AudioLevelURI}, webrtc.RTPCodecTypeAudio))
	reports := &interceptor.Registry{}
	must(tr.t, webrtc.ConfigureRTCPReports(reports))
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(e), webrtc.WithMediaEngine(m), webrtc.WithInterceptorRegistry(reports)).
		NewPeerConnection(webrtc.Configuration{})
	must(tr.t, err)
	tr.pc = pc
	tr.mic, err = webrtc.NewTrackLocalStaticRTP(opus, "mic", "traveller")
	must(tr.t, err)
	connected := sync.OnceFunc(func() { close(tr.up) })
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			connected()
		}
	})
	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { tr.listen(track) })
	sender, err := pc.AddTrack(tr.mic)
	must(tr.t, err)
	tr.tasks.Go(func() { drained(sender) })
	g := &guest{t: tr.t, pc: pc}
	return g.describe(nil)
}

// drained reads reports until there are no more: nobody would take them else.
func drained(sender *webrtc.RTPSender) {
	for {
		if _, _, err := sender.ReadRTCP(); err != nil {
			return
		}
	}
}

func (tr *traveller) listen(track *webrtc.TrackRemote) {
	var p rtp.Packet
	b := make([]byte, 1500)
	for {
		n, _, err := track.Read(b)
		if err != nil {
			return
		}
		if p.Unmarshal(b[:n]) == nil && len(p.Payload) > 0 {
			tr.ear.Take(&p, time.Now())
		}
	}
}

// says says something.
func (tr *traveller) says(ctx context.Context, packets []netlab.Said, ppm float64) error {
	talker := netlab.Talker{Packets: packets, LevelID: tr.level, Drift: ppm, Send: tr.mic.WriteRTP}
	return talker.Talk(ctx)
}
