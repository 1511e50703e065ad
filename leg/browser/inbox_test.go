package browser

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"

	"github.com/botd-dev/botd/media"
)

// talk is a client that speaks to an inbox, and the ear that listens to it.
type talk struct {
	t      testing.TB
	in     *inbox
	source *source
	ear    *ear
	out    outboxes
	client *net.UDPConn
	cipher *srtp.Context
	secret *secret
	header rtp.Header
}

const talker = 0x9d8c7b6a // its SSRC

func newTalk(t testing.TB, profile int, network string) *talk {
	t.Helper()
	at := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}
	if network == "udp6" {
		at.IP = net.IPv6loopback
	}
	server, err := net.ListenUDP(network, at)
	fatal(t, err)
	socket, err := adopt(server)
	fatal(t, err)
	t.Cleanup(func() { _ = socket.close() })
	client, err := net.DialUDP(network, nil, server.LocalAddr().(*net.UDPAddr))
	fatal(t, err)
	t.Cleanup(func() { _ = client.Close() })
	c := &talk{
		t: t, ear: newTestEar(t), client: client, secret: known(t),
		header: rtp.Header{Version: 2, SSRC: talker, PayloadType: 111, SequenceNumber: 65500},
	}
	c.cipher = c.secret.cipher(profile, theirs)
	all := new(sources)
	c.source = newSource(c.secret, c.ear)
	all.add(talker, c.source)
	c.in = newInbox(socket, all, &c.out.hurried)
	c.out.all = []*outbox{{in: c.in}}
	return c
}

// packet is the next one of the client's sound, as it leaves.
func (c *talk) packet(payload string) []byte {
	c.t.Helper()
	c.header.SequenceNumber++
	c.header.Timestamp += media.FrameSize
	b, err := protect(c.cipher, nil, &c.header, []byte(payload))
	fatal(c.t, err)
	return b
}

// send sends; on loopback that is received with the call.
func (c *talk) send(b []byte) {
	c.t.Helper()
	_, err := c.client.Write(b)
	fatal(c.t, err)
}

func (c *talk) heard() int64 { return int64(c.ear.leg.port.buffer.Stats().Received) }

// next is what comes out for the peer connections, in another goroutine's time.
func (c *talk) next() <-chan []byte {
	got := make(chan []byte, 1)
	go func() {
		b := make([]byte, maxPacket)
		n, _, err := c.in.next(b)
		if err != nil {
			n = 0
		}
		got <- b[:n]
	}()
	return got
}

func TestSoundIsTakenWhenTheBridgeTicks(t *testing.T) {
	for i, p := range profiles {
		c := newTalk(t, i, "udp4")
		const packets = 45
		for range packets {
			c.send(c.packet("a word"))
		}
		if c.heard() != 0 {
			t.Fatalf("%v: %d packets were heard before the tick", p.srtp, c.heard())
		}
		c.in.fetch(time.Now())
		if c.heard() != packets {
			t.Errorf("%v: %d of %d packets were heard", p.srtp, c.heard(), packets)
		}
		if string(c.ear.packet.Payload) != "a word" || c.ear.packet.SequenceNumber != c.header.SequenceNumber {
			t.Errorf("%v: the last was %+v", p.srtp, c.ear.packet)
		}
	}
}

func TestOnePacketASecondGoesTheLongWayInToo(t *testing.T) {
	c := newTalk(t, 0, "udp6")
	var long [][]byte
	for n := range 10 * probeEvery {
		b := c.packet("a word")
		c.send(b)
		c.in.fetch(time.Now())
		if (n+1)%probeEvery == 0 {
			long = append(long, b)
		}
	}
	for _, want := range long {
		if got := <-c.next(); !bytes.Equal(got, want) {
			t.Fatalf("%x came out, want %x", got, want)
		}
	}
	if c.heard() != 10*probeEvery {
		t.Errorf("%d packets were heard", c.heard())
	}
	if last := long[len(long)-1]; !c.source.had(last) || c.source.had(last) {
		t.Error("a packet that came both ways is not known, or known for ever")
	}
	if c.source.had(c.packet("the next")) {
		t.Error("a packet is known that has not come")
	}
}

