package browser

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/sdp/v3"
	"github.com/pion/transport/v4/stdnet"
	"github.com/pion/webrtc/v4"

	"github.com/botd-dev/botd/media/dtmf"
)

// How long a network may be silent. A peer is lost after the first, which must
// be well under the 10 s in which that is told; the call decides when it is
// removed, so the second only has to be longer than any call waits.
const (
	iceSilent    = 5 * time.Second
	iceFailed    = 5 * time.Minute
	iceKeepalive = 2 * time.Second
)

// What a TCP connection may cost before it has shown that it belongs to a call.
const (
	tcpReadPackets  = 32
	tcpWriteBytes   = 256 << 10
	tcpFirstMessage = 5 * time.Second
)

// opusCodec is what both sides speak (RFC 7587, section 6.1).
var opusCodec = webrtc.RTPCodecCapability{
	MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2,
	SDPFmtpLine: "minptime=10;useinbandfec=1", RTCPFeedback: feedback(),
}

// feedback is what a client may tell about our packets, and we about its own.
func feedback() []webrtc.RTCPFeedback {
	return []webrtc.RTCPFeedback{{Type: webrtc.TypeRTCPFBNACK}, {Type: webrtc.TypeRTCPFBTransportCC}}
}

// codecs are what an answer may choose from. The last row takes an Opus whose
// parameters are not ours; without it the keys alone would be agreed upon.
var codecs = []webrtc.RTPCodecParameters{
	{RTPCodecCapability: opusCodec, PayloadType: 111},
	{RTPCodecCapability: redCodec, PayloadType: 63},
	{RTPCodecCapability: keys(48000), PayloadType: 110},
	{RTPCodecCapability: keys(8000), PayloadType: 126},
	{RTPCodecCapability: webrtc.RTPCodecCapability{
		MimeType: opusCodec.MimeType, ClockRate: opusCodec.ClockRate, Channels: opusCodec.Channels,
		RTCPFeedback: feedback(),
	}, PayloadType: 109},
}

// redCodec is Opus with redundancy (RFC 2198): each payload comes once more with
// the next one. A client that wants it puts it first.
var redCodec = webrtc.RTPCodecCapability{
	MimeType: mimeRED, ClockRate: 48000, Channels: 2, SDPFmtpLine: "111/111",
}

const mimeRED = "audio/red"

// mimeKeys is the type of telephone-events.
const mimeKeys = "audio/" + dtmf.Encoding

func keys(rate uint32) webrtc.RTPCodecCapability {
	return webrtc.RTPCodecCapability{MimeType: mimeKeys, ClockRate: rate}
}

// engine makes peer connections that all share one UDP and one TCP port.
type engine struct {
	media    *webrtc.MediaEngine
	settings webrtc.SettingEngine
	cert     webrtc.Certificate
	port     int
	udp      ice.UDPMux
	tcp      ice.TCPMux
	out      outboxes // the UDP sockets

	watch func(net.Listener) net.Listener
}

func newEngine(cfg Config, m *metrics) (*engine, error) {
	bind := netip.MustParseAddr(cfg.MediaBind) // Validate has parsed it
	logs := pionLog{cfg.Log.Named("pion")}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("media certificate: %w", err)
	}
	cert, err := webrtc.GenerateCertificate(key)
	if err != nil {
		return nil, fmt.Errorf("media certificate: %w", err)
	}
	e := &engine{cert: *cert, watch: cfg.Watch, out: outboxes{dropped: m.sound, held: cfg.Batched}}
	if e.out.Net, err = stdnet.NewNet(); err != nil {
		return nil, fmt.Errorf("media network: %w", err)
	}
	if err := e.listen(bind, cfg.MediaPort, logs); err != nil {
		return nil, err
	}
	if err := e.prepare(bind, cfg.PublicIP, logs); err != nil {
		return nil, errors.Join(err, e.close())
	}
	return e, nil
}

// listen opens the TCP port and the UDP port of the same number.
func (e *engine) listen(bind netip.Addr, port int, logs logging.LoggerFactory) error {
	const tries = 8 // only where the number is free to choose
	var err error
	for range tries {
		if err = e.open(bind, port, logs); err == nil || port != 0 {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("media port: %w", err)
	}
	return nil
}

func (e *engine) open(bind netip.Addr, port int, logs logging.LoggerFactory) error {
	l, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(netip.AddrPortFrom(bind, uint16(port)))) //nolint:gosec // validated
	if err != nil {
		return err
	}
	e.port = l.Addr().(*net.TCPAddr).Port //nolint:errcheck,forcetypeassert // a TCP listener
	if e.udp, err = e.openUDP(bind, logs); err != nil {
		return errors.Join(err, l.Close())
	}
	e.tcp = ice.NewTCPMuxDefault(ice.TCPMuxParams{
		Listener: e.watch(l), Logger: logs.NewLogger("tcp"),
		ReadBufferSize: tcpReadPackets, WriteBufferSize: tcpWriteBytes,
		FirstStunBindTimeout: tcpFirstMessage, AliveDurationForConnFromStun: tcpFirstMessage,
	})
	return nil
}

