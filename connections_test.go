package botd

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
)

// spoken serves one connection in virtual time, says something on it, and
// returns what came back, and how long the server kept it open.
func spoken(t *testing.T, h http.HandlerFunc, say func(net.Conn)) (answer []byte, took time.Duration) {
	t.Helper()
	l := make(pipes, 1)
	srv := newHTTPServer(t.Context(), h, zap.NewNop())
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	here, there := net.Pipe()
	l <- there
	begun := time.Now()
	var saying sync.WaitGroup
	saying.Go(func() { say(here) })
	answer, _ = io.ReadAll(here)
	took = time.Since(begun)
	_ = here.Close()
	saying.Wait()
	close(l)
	if err := srv.Close(); err != nil {
		t.Error(err)
	}
	<-served
	return answer, took
}

func greeted(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	_, _ = w.Write([]byte("hello from " + r.URL.Path))
}

func TestHeadersThatComeSlowlyAreNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answer, took := spoken(t, greeted, func(c net.Conn) {
			_, _ = fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: x\r\n")
			for i := 0; ; i++ {
				if _, err := fmt.Fprintf(c, "X-%d: y\r\n", i); err != nil {
					return
				}
				time.Sleep(time.Second)
			}
		})
		if took > headerTimeout || bytes.Contains(answer, []byte("hello")) {
			t.Errorf("held for %s: %q", took, answer)
		}
	})
}

func TestAConnectionThatSaysNothingMoreIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answer, took := spoken(t, greeted, func(c net.Conn) {
			_, _ = fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		})
		if took != idleTimeout || !bytes.Contains(answer, []byte("hello")) {
			t.Errorf("held for %s: %q", took, answer)
		}
	})
}

func TestTwentyThousandHeadersAreTooMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answer, _ := spoken(t, greeted, func(c net.Conn) {
			_, _ = fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: x\r\n"+strings.Repeat("a: b\r\n", 20_000)+"\r\n")
		})
		if !bytes.HasPrefix(answer, []byte("HTTP/1.1 431 ")) {
			t.Errorf("%.100q", answer)
		}
	})
}

// What follows a request with two lengths may be a second one, smuggled past
// whoever believed the other length.
func TestARequestWithTwoLengthsIsTheLastOnItsConnection(t *testing.T) {
	const smuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
	for _, row := range []struct{ name, headers string }{
		{"a length and chunks", fmt.Sprintf("Content-Length: %d\r\nTransfer-Encoding: chunked\r\n", len("0\r\n\r\n"+smuggled))},
		{"chunks and a length", fmt.Sprintf("Transfer-Encoding: chunked\r\nContent-Length: %d\r\n", len("0\r\n\r\n"+smuggled))},
		{"chunks alone", "Transfer-Encoding: chunked\r\n"},
		{"chunks of another name", "Content-Length: 5\r\nTransfer-Encoding: xchunked\r\n"},
		{"chunks in a list", "Content-Length: 5\r\nTransfer-Encoding: chunked, identity\r\n"},
		{"chunks twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"},
		{"chunks behind a tab", "Content-Length: 5\r\nTransfer-Encoding:\tchunked\r\n"},
		{"a space before the colon", "Content-Length: 5\r\nTransfer-Encoding : chunked\r\n"},
		{"two lengths", "Content-Length: 5\r\nContent-Length: 50\r\n"},
		{"a length with a sign", "Content-Length: +5\r\n"},
		{"two lengths in one", "Content-Length: 5, 50\r\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				answer, took := spoken(t, greeted, func(c net.Conn) {
					_, _ = fmt.Fprint(c, "POST / HTTP/1.1\r\nHost: x\r\n"+row.headers+"\r\n0\r\n\r\n"+smuggled)
				})
				if bytes.Contains(answer, []byte("hello from /smuggled")) {
					t.Errorf("two answers: %q", answer)
				}
				if took > headerTimeout {
					t.Errorf("held for %s", took)
				}
			})
		})
	}
}

// dialled is a connection that the server has let in, or not.
func dialled(t *testing.T, s *Server) (conn net.Conn, in bool) {
	t.Helper()
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.HTTPAddr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if _, err := fmt.Fprint(c, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		return c, false
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return c, false
	}
	_ = resp.Body.Close()
	return c, resp.StatusCode == http.StatusOK
}

