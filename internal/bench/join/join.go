// Package join brings WebRTC participants into the calls of a server: botd's and
// any other by WHIP, Janus by its own signalling. What a participant says and
// hears is none of its business.
package join

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

const (
	// levelURI names the header extension that says how loud a packet is
	// (RFC 6464 section 4).
	levelURI = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
	// srtpAES128GCM is the only cipher that is offered, so that every server
	// does the same work (RFC 7714 section 14.2).
	srtpAES128GCM = 7
	// patience is how long a participant may take to connect.
	patience = 20 * time.Second
	// longestPacket is the most that is read at once, in bytes.
	longestPacket = 1500
)

// ErrNotConnected is a participant whose media do not flow.
var ErrNotConnected = errors.New("not connected")

// Person is somebody who is to join.
type Person struct {
	// Room is the call, Name how they call themselves.
	Room, Name string
	// Muted says that they will not send.
	Muted bool
	// Hears is called with the stream they are sent, on a goroutine of its own.
	Hears func(Stream)
}

// Voice takes what a participant says. A *webrtc.TrackLocalStaticRTP is one.
type Voice interface {
	WriteRTP(*rtp.Packet) error
}

// Stream gives the packets that a participant is sent, one with each Read, until
// it has ended. A *webrtc.TrackRemote is one.
type Stream interface {
	Read([]byte) (int, interceptor.Attributes, error)
}

// Way is a way into a server.
type Way interface {
	// Join makes a participant, who is connected when it returns.
	Join(ctx context.Context, who Person) (*Peer, error)
	// Close lets go of what the way itself has open.
	Close()
}

// Door is where a server is joined: one of the two addresses.
type Door struct {
	// WHIP is a URL in which "{room}" and "{name}" are filled in, and Token the
	// bearer token that it wants, if any.
	WHIP, Token string
	// Janus is the address of its WebSocket.
	Janus string
}

// Open opens the way in.
func (d Door) Open(ctx context.Context, e *Engine) (Way, error) {
	if d.Janus != "" {
		return NewJanus(ctx, e, d.Janus)
	}
	return NewWHIP(e, d.WHIP, d.Token), nil
}

// Peer is a participant who is in.
type Peer struct {
	// Voice is where their packets go.
	Voice Voice
	// LevelID is the header extension of the level; zero if there is none.
	LevelID uint8
	// Leave leaves the call.
	Leave func()
}

// Engine makes participants: Opus and the level, UDP on the loopback address,
// and nothing that would send by itself.
type Engine struct {
	api    *webrtc.API
	config webrtc.Configuration
}

// NewEngine makes an engine. All its participants have one certificate.
func NewEngine() (*Engine, error) {
	m := &webrtc.MediaEngine{}
	if err := m.RegisterCodec(webrtc.RTPCodecParameters{RTPCodecCapability: opusCodec(), PayloadType: 111}, webrtc.RTPCodecTypeAudio); err != nil {
		return nil, fmt.Errorf("webrtc: %w", err)
	}
	if err := m.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: levelURI}, webrtc.RTPCodecTypeAudio); err != nil {
		return nil, fmt.Errorf("webrtc: %w", err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	cert, err := webrtc.GenerateCertificate(key)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	return &Engine{
		api: webrtc.NewAPI(webrtc.WithMediaEngine(m), webrtc.WithSettingEngine(loopback()),
			webrtc.WithInterceptorRegistry(&interceptor.Registry{})),
		config: webrtc.Configuration{Certificates: []webrtc.Certificate{*cert}, BundlePolicy: webrtc.BundlePolicyMaxBundle},
	}, nil
}

func opusCodec() webrtc.RTPCodecCapability {
	return webrtc.RTPCodecCapability{
		MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1",
	}
}

// loopback keeps everything on 127.0.0.1.
func loopback() webrtc.SettingEngine {
	var s webrtc.SettingEngine
	s.SetIncludeLoopbackCandidate(true)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	s.SetIPFilter(net.IP.IsLoopback)
	s.SetInterfaceFilter(func(name string) bool { return name == "lo" })
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetReceiveMTU(longestPacket)
	s.SetSRTPProtectionProfiles(srtpAES128GCM)
	return s
}

// exchange sends an offer somewhere and returns the answer.
type exchange func(offer string) (answer string, err error)

// connect makes a participant who sends and receives sound: the offer with all
// its candidates goes through swap.
func (e *Engine) connect(ctx context.Context, who Person, swap exchange) (*Peer, error) {
	pc, err := e.api.NewPeerConnection(e.config)
	if err != nil {
		return nil, fmt.Errorf("webrtc: %w", err)
	}
	p := &Peer{Leave: func() { _ = pc.Close() }} // nothing could be done about it
	if err := p.connect(ctx, pc, who, swap); err != nil {
		p.Leave()
		return nil, err
	}
	return p, nil
}

func (p *Peer) connect(ctx context.Context, pc *webrtc.PeerConnection, who Person, swap exchange) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	voice, err := webrtc.NewTrackLocalStaticRTP(opusCodec(), "voice", who.Name)
	if err != nil {
		return fmt.Errorf("webrtc: %w", err)
	}
	sender, err := pc.AddTrack(voice)
	if err != nil {
		return fmt.Errorf("webrtc: %w", err)
	}
	go drain(sender)
	pc.OnTrack(func(t *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { who.Hears(t) })
	states := watch(pc)
	offer, err := offerOf(ctx, pc)
	if err != nil {
		return err
	}
	answer, err := swap(offer)
	if err != nil {
		return err
	}
	if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	if err := wait(ctx, states); err != nil {
		return err
	}
	p.Voice, p.LevelID = voice, levelID(sender)
	return nil
}

// offerOf is complete: every candidate is in it.
func offerOf(ctx context.Context, pc *webrtc.PeerConnection) (string, error) {
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		return "", fmt.Errorf("offer: %w", err)
	}
	gathered := webrtc.GatheringCompletePromise(pc)
	if err := pc.SetLocalDescription(offer); err != nil {
		return "", fmt.Errorf("offer: %w", err)
	}
	select {
	case <-gathered:
		return pc.LocalDescription().SDP, nil
	case <-ctx.Done():
		return "", fmt.Errorf("offer: %w", ctx.Err())
	}
}

// watch tells of the states that matter to who waits for a connection; there
// are fewer of them than the channel holds.
func watch(pc *webrtc.PeerConnection) <-chan webrtc.PeerConnectionState {
	states := make(chan webrtc.PeerConnectionState, 16)
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		select {
		case states <- s:
		default:
		}
	})
	return states
}

func wait(ctx context.Context, states <-chan webrtc.PeerConnectionState) error {
	for {
		select {
		case s := <-states:
			switch s {
			case webrtc.PeerConnectionStateConnected:
				return nil
			case webrtc.PeerConnectionStateFailed, webrtc.PeerConnectionStateClosed:
				return fmt.Errorf("%w: %s", ErrNotConnected, s)
			default:
			}
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ErrNotConnected, ctx.Err())
		}
	}
}

// drain reads the reports about what was sent, until there are no more.
func drain(s *webrtc.RTPSender) {
	buf := make([]byte, longestPacket)
	for {
		if _, _, err := s.Read(buf); err != nil {
			return
		}
	}
}

// levelID is under which number the level was agreed on.
func levelID(s *webrtc.RTPSender) uint8 {
	for _, e := range s.GetParameters().HeaderExtensions {
		if e.URI == levelURI && e.ID > 0 && e.ID < 15 {
			return uint8(e.ID)
		}
	}
	return 0
}
