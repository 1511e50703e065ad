package netlab

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ends are a client and a server with a NAT between them.
type ends struct {
	t      *testing.T
	nat    *NAT
	client *net.UDPConn
	server *net.UDPConn
	inside netip.AddrPort
}

func between(t *testing.T) *ends {
	t.Helper()
	e := &ends{t: t}
	var err error
	if e.nat, err = NewNAT(); err != nil {
		t.Fatal(err)
	}
	if e.client, err = localSocket(); err != nil {
		t.Fatal(err)
	}
	if e.server, err = localSocket(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(e.nat.Close(), e.client.Close(), e.server.Close()); err != nil {
			t.Error(err)
		}
	})
	port := e.server.LocalAddr().(*net.UDPAddr).Port
	answer, err := e.nat.Answer(fmt.Sprintf("v=0\r\n"+
		"a=candidate:1 1 tcp 1 127.0.0.1 %d typ host tcptype passive\r\n"+
		"a=candidate:2 1 udp 1 10.0.0.1 %d typ host\r\n"+
		"a=candidate:3 1 udp 1 127.0.0.1 %d typ host\r\na=end-of-candidates\r\n", port, port, port))
	if err != nil {
		t.Fatal(err)
	}
	_, candidates := withoutCandidates(answer)
	if len(candidates) != 1 {
		t.Fatalf("the answer has %q", candidates)
	}
	if e.inside, _ = localUDP(candidates[0]); int(e.inside.Port()) == port {
		t.Fatal("the answer has the server's own address")
	}
	return e
}

// reaches sends a word and waits for it, and returns from where it came.
func (e *ends) reaches(word string, from, to *net.UDPConn, at netip.AddrPort) netip.AddrPort {
	e.t.Helper()
	if _, err := from.WriteToUDPAddrPort([]byte(word), at); err != nil {
		e.t.Fatal(err)
	}
	return e.comes(word, to)
}

func (e *ends) comes(word string, to *net.UDPConn) netip.AddrPort {
	e.t.Helper()
	b := make([]byte, 100)
	_ = to.SetReadDeadline(time.Now().Add(10 * time.Second))
	n, came, err := to.ReadFromUDPAddrPort(b)
	if err != nil || string(b[:n]) != word {
		e.t.Fatalf("%q came, want %q: %v", b[:n], word, err)
	}
	return came
}

func TestTheServerHearsTheClientFromOutsideAndAnswersThere(t *testing.T) {
	e := between(t)
	outside := e.reaches("hello", e.client, e.server, e.inside)
	if outside == e.inside {
		t.Error("inside is outside")
	}
	if from := e.reaches("welcome", e.server, e.client, outside); from != e.inside {
		t.Errorf("the client hears from %v, want %v", from, e.inside)
	}
	if up, down := e.nat.Counts(); up.Seen != 1 || down.Seen != 1 || up.Lost+down.Lost > 0 {
		t.Errorf("counted %v up and %v down", up, down)
	}
}

func TestAfterARebindingTheClientComesFromElsewhere(t *testing.T) {
	e := between(t)
	before := e.reaches("hello", e.client, e.server, e.inside)
	if err := e.nat.Rebind(); err != nil {
		t.Fatal(err)
	}
	if _, err := e.server.WriteToUDPAddrPort([]byte("lost"), before); err != nil {
		t.Fatal(err)
	}
	after := e.reaches("hello again", e.client, e.server, e.inside)
	if after == before {
		t.Error("the address is the same")
	}
	e.reaches("welcome", e.server, e.client, after)
}

func TestTheWeatherDecidesWhatComes(t *testing.T) {
	e := between(t)
	e.reaches("hello", e.client, e.server, e.inside)
	e.nat.Change(Weather{Loss: 1}, Weather{}, 1)
	for range 20 {
		if _, err := e.client.WriteToUDPAddrPort([]byte("lost"), e.inside); err != nil {
			t.Fatal(err)
		}
	}
	for up, _ := e.nat.Counts(); up.Seen < 20; up, _ = e.nat.Counts() {
		if err := e.client.SetReadDeadline(time.Now().Add(5 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		_, _ = e.client.Read(make([]byte, 1)) // nothing comes
	}
	if up, _ := e.nat.Counts(); up != (Counts{Seen: 20, Lost: 20, Longest: 20}) {
		t.Errorf("counted %v", up)
	}
	e.nat.Change(Weather{Reorder: 1, Hold: 50 * time.Millisecond, Duplicate: 1}, Weather{}, 1)
	e.reaches("twice", e.client, e.server, e.inside)
	e.comes("twice", e.server)
}

func TestWhatIsDueComesInTheOrderOfItsTimes(t *testing.T) {
	q := &queue{kick: make(chan struct{}, 1)}
	var got []string
	now := time.Now()
	for _, row := range []struct {
		word string
		in   time.Duration
	}{{"third", 3}, {"first", 1}, {"second", 2}, {"second too", 2}, {"later", 100}} {
		q.put(now.Add(row.in), []byte(row.word), func(b []byte) { got = append(got, string(b)) })
	}
	if wait := q.flush(now.Add(50)); wait != 50 {
		t.Errorf("the next is due in %v", wait)
	}
	if want := "first second second too third"; strings.Join(got, " ") != want {
		t.Errorf("sent %q, want %q", got, want)
	}
}

func TestAnAnswerWithoutAnAddressHereIsRefused(t *testing.T) {
	n, err := NewNAT()
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	for _, answer := range []string{"", "v=0\r\na=candidate:1 1 tcp 1 127.0.0.1 9 typ host\r\n", "a=candidate:1 1 udp 1 127.0.0.1 70000 typ host\r\n"} {
		if _, err := n.Answer(answer); !errors.Is(err, ErrNoCandidate) {
			t.Errorf("%q: %v", answer, err)
		}
	}
}

func FuzzDescription(f *testing.F) {
	f.Add("v=0\r\na=candidate:1 1 udp 2130706431 127.0.0.1 40000 typ host\r\na=mid:0\r\na=end-of-candidates\r\n")
	f.Add("a=candidate:\na=candidate:1 1 UDP 1 ::1 1 typ host")
	f.Fuzz(func(t *testing.T, description string) {
		kept, candidates := withoutCandidates(description)
		again, none := withoutCandidates(kept)
		if again != kept || len(none) > 0 {
			t.Errorf("%q leaves %q", description, kept)
		}
		for _, line := range candidates {
			if at, ok := localUDP(line); ok && (!at.Addr().IsLoopback() || at.Port() == 0) {
				t.Errorf("%q is at %v", line, at)
			}
		}
	})
}
