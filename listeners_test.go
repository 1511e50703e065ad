package botd

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener whose connections are in memory, so that their time is
// virtual.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	c, open := <-p
	if !open {
		return nil, net.ErrClosed
	}
	return c, nil
}
func (p pipes) Close() error   { return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{} }

func TestABodyThatDoesNotComeDoesNotHoldItsConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := make(pipes, 1)
		srv := &http.Server{Handler: impatient(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusUnauthorized) // and the body is not read
		}))}
		served := make(chan error, 1)
		go func() { served <- srv.Serve(l) }()
		here, there := net.Pipe()
		l <- there
		begun := time.Now()
		if _, err := fmt.Fprint(here, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf"); err != nil {
			t.Fatal(err)
		}
		in := bufio.NewReader(here)
		resp, err := http.ReadResponse(in, nil)
		if err != nil || resp.StatusCode != http.StatusUnauthorized || !resp.Close {
			t.Fatalf("%v, %v", resp, err)
		}
		_ = resp.Body.Close()
		if took := time.Since(begun); took > bodyTimeout {
			t.Errorf("it took %s", took)
		}
		close(l)
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
		<-served
		_ = here.Close()
	})
}

func TestWhoeverAsksWhetherTheLogCanBeWrittenSharesOneTry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p probes
		full, tries := errors.New("the disk is full"), 0
		probe := func(ctx context.Context) error {
			tries++
			<-ctx.Done()
			return full
		}
		gone, leave := context.WithCancel(t.Context())
		answers := make(chan error)
		for range 100 {
			go func() { answers <- p.try(gone, probe) }()
		}
		synctest.Wait()
		leave() // the others still want to know
		begun := time.Now()
		for range 100 {
			if err := <-answers; !errors.Is(err, full) {
				t.Error(err)
			}
		}
		if tries != 1 || time.Since(begun) != probeTimeout {
			t.Errorf("%d tries, %s", tries, time.Since(begun))
		}
	})
}

func TestAskingAgainAndAgainDoesNotKeepTheDiskBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p probes
		tries := 0
		probe := func(context.Context) error { tries++; return nil }
		for begun := time.Now(); time.Since(begun) < time.Second; {
			if err := p.try(t.Context(), probe); err != nil {
				t.Error(err)
			}
			if tries > 1000 {
				break
			}
		}
		if most := int(time.Second/probeEvery) + 1; tries > most || tries < 2 {
			t.Errorf("%d tries in a second", tries)
		}
		<-time.After(time.Minute) // who asks now and then does not wait
		begun := time.Now()
		if err := p.try(t.Context(), probe); err != nil || !begun.Equal(time.Now()) {
			t.Errorf("after a pause: %v, %s", err, time.Since(begun))
		}
	})
}

func TestNoNameIsTooLongForTheServer(t *testing.T) {
	s, long := start(t, func(*Config) {}), strings.Repeat("x", 9000)
	for _, target := range []string{
		"DELETE /identities/" + long + "?api-version=2023-10-01",
		"GET /calling/callConnections/" + long + "/events",
		"GET /calling/events?call=" + long,
		"POST /webhooks/deadLetters/" + long + ":redeliver",
	} {
		method, path, _ := strings.Cut(target, " ")
		if status, body := ask(t, s, method, path, "", nil); status != http.StatusNotFound && status != http.StatusBadRequest {
			t.Errorf("%.40s: %d %s", target, status, body)
		}
	}
	user := `{"userId":"8:acs:` + strings.Repeat("x", 3000) + `_y"}`
	if status, body := ask(t, s, http.MethodPost, "/dev/token", user, nil); status != http.StatusBadRequest {
		t.Errorf("a token for such a user: %d %s", status, body)
	}
	// The store is still there.
	if status, body := ask(t, s, http.MethodPost, "/identities?api-version=2023-10-01", "", nil); status != http.StatusCreated {
		t.Errorf("a user: %d %s", status, body)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestATargetWithoutAPathIsNothing(t *testing.T) {
	s := start(t, func(*Config) {})
	for _, line := range []string{"POST http://x", "POST *", "CONNECT x:80", "POST x:y"} {
		c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.HTTPAddr())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprint(c, line+" HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %v, %v", line, resp, err)
		} else {
			_ = resp.Body.Close()
		}
		_ = c.Close()
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestDevelopmentTokensAreForThisMachine(t *testing.T) {
	for addr, want := range map[string]bool{
		"127.0.0.1:8080": true, "[::1]:8080": true, "[::1]": true, "localhost": true, "LOCALHOST:8080": true,
		"evil.example:8080": false, "localhost.evil.example": false, "192.0.2.1:8080": false, "": false,
	} {
		if got := isLocal(addr); got != want {
			t.Errorf("%q: %v", addr, got)
		}
	}
}

func TestAPageWhoseNameMeansThisMachineGetsNoToken(t *testing.T) {
	s := start(t, func(*Config) {})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+s.HTTPAddr()+"/dev/token", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "evil.example"
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if _ = resp.Body.Close(); resp.StatusCode != http.StatusForbidden {
		t.Error(resp.Status)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}
