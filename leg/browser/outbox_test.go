package browser

import (
	"bytes"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"
)

// peers are sockets that packets go to.
func peers(t testing.TB, n int) (conns []*net.UDPConn, at []netip.AddrPort) {
	t.Helper()
	for range n {
		c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		fatal(t, err)
		t.Cleanup(func() { _ = c.Close() })
		conns = append(conns, c)
		at = append(at, netip.MustParseAddrPort(c.LocalAddr().String()))
	}
	return conns, at
}

func openOutbox(t testing.TB, held bool) (*outbox, *tally) {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	fatal(t, err)
	dropped := new(tally)
	o, err := newOutbox(conn, dropped, new(sources), new(atomic.Int32))
	fatal(t, err)
	t.Cleanup(func() { _ = o.Close() })
	o.held = held
	return o, dropped
}

// comes is what a socket got, nil if nothing is there.
func comes(t *testing.T, c *net.UDPConn, within time.Duration) []byte {
	t.Helper()
	fatal(t, c.SetReadDeadline(time.Now().Add(within)))
	b := make([]byte, 2000)
	n, err := c.Read(b)
	if err != nil {
		return nil
	}
	return b[:n]
}

func TestSoundWaitsForTheEndOfTheTickAndNothingElseDoes(t *testing.T) {
	conns, at := peers(t, 2)
	o, dropped := openOutbox(t, true)
	rtp, rtcp, stun := []byte{0x80, 0xef, 1}, []byte{0x80, 200, 2}, []byte{0, 1, 3}
	for _, b := range [][]byte{rtp, rtcp, stun} {
		if n, err := o.WriteToAddrPort(b, at[0]); n != len(b) || err != nil {
			t.Fatal(n, err)
		}
	}
	if _, err := o.WriteToAddrPort(rtp, at[1]); err != nil {
		t.Fatal(err)
	}
	for _, want := range [][]byte{rtcp, stun} {
		if got := comes(t, conns[0], time.Minute); !bytes.Equal(got, want) {
			t.Errorf("before the end of the tick came %x, not %x", got, want)
		}
	}
	o.flush()
	for _, c := range conns {
		if got := comes(t, c, time.Minute); !bytes.Equal(got, rtp) {
			t.Errorf("after it came %x", got)
		}
	}
	if *dropped != 0 {
		t.Errorf("%d dropped", *dropped)
	}
}

func TestABatchThatIsFullLeaves(t *testing.T) {
	conns, at := peers(t, outboxSize+1)
	o, _ := openOutbox(t, true)
	for i := range at {
		_, err := o.WriteToAddrPort([]byte{0x80, 111, byte(i)}, at[i])
		fatal(t, err)
	}
	for i, c := range conns[:outboxSize] {
		if got := comes(t, c, time.Minute); len(got) != 3 || got[2] != byte(i) {
			t.Fatalf("listener %d got %x", i, got)
		}
	}
	o.flush()
	if got := comes(t, conns[outboxSize], time.Minute); len(got) != 3 {
		t.Errorf("the last got %x", got)
	}
}

func TestWhatCannotBeSentIsDroppedAndTheRestIsNot(t *testing.T) {
	conns, at := peers(t, 2)
	o, dropped := openOutbox(t, true)
	nowhere := netip.MustParseAddrPort("127.0.0.1:0") // no port: the kernel refuses
	for _, to := range []netip.AddrPort{at[0], nowhere, at[1]} {
		_, err := o.WriteToAddrPort([]byte{0x80, 111, 5}, to)
		fatal(t, err)
	}
	o.flush()
	for _, c := range conns {
		if got := comes(t, c, time.Minute); len(got) != 3 {
			t.Errorf("it got %x", got)
		}
	}
	if *dropped != 1 {
		t.Errorf("%d dropped", *dropped)
	}
}

func TestAnAddressOfAnotherFamilyIsNotReached(t *testing.T) {
	o, dropped := openOutbox(t, false)
	for i, to := range []netip.AddrPort{netip.MustParseAddrPort("[::1]:9"), {}} {
		if _, err := o.WriteToAddrPort([]byte{0, 1, 3}, to); err == nil {
			t.Errorf("a check is sent to %v", to)
		}
		_, err := o.WriteToAddrPort([]byte{0x80, 111, 5}, to)
		fatal(t, err)
		if *dropped != tally(i+1) {
			t.Errorf("%d dropped", *dropped)
		}
	}
}

func TestWithoutATickSoundLeavesAtOnce(t *testing.T) {
	conns, at := peers(t, 1)
	o, _ := openOutbox(t, false)
	_, err := o.WriteToAddrPort([]byte{0x80, 111, 5}, at[0])
	fatal(t, err)
	if got := comes(t, conns[0], time.Minute); len(got) != 3 {
		t.Errorf("it got %x", got)
	}
}

func BenchmarkOutbox(b *testing.B) {
	for name, held := range map[string]bool{"each": false, "batched": true} {
		b.Run(name, func(b *testing.B) {
			c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
			fatal(b, err)
			defer c.Close() //nolint:errcheck // nothing is read
			to := netip.MustParseAddrPort(c.LocalAddr().String())
			o, _ := openOutbox(b, held)
			packet := make([]byte, 130)
			packet[0], packet[1] = 0x80, 111
			b.ReportAllocs()
			for b.Loop() {
				_, _ = o.WriteToAddrPort(packet, to)
			}
			o.flush()
		})
	}
}