func TestOneAddressHasOnlySoManyConnections(t *testing.T) {
	s := start(t, func(c *Config) { c.Dev, c.LimitsConnections = false, 5 })
	var first net.Conn
	for i := range 10 {
		c, in := dialled(t, s)
		if in != (i < 5) {
			t.Errorf("connection %d is let in: %v", i, in)
		}
		if i == 0 {
			first = c
		}
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	until(t, func() bool { // the server learns of it a little later
		_, in := dialled(t, s)
		return in
	})
	const refused = `botd_refused_total{limit="connections"}`
	before := counted(t, s, refused)
	if before < 5 {
		t.Errorf("%v refusals are counted", before)
	}
	media, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(s.MediaPort())))
	if err != nil {
		t.Fatal(err)
	}
	if n, err := media.Read(make([]byte, 1)); err == nil {
		t.Errorf("the media port says %d byte", n)
	}
	if after := counted(t, s, refused); after != before+1 {
		t.Errorf("%v refusals are counted, want %v: the media port is not watched", after, before+1)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// counted is a value among the metrics.
func counted(t *testing.T, s *Server, name string) float64 {
	t.Helper()
	for line := range strings.Lines(string(metrics(t, s, s.AdminAddr()))) {
		var value float64
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			if _, err := fmt.Sscan(rest, &value); err != nil {
				t.Fatal(err)
			}
			return value
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}

// metrics asks the admin address for them under some name.
func metrics(t *testing.T, s *Server, host string) []byte {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.AdminAddr()+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		return nil
	}
	return body
}

func TestTheAdminAddressAnswersToItsOwnNamesOnly(t *testing.T) {
	s := start(t, func(*Config) {})
	for host, want := range map[string]bool{
		s.AdminAddr(): true, "localhost": true, "LOCALHOST:9090": true, "[::1]:9090": true, "192.0.2.1:9090": true,
		"evil.example": false, "evil.example:9090": false, "127.0.0.1.evil.example": false, "localhost.evil.example:9090": false,
	} {
		if got := metrics(t, s, host) != nil; got != want {
			t.Errorf("%s is answered: %v", host, got)
		}
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	named := Config{Listen: Listen{AdminAddr: "botd:9090"}}
	if !named.isAdminHost("botd:9090") || !named.isAdminHost("BOTD") || named.isAdminHost("botd.evil.example") || named.isAdminHost("") {
		t.Error("the name in the setting is not the one that is meant")
	}
}

func TestLimitsAreOffForTheOwnMachineInDevelopment(t *testing.T) {
	for _, row := range []struct {
		dev                  bool
		addr, remote         string
		exempt, anyNumberOfC bool
	}{
		{true, "127.0.0.1:8080", "127.0.0.1:5000", true, true},
		{true, "0.0.0.0:8080", "127.0.0.1:5000", true, false},
		{true, "0.0.0.0:8080", "192.0.2.1:5000", false, false},
		{false, "127.0.0.1:8080", "127.0.0.1:5000", false, false},
	} {
		c := Default()
		c.Dev, c.HTTPAddr = row.dev, row.addr
		if c.exempt(row.remote) != row.exempt || (c.capacity().Calls == 0) != row.anyNumberOfC {
			t.Errorf("%+v: exempt %v, %+v", row, c.exempt(row.remote), c.capacity())
		}
	}
}

func TestARateIsReadAsItIsWritten(t *testing.T) {
	k := rateKind()
	for text, ok := range map[string]bool{
		"100/1s": true, "1000/30s": true, "1/1h": true, "5/1d": true, "0": true, "1/500ms": true,
		"": false, "100": false, "100/": false, "/1s": false, "-1/1s": false, "0/1s": false, "1/0s": false, "1/-1s": false,
		"1/2d": false, "1000001/1s": false, "1/1s/1s": false, "1.5/1s": false,
	} {
		r, got := k.parse(text)
		if got != ok {
			t.Errorf("%q: %v", text, got)
		}
		if got && k.format(r) != text {
			t.Errorf("%q becomes %q", text, k.format(r))
		}
	}
}