func TestWhatIsNoSoundIsForThePeerConnections(t *testing.T) {
	for _, network := range []string{"udp4", "udp6"} {
		c := newTalk(t, 0, network)
		stranger := append([]byte{0x80, 111, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1}, bytes.Repeat([]byte{7}, 40)...)
		key := append([]byte(nil), stranger...)
		key[1] = 110 // a telephone-event of the client
		binary.BigEndian.PutUint32(key[8:], talker)
		sent := [][]byte{
			{0, 1, 0, 0}, {22, 254, 253}, {0x80, 200, 0, 6, 0, 0, 0, 9}, {0x80, 111}, {0x80}, stranger, key,
		}
		for _, b := range sent {
			c.send(b)
		}
		c.in.fetch(time.Now())
		b := make([]byte, maxPacket)
		from := netip.MustParseAddrPort(c.client.LocalAddr().String())
		for _, want := range sent {
			n, at, err := c.in.next(b)
			fatal(t, err)
			if !bytes.Equal(b[:n], want) || at != from {
				t.Errorf("%s: %x from %v came out, want %x from %v", network, b[:n], at, want, from)
			}
		}
		if c.heard() != 0 {
			t.Error("some of it was heard")
		}
	}
}

func TestASocketThatNobodyFetchesFromIsReadAtOnce(t *testing.T) {
	c := newTalk(t, 0, "udp4")
	got := c.next()
	c.send(c.packet("a word")) // is heard, and ends no wait
	c.send([]byte{0, 1, 2})
	if b := <-got; !bytes.Equal(b, []byte{0, 1, 2}) {
		t.Errorf("%x came out", b)
	}
	if c.heard() != 1 {
		t.Errorf("%d packets were heard", c.heard())
	}
}

func TestWhileSomebodyConnectsASocketIsReadAtOnce(t *testing.T) {
	c := newTalk(t, 0, "udp4")
	c.in.fetch(time.Now().Add(time.Hour)) // a clock ticks
	got := c.next()
	c.send([]byte{22, 254, 253}) // waits for the next tick
	done := c.out.hurry()
	if b := <-got; len(b) != 3 {
		t.Errorf("%x came out", b)
	}
	done()
	done()
	if c.out.hurried.Load() != 0 {
		t.Errorf("%d are connecting", c.out.hurried.Load())
	}
}

func TestASocketThatIsReadByWaitingOnlyIsReadAtOnce(t *testing.T) {
	c := newTalk(t, 0, "udp4")
	c.in.lazy = false                     // as outside of Linux
	c.in.fetch(time.Now().Add(time.Hour)) // a clock ticks
	got := c.next()
	c.send(c.packet("a word"))
	c.send([]byte{0, 1, 2})
	if b := <-got; len(b) != 3 || c.heard() != 1 {
		t.Errorf("%x came out, and %d packets were heard", b, c.heard())
	}
}

func TestAFetchFindsASocketThatIsBeingReadAndLeavesIt(t *testing.T) {
	c := newTalk(t, 0, "udp4")
	got := c.next()
	for range 100 {
		c.in.fetch(time.Now())
	}
	c.send([]byte{0, 1, 2})
	for {
		select {
		case b := <-got:
			if len(b) != 3 {
				t.Errorf("%x came out", b)
			}
			return
		default:
			c.in.fetch(time.Now())
		}
	}
}

func TestForgedAndRepeatedSoundIsForThePeerConnectionToTell(t *testing.T) {
	c := newTalk(t, 0, "udp4")
	first, second := c.packet("one"), c.packet("two")
	forged := append([]byte(nil), second...)
	forged[len(forged)-1] ^= 1
	for _, b := range [][]byte{first, first, forged, second, second} {
		c.send(b)
	}
	c.in.fetch(time.Now())
	if c.heard() != 2 {
		t.Errorf("%d packets were heard, want 2", c.heard())
	}
	for _, want := range [][]byte{first, forged, second} {
		if got := <-c.next(); !bytes.Equal(got, want) {
			t.Errorf("%x came out, want %x", got, want)
		}
	}
	if !c.source.had(first) || !c.source.had(second) {
		t.Error("what is repeated would be heard once more")
	}
}

func TestSoundThatNoCipherOpensGoesTheLongWay(t *testing.T) {
	c := newTalk(t, 0, "udp4")
	other := known(t)
	other.master = bytes.Repeat([]byte{9}, 48)
	c.cipher = other.cipher(0, theirs)
	for range 2 * triesMost {
		want := c.packet("a word")
		c.send(want)
		c.in.fetch(time.Now())
		if got := <-c.next(); !bytes.Equal(got, want) {
			t.Fatalf("%x came out, want %x", got, want)
		}
	}
}

