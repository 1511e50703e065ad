package browser

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
)

// visitor is a client that joins by one request.
type visitor struct {
	*client
	world  *world
	web    *httptest.Server
	token  string
	at     string // the session's address
	etag   string
	answer string
}

// visitor makes one with the token.
func (w *world) visitor(t *testing.T, token string) *visitor {
	t.Helper()
	v := &visitor{
		world:  w,
		client: &client{t: t, stop: make(chan struct{})}, token: token,
		web: httptest.NewServer(w.WHIP()),
	}
	t.Cleanup(func() {
		v.hangUpMedia()
		v.tasks.Wait()
		v.web.Close()
	})
	return v
}

// reply is what a request was answered.
type reply struct {
	*http.Response
	body string
}

// ask sends a request; header is names and values in turn.
func (v *visitor) ask(method, at, body string, header ...string) reply {
	v.t.Helper()
	if strings.HasPrefix(at, "/") {
		at = v.web.URL + at
	}
	r, err := http.NewRequestWithContext(v.t.Context(), method, at, strings.NewReader(body))
	fatal(v.t, err)
	if v.token != "" {
		r.Header.Set("Authorization", "Bearer "+v.token)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := v.web.Client().Do(r)
	fatal(v.t, err)
	b, err := io.ReadAll(resp.Body)
	fatal(v.t, err)
	fatal(v.t, resp.Body.Close())
	return reply{resp, string(b)}
}

// offerTo posts an offer.
func (v *visitor) offerTo(place, offer string) reply {
	v.t.Helper()
	return v.ask(http.MethodPost, "/whip/"+place, offer, "Content-Type", typeSDP)
}

// visit joins and waits until media flow, as both sides see it: who has not
// finished the handshake cannot say goodbye.
func (v *visitor) visit(place string) {
	v.t.Helper()
	r := v.offerTo(place, v.offer(line{}))
	v.enter(r)
	<-v.up
	s := v.session()
	soon(v.t, "the server has media", func() bool { return s.peer.pc.ConnectionState() == webrtc.PeerConnectionStateConnected })
}

// session is the server's side of it.
func (v *visitor) session() *whipSession {
	v.t.Helper()
	v.world.mu.Lock()
	defer v.world.mu.Unlock()
	s := v.world.sessions[v.at[strings.LastIndex(v.at, "/")+1:]]
	if s == nil {
		v.t.Fatal("the session is not known")
	}
	return s
}

// isClosed waits until the server has closed the connection.
func (v *visitor) isClosed() {
	v.t.Helper()
	soon(v.t, "the connection is closed", func() bool { return v.pc.ConnectionState() == webrtc.PeerConnectionStateClosed })
}

// enter takes the answer to an offer.
func (v *visitor) enter(r reply) {
	v.t.Helper()
	if r.StatusCode != http.StatusCreated || r.Header.Get("Content-Type") != typeSDP {
		v.t.Fatalf("the offer is answered %s: %s", r.Status, r.body)
	}
	v.at, v.etag, v.answer = v.web.URL+r.Header.Get("Location"), r.Header.Get("ETag"), r.body
	v.take(r.body)
}

// wants fails unless a request was answered with a status.
func (v *visitor) wants(r reply, status int) {
	v.t.Helper()
	if r.StatusCode != status {
		v.t.Fatalf("the answer is %s, want %d: %s", r.Status, status, r.body)
	}
}

// soon waits until something is so.
func soon(t testing.TB, what string, is func() bool) {
	t.Helper()
	late := time.After(10 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("it never came to be that %s", what)
		}
	}
}

// known is how many sessions a server has.
func (w *world) known() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.sessions)
}
