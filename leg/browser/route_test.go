package browser

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/dtls/v3/pkg/protocol/handshake"
	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"

	"github.com/botd-dev/botd/media"
)

// known is a secret after a handshake.
func known(t testing.TB) *secret {
	t.Helper()
	s := new(secret)
	suite := uint16(dtls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256)
	s.hello(handshake.MessageServerHello{CipherSuiteID: &suite})
	_, err := s.Write([]byte("CLIENT_RANDOM " + hex.EncodeToString(bytes.Repeat([]byte{3}, 32)) + " " +
		hex.EncodeToString(bytes.Repeat([]byte{5}, 48)) + "\n"))
	fatal(t, err)
	return s
}

// longWay is what a peer connection does with packets: it encrypts them with a
// cipher of its own and gives them to the outbox.
type longWay struct {
	t      *testing.T
	cipher *srtp.Context
	out    *outbox
	to     netip.AddrPort
	taken  int
}

func (l *longWay) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	l.taken++
	b, err := protect(l.cipher, nil, h, payload)
	fatal(l.t, err)
	_, err = l.out.WriteToAddrPort(b, l.to)
	fatal(l.t, err)
	return len(payload), nil
}

func (l *longWay) Write(b []byte) (int, error) { return len(b), nil }

// routed is a track with both ways, and the socket where it ends.
func routed(t *testing.T, profile int) (*track, *longWay, func() *rtp.Packet) {
	t.Helper()
	conns, at := peers(t, 1)
	o, _ := openOutbox(t, false)
	o.tracks = new(tracks)
	s := known(t)
	out := newTrack()
	out.route.secret, out.tracks = s, o.tracks
	way := &longWay{t: t, cipher: s.cipher(profile, ours), out: o, to: at[0]}
	out.bound.Store(&binding{stream: way, ssrc: 7, opus: 111})
	o.tracks.add(7, out)
	opened := s.cipher(profile, ours)
	return out, way, func() *rtp.Packet {
		b := comes(t, conns[0], time.Minute)
		clear, err := opened.DecryptRTP(nil, b, nil)
		fatal(t, err)
		p := new(rtp.Packet)
		fatal(t, p.Unmarshal(clear))
		return p
	}
}

func TestOnePacketASecondGoesTheLongWay(t *testing.T) {
	for i, p := range profiles {
		out, way, next := routed(t, i)
		var last uint16
		for n := range 10 * probeEvery {
			out.hear(toHear("what is heard"))
			got := next()
			if string(got.Payload) != "what is heard" || got.SSRC != 7 {
				t.Fatalf("%v: it got %+v", p.srtp, got)
			}
			if n > 0 && got.SequenceNumber != last+1 {
				t.Fatalf("%v: number %d comes after %d", p.srtp, got.SequenceNumber, last)
			}
			last = got.SequenceNumber
		}
		if way.taken != 11 { // the first too
			t.Errorf("%v: %d of %d packets went the long way", p.srtp, way.taken, 10*probeEvery)
		}
	}
}

func TestAnotherCipherTakesTheLongWay(t *testing.T) {
	out, way, _ := routed(t, 0)
	other := known(t)
	other.master = bytes.Repeat([]byte{9}, 48)
	way.cipher = other.cipher(0, ours)
	for range 2 * probeEvery {
		out.hear(toHear("a"))
	}
	if way.taken != 2*probeEvery {
		t.Errorf("%d of %d packets went the long way", way.taken, 2*probeEvery)
	}
}

func TestAPeerThatIsKnownToHaveMovedIsFollowedAtOnce(t *testing.T) {
	out, way, next := routed(t, 0)
	elsewhere, at := peers(t, 1)
	out.hear(toHear("a"))
	out.hear(toHear("b"))
	next()
	next()
	way.to = at[0]
	out.moved.Store(true)
	for n := range 3 {
		out.hear(toHear("c"))
		if len(comes(t, elsewhere[0], time.Minute)) == 0 {
			t.Fatalf("packet %d did not come to its new address", n)
		}
	}
	if way.taken != 2 {
		t.Errorf("%d packets went the long way", way.taken)
	}
}

func TestAPeerThatMovesIsFollowedWithinASecond(t *testing.T) {
	out, way, next := routed(t, 0)
	elsewhere, at := peers(t, 1)
	out.hear(toHear("a"))
	next()
	way.to = at[0]
	for range 2 * probeEvery {
		out.hear(toHear("b"))
	}
	if len(comes(t, elsewhere[0], time.Minute)) == 0 {
		t.Error("nothing came to its new address")
	}
	if out.route.to != at[0] {
		t.Errorf("its address is %v", out.route.to)
	}
}

func TestAPeerThatIsNotReachedOverUDPTakesTheLongWay(t *testing.T) {
	out, way, next := routed(t, 0)
	out.hear(toHear("a"))
	next()
	tcp, sent := newTrack(), &sent{}
	tcp.route.secret, tcp.tracks = known(t), out.tracks
	tcp.bound.Store(&binding{stream: sent, ssrc: 8, opus: 111})
	for range 2 * probeEvery {
		tcp.hear(toHear("b"))
	}
	if len(sent.headers) != 2*probeEvery || way.taken != 1 {
		t.Errorf("%d packets over TCP", len(sent.headers))
	}
}

func TestAHandshakeAsAClientTellsNoKeys(t *testing.T) {
	s := new(secret)
	_, err := s.Write([]byte("CLIENT_RANDOM 0102 0304\n"))
	fatal(t, err)
	if s.cipher(0, ours) != nil {
		t.Error("there is a cipher")
	}
}

func FuzzKeyMaterial(f *testing.F) {
	f.Add([]byte("CLIENT_RANDOM 0102 0304\n"))
	f.Add([]byte("CLIENT_RANDOM zz 0304"))
	f.Fuzz(func(t *testing.T, line []byte) {
		s := known(t)
		if n, err := s.Write(line); n != len(line) || err != nil {
			t.Error(n, err)
		}
		s.cipher(0, ours)
	})
}

func BenchmarkShortWay(b *testing.B) {
	o, _ := openOutbox(b, true)
	_, at := peers(b, 1)
	s := known(b)
	all := make([]*track, 200)
	for i := range all {
		all[i] = newTrack()
		all[i].bound.Store(&binding{ssrc: uint32(i), opus: 111})
		all[i].route = route{cipher: s.cipher(0, ours), out: o, to: at[0]}
	}
	sound := media.Sound{Payload: make([]byte, 90)}
	b.ReportAllocs()
	for b.Loop() {
		for _, out := range all {
			out.packets = 0
			out.hear(sound)
		}
		o.flush()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(all)), "ns/packet")
}