func TestAFloodKeepsNoTickWaiting(t *testing.T) {
	c := newTalk(t, 0, "udp4")
	for n := range 2 * strayMost {
		if c.send([]byte{22, 254, 253}); n%inboxSize == 0 {
			c.in.fetch(time.Now())
		}
	}
	c.in.fetch(time.Now())
	if n := len(c.in.strays.waiting); n > strayMost {
		t.Errorf("%d packets wait", n)
	}
	for range strayMost {
		if n, _ := c.in.strays.take(make([]byte, maxPacket)); n != 3 {
			t.Fatalf("a packet of %d octets waited", n)
		}
	}
	if c.in.strays.some() {
		t.Error("there are more than may wait")
	}
	if _, _, wait, _ := c.in.look(make([]byte, maxPacket)); wait {
		t.Error("what comes in a flood is read at ticks only")
	}
	c.in.flooded = c.in.flooded.Add(-restAtMost)
	if _, _, wait, _ := c.in.look(make([]byte, maxPacket)); !wait {
		t.Error("after it the socket is not left to the ticks again")
	}
}

func TestAClosedSocketEndsWhoWaitsForIt(t *testing.T) {
	c := newTalk(t, 0, "udp4")
	c.in.fetch(time.Now().Add(time.Hour))
	ended := make(chan error)
	go func() {
		_, _, err := c.in.next(make([]byte, maxPacket))
		ended <- err
	}()
	c.in.close()
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("it ended with %v", err)
	}
}

func TestAPacketIsKnownToHaveComeBeforeItIsRead(t *testing.T) {
	c := newTalk(t, 0, "udp4")
	before := time.Now()
	c.send([]byte{1})
	sent := time.Now()
	for time.Since(sent) < 20*time.Millisecond { // as long as a tick
		c.send([]byte{2})
	}
	n, err := c.in.kernel.receive(false)
	fatal(t, err)
	now := time.Now()
	for i := range n {
		if at := c.in.kernel.at(i, now, time.Time{}); at.Before(before.Add(-time.Millisecond)) || at.After(now) {
			t.Fatalf("it came %v after it was sent", at.Sub(before))
		}
	}
	if at := c.in.kernel.at(0, now, time.Time{}); at.After(sent.Add(time.Millisecond)) {
		t.Errorf("it came %v after it was sent", at.Sub(sent))
	}
}

func TestAFetchOfSoundAllocatesNothing(t *testing.T) {
	c := newTalk(t, 0, "udp4")
	f := media.NewFrame(media.Rate)
	packets := make([][]byte, 400)
	for i, b := range speechPackets(t, len(packets)) {
		var said rtp.Packet
		fatal(t, said.Unmarshal(b))
		packets[i] = c.packet(string(said.Payload))
	}
	next, now := 0, time.Now()
	tick := func() {
		_, _ = c.client.Write(packets[next])
		next++
		c.in.fetch(now)
		c.ear.leg.port.Level()
		_ = c.ear.leg.port.Read(f)
	}
	for range 100 {
		tick()
	}
	if n := testing.AllocsPerRun(200, tick); n != 0 {
		t.Errorf("%v allocations a fetch", n)
	}
}

func FuzzSourcesTakeNothingThatIsForged(f *testing.F) {
	c := newTalk(f, 0, "udp4")
	f.Add(c.packet("a word"))
	f.Add(binary.BigEndian.AppendUint32([]byte{0x80, 111, 0, 1, 0, 0, 0, 2}, talker))
	f.Add(append(binary.BigEndian.AppendUint32([]byte{0xbf, 111, 0, 1, 0, 0, 0, 2}, talker), 0xbe, 0xde, 0, 200))
	other := known(f)
	other.master = bytes.Repeat([]byte{9}, 48) // nobody knows it
	f.Fuzz(func(t *testing.T, packet []byte) {
		e := newTestEar(t)
		all := new(sources)
		s := newSource(other, e)
		s.cipher = other.cipher(0, theirs, srtp.SRTPReplayProtection(replayWindow))
		all.add(talker, s)
		if isSound(packet) && all.take(packet, time.Now()) {
			t.Errorf("%x is kept from the peer connection", packet)
		}
		if n := e.leg.port.buffer.Stats().Received; n != 0 {
			t.Errorf("%x was heard", packet)
		}
	})
}

func BenchmarkFetch(b *testing.B) {
	c := newTalk(b, 0, "udp4")
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		for range inboxSize {
			c.send(c.packet("what is said, for as long as twenty milliseconds"))
		}
		b.StartTimer()
		c.in.fetch(time.Now())
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/inboxSize, "ns/packet")
}
