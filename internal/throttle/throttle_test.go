package throttle

import (
	"errors"
	"net"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// taken is how often one may, before it is too often.
func taken(l *Limiter, key string) int {
	for n := range 1_000_000 {
		if l.Take(key) != nil {
			return n
		}
	}
	return -1
}

func TestABudgetIsSpentAtOnceAndComesBackEvenly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New(Rate{30, 30 * time.Second})
		if n := taken(l, "a"); n != 30 {
			t.Errorf("%d at once, want 30", n)
		}
		if n := taken(l, "b"); n != 30 {
			t.Errorf("somebody else has %d, want 30", n)
		}
		time.Sleep(10 * time.Second)
		if n := taken(l, "a"); n != 10 {
			t.Errorf("%d after a third of the time, want 10", n)
		}
		time.Sleep(time.Hour)
		if n := taken(l, "a"); n != 30 {
			t.Errorf("%d after an hour, want 30", n)
		}
		if l.Refused() != 4 {
			t.Errorf("refused %d times, want 4", l.Refused())
		}
	})
}

func TestWhoWaitsAsLongAsToldIsLetIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New(Rate{2, 10 * time.Second})
		for range 20 {
			err := l.Take("a")
			if err == nil {
				continue
			}
			var e *Exceeded
			if !errors.As(err, &e) || !errors.Is(err, ErrExceeded) || e.RetryAfter() <= 0 || e.RetryAfter() > 5*time.Second {
				t.Fatalf("%v", err)
			}
			time.Sleep(e.RetryAfter())
			if err := l.Take("a"); err != nil {
				t.Fatalf("after waiting: %v", err)
			}
		}
	})
}

func TestRefusingCostsNothingOfTheBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New(Rate{1, time.Second})
		for range 1000 {
			_ = l.Take("a")
		}
		time.Sleep(time.Second)
		if err := l.Take("a"); err != nil {
			t.Errorf("a thousand tries cost more than one: %v", err)
		}
	})
}

func TestNoLimitIsNone(t *testing.T) {
	l := New(Rate{}.Part(2))
	for range 10_000 {
		if err := l.Take("a"); err != nil {
			t.Fatal(err)
		}
	}
	if l.Refused() != 0 {
		t.Error("it refused")
	}
	if got := (Rate{1, time.Second}).Part(2); got.Count != 1 {
		t.Errorf("half of one is %d", got.Count)
	}
}

func TestTheTableOfBudgetsIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New(Rate{2, time.Second})
		for i := range 3 * mostKeys {
			_ = l.Take(strconv.Itoa(i))
		}
		if len(l.budgets) > mostKeys {
			t.Errorf("%d budgets", len(l.budgets))
		}
		if err := l.Take("0"); err != nil {
			t.Errorf("who was there before the flood: %v", err)
		}
		if err := l.Take("late"); err == nil {
			t.Error("a newcomer in the flood has a budget of its own")
		}
		time.Sleep(time.Second)
		if err := l.Take("later"); err != nil || len(l.budgets) > firstTidy {
			t.Errorf("after the flood: %v, %d budgets", err, len(l.budgets))
		}
	})
}

func TestAPeerIsAnAddressOrANetworkOfIPv6(t *testing.T) {
	for _, row := range []struct{ remote, want string }{
		{"192.0.2.1:80", "192.0.2.1"},
		{"192.0.2.1", "192.0.2.1"},
		{"[::ffff:192.0.2.1]:80", "192.0.2.1"},
		{"[2001:db8::1]:80", "2001:db8::/64"},
		{"[2001:db8::ffff:1]:81", "2001:db8::/64"},
		{"[2001:db8:0:1::1]:80", "2001:db8:0:1::/64"},
		{"[fe80::1%eth0]:80", "fe80::/64"},
		{"pipe", "pipe"},
		{"", ""},
	} {
		if got := Peer(row.remote); got != row.want {
			t.Errorf("%q: %q, want %q", row.remote, got, row.want)
		}
	}
}

func FuzzAPeerIsItsOwn(f *testing.F) {
	for _, seed := range []string{"192.0.2.1:80", "[2001:db8::1]:80", "[fe80::1%eth0]:80", "::ffff:1.2.3.4", "[", ":"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, remote string) {
		p := Peer(remote)
		if addr, network := strings.CutSuffix(p, "/64"); network && Peer(addr) != p {
			t.Errorf("%q: %q is not of %q", remote, addr, p)
		}
	})
}

// line is a connection of nobody from somewhere.
type line struct {
	net.Conn
	from   string
	closed bool
}

func (l *line) RemoteAddr() net.Addr { return from(l.from) }
func (l *line) Close() error         { l.closed = true; return nil }

type from string

func (f from) Network() string { return "tcp" }
func (f from) String() string  { return string(f) }

// queue accepts the connections in it.
type queue chan *line

func (q queue) Accept() (net.Conn, error) {
	select {
	case l := <-q:
		return l, nil
	default:
		return nil, net.ErrClosed
	}
}
func (q queue) Close() error   { return nil }
func (q queue) Addr() net.Addr { return from("") }

// accept lets as many connections in as there may be from somewhere.
func accept(l net.Listener, q queue, remote string, n int) (in []net.Conn, refused int) {
	var all []*line
	for range n {
		c := &line{from: remote}
		all = append(all, c)
		q <- c
	}
	for {
		c, err := l.Accept()
		if err != nil {
			break
		}
		in = append(in, c)
	}
	for _, c := range all {
		if c.closed {
			refused++
		}
	}
	return in, refused
}

func TestOnePeerTakesOnlyItsPartOfTheConnections(t *testing.T) {
	a, b := make(queue, 1000), make(queue, 1000)
	conns := NewConns(ConnsConfig{Peer: 100, All: 250, Exempt: func(r string) bool { return strings.HasPrefix(r, "127.") }})
	la, lb := conns.Watch(a), conns.Watch(b)
	in, refused := accept(la, a, "192.0.2.1:80", 120)
	if len(in) != 100 || refused != 20 {
		t.Fatalf("%d let in, %d closed", len(in), refused)
	}
	if also, _ := accept(lb, b, "192.0.2.1:81", 10); len(also) != 0 {
		t.Errorf("%d more at the other listener", len(also))
	}
	for range 2 { // closing twice counts once
		_, _ = in[0].Close(), in[1].Close()
	}
	if again, _ := accept(la, a, "192.0.2.1:82", 10); len(again) != 2 {
		t.Errorf("%d after two have left", len(again))
	}
	if others, _ := accept(la, a, "192.0.2.2:80", 50); len(others) != 50 {
		t.Errorf("%d of somebody else", len(others))
	}
	if exempt, _ := accept(la, a, "127.0.0.1:80", 120); len(exempt) != 100 {
		t.Errorf("%d of who is exempt, and 250 together", len(exempt))
	}
	if conns.Refused() != 20+10+8+20 {
		t.Errorf("%d refused", conns.Refused())
	}
}

func TestWhoHasLeftIsForgotten(t *testing.T) {
	q := make(queue, 1000)
	conns := NewConns(ConnsConfig{Peer: 1})
	l := conns.Watch(q)
	for i := range 100 {
		in, _ := accept(l, q, "192.0.2."+strconv.Itoa(i)+":80", 1)
		_ = in[0].Close()
	}
	if len(conns.peers) != 0 || conns.all != 0 {
		t.Errorf("%d peers, %d connections", len(conns.peers), conns.all)
	}
}
