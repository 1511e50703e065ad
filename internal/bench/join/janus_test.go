package join

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// janus is a server that answers as Janus does, and refuses to join if it says
// why not.
type janus struct {
	refuses string
	asked   chan string // what was asked for, in order
}

func (j *janus) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"janus-protocol"}})
	if err != nil {
		return
	}
	defer ws.CloseNow()
	for {
		_, b, err := ws.Read(r.Context())
		if err != nil {
			return
		}
		var m struct {
			Janus, Transaction string
			Body               struct{ Request string }
		}
		if err := json.Unmarshal(b, &m); err != nil {
			return
		}
		j.asked <- strings.TrimSpace(m.Janus + " " + m.Body.Request)
		for _, answer := range j.answers(m.Janus, m.Body.Request) {
			answer = strings.Replace(answer, "{", fmt.Sprintf(`{"transaction":%q,`, m.Transaction), 1)
			if err := ws.Write(r.Context(), websocket.MessageText, []byte(answer)); err != nil {
				return
			}
		}
	}
}

func (j *janus) answers(kind, request string) []string {
	switch {
	case kind == "create":
		return []string{"not JSON", `{"janus":"success","data":{"id":7}}`}
	case kind == "attach":
		return []string{`{"janus":"success","data":{"id":8}}`}
	case request == "join" && j.refuses != "":
		return []string{`{"janus":"ack"}`, `{"janus":"event","plugindata":{"data":{"error":"` + j.refuses + `"}}}`}
	case request == "join":
		return []string{`{"janus":"ack"}`, `{"janus":"event","plugindata":{"data":{"audiobridge":"joined"}}}`}
	}
	return []string{`{"janus":"error","error":{"code":458,"reason":"no such handle"}}`}
}

// open opens a session with a server that answers so.
func (j *janus) open(t *testing.T) *Janus {
	t.Helper()
	j.asked = make(chan string, 16)
	server := httptest.NewServer(j)
	t.Cleanup(server.Close)
	engine, err := NewEngine()
	if err != nil {
		t.Fatal(err)
	}
	way, err := Door{Janus: "ws" + strings.TrimPrefix(server.URL, "http")}.Open(t.Context(), engine)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(way.Close)
	session, ok := way.(*Janus)
	if !ok || session.session != 7 {
		t.Fatalf("%T %+v", way, way)
	}
	return session
}

func TestJanusSaysWhyNobodyMayJoin(t *testing.T) {
	s := (&janus{refuses: "no such room"}).open(t)
	_, err := s.Join(t.Context(), Person{Name: "p0"})
	if !errors.Is(err, ErrJanus) || !strings.Contains(err.Error(), "no such room") {
		t.Errorf("%v", err)
	}
}

func TestAnOfferGoesToJanusOnceTheRoomIsEntered(t *testing.T) {
	j := &janus{}
	s := j.open(t)
	_, err := s.Join(t.Context(), Person{Name: "p0", Hears: func(Stream) {}})
	if !errors.Is(err, ErrJanus) || !strings.Contains(err.Error(), "no such handle") {
		t.Errorf("%v", err)
	}
	for _, want := range []string{"create", "attach", "message join", "message configure"} {
		if got := <-j.asked; got != want {
			t.Errorf("asked for %q, want %q", got, want)
		}
	}
}

func TestJanusIsNotWaitedForAfterItHasGone(t *testing.T) {
	s := (&janus{}).open(t)
	s.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := s.ask(ctx, janusRequest{Kind: "attach"}, "success"); err == nil {
		t.Error("somebody answered")
	}
}

func FuzzJanusMessage(f *testing.F) {
	f.Add([]byte(`{"janus":"event","plugindata":{"data":{"error":"x"}},"jsep":{"sdp":"v=0"}}`))
	f.Add([]byte(`{"janus":"error","error":{"code":1,"reason":"y"}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parseJanus(b)
		if err == nil && m.Error != nil && m.refusal() == nil {
			t.Error("an error that is none")
		}
	})
}