// openUDP listens on every interface by itself where bind is unspecified, so
// that an answer leaves from the address that was asked.
func (e *engine) openUDP(bind netip.Addr, logs logging.LoggerFactory) (ice.UDPMux, error) {
	log := logs.NewLogger("udp")
	if bind.IsUnspecified() {
		return ice.NewMultiUDPMuxFromPort(e.port,
			ice.UDPMuxFromPortWithNet(&e.out), ice.UDPMuxFromPortWithLoopback(), ice.UDPMuxFromPortWithNetworks(udpNetworks(bind)...),
			ice.UDPMuxFromPortWithLogger(log))
	}
	conn, err := e.out.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(bind, uint16(e.port)))) //nolint:gosec // a port
	if err != nil {
		return nil, err
	}
	return ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: conn, Logger: log}), nil
}

func udpNetworks(bind netip.Addr) []ice.NetworkType {
	if bind.Is4() {
		return []ice.NetworkType{ice.NetworkTypeUDP4}
	}
	return []ice.NetworkType{ice.NetworkTypeUDP4, ice.NetworkTypeUDP6}
}

func networks(bind netip.Addr) []webrtc.NetworkType {
	v4 := []webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeTCP4}
	if bind.Is4() {
		return v4
	}
	return append(v4, webrtc.NetworkTypeUDP6, webrtc.NetworkTypeTCP6)
}

// prepare is what all peer connections have in common.
func (e *engine) prepare(bind netip.Addr, public string, logs logging.LoggerFactory) (err error) {
	if e.settings, err = settings(e, bind, public, logs); err != nil {
		return err
	}
	e.media = &webrtc.MediaEngine{}
	if err := register(e.media); err != nil {
		return fmt.Errorf("media engine: %w", err)
	}
	return nil
}

// api makes one peer connection, whose handshake s observes, and whose streams
// wait in those of all.
//
// It has no interceptors: each would cost every packet something, and goroutines
// and timers for each peer. Reports and feedback are ours (receipts, track).
func (e *engine) api(s *secret, all *streams) *webrtc.API {
	settings := e.settings
	s.observe(&settings)
	settings.BufferFactory = all.buffer
	settings.SetICEBindingRequestHandler((&roamer{now: time.Now}).request)
	return webrtc.NewAPI(webrtc.WithSettingEngine(settings), webrtc.WithMediaEngine(e.media),
		webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
}

func settings(e *engine, bind netip.Addr, public string, logs logging.LoggerFactory) (webrtc.SettingEngine, error) {
	s := webrtc.SettingEngine{LoggerFactory: logs}
	s.SetICEUDPMux(e.udp)
	s.SetICETCPMux(e.tcp)
	s.DisableActiveTCP(true) // a candidate must not make us dial
	s.SetNetworkTypes(networks(bind))
	s.SetIncludeLoopbackCandidate(true)
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetICETimeouts(iceSilent, iceFailed, iceKeepalive)
	s.SetRemoteIPFilter(plausible)
	s.SetSRTPProtectionProfiles(offeredProfiles()...)
	if err := s.SetAnsweringDTLSRole(webrtc.DTLSRoleServer); err != nil { // see secret
		return s, fmt.Errorf("dtls role: %w", err)
	}
	if public == "" {
		return s, nil
	}
	err := s.SetICEAddressRewriteRules(webrtc.ICEAddressRewriteRule{
		External: []string{public}, Local: facing(bind, public),
		AsCandidateType: webrtc.ICECandidateTypeHost, Mode: webrtc.ICEAddressRewriteAppend,
	})
	if err != nil {
		return s, fmt.Errorf("public ip: %w", err)
	}
	return s, nil
}

// plausible keeps connectivity checks away from addresses where no browser is.
func plausible(ip net.IP) bool {
	return !ip.IsUnspecified() && !ip.IsMulticast() && !ip.IsLinkLocalUnicast() && !ip.Equal(net.IPv4bcast)
}

// facing is the local address that the public one stands for: the one that
// packets to it would leave from. Nothing is sent to find out.
func facing(bind netip.Addr, public string) string {
	if !bind.IsUnspecified() {
		return bind.String()
	}
	conn, err := net.Dial("udp", net.JoinHostPort(public, "9")) //nolint:noctx // returns at once
	if err != nil {
		return ""
	}
	defer conn.Close()                                 //nolint:errcheck // nothing was written
	return conn.LocalAddr().(*net.UDPAddr).IP.String() //nolint:errcheck,forcetypeassert // a UDP socket
}

// register offers the codecs, the audio level (RFC 6464) and transport-wide
// sequence numbers.
func register(m *webrtc.MediaEngine) error {
	for _, c := range codecs {
		if err := m.RegisterCodec(c, webrtc.RTPCodecTypeAudio); err != nil {
			return err
		}
	}
	for _, uri := range []string{sdp.AudioLevelURI, sdp.TransportCCURI} {
		err := m.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: uri}, webrtc.RTPCodecTypeAudio)
		if err != nil {
			return err
		}
	}
	return nil
}

func (e *engine) close() error { return errors.Join(e.udp.Close(), e.tcp.Close()) }
