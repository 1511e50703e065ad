package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/pion/webrtc/v4"

	"github.com/botd-dev/botd/internal/netlab"
)

// janus is a session with a Janus that has one AudioBridge room.
type janus struct {
	t       *testing.T
	ws      *websocket.Conn
	session int64
	asked   int
}

// janusSaid is what it says, as far as it matters.
type janusSaid struct {
	Janus       string
	Transaction string
	Data        struct{ ID int64 }
	Error       *struct{ Reason string }
	Plugindata  struct{ Data struct{ Error string } }
	JSEP        struct{ SDP string }
}

// dialJanus opens a session.
func dialJanus(t *testing.T, address string) *janus {
	t.Helper()
	ws, _, err := websocket.Dial(t.Context(), address, &websocket.DialOptions{Subprotocols: []string{"janus-protocol"}})
	must(t, err)
	t.Cleanup(func() { _ = ws.CloseNow() }) // the server ends with the test
	ws.SetReadLimit(1 << 20)
	j := &janus{t: t, ws: ws}
	j.session = j.ask("success", map[string]any{"janus": "create"}).Data.ID
	return j
}

// ask makes a request and waits for its answer of a kind.
func (j *janus) ask(kind string, request map[string]any) janusSaid {
	j.t.Helper()
	ctx, cancel := context.WithTimeout(j.t.Context(), 20*time.Second)
	defer cancel()
	j.asked++
	request["transaction"] = fmt.Sprint(j.asked)
	if j.session != 0 {
		request["session_id"] = j.session
	}
	b, err := json.Marshal(request)
	must(j.t, err)
	must(j.t, j.ws.Write(ctx, websocket.MessageText, b))
	for {
		_, b, err := j.ws.Read(ctx)
		must(j.t, err)
		var m janusSaid
		must(j.t, json.Unmarshal(b, &m))
		if m.Transaction != request["transaction"] {
			continue
		}
		if m.Error != nil || m.Plugindata.Data.Error != "" {
			j.t.Fatalf("%s is answered %s", request["janus"], b)
		}
		if m.Janus == kind {
			return m
		}
	}
}

// travels makes somebody join the room from behind a NAT.
func (j *janus) travels(room int64, name string) *traveller {
	j.t.Helper()
	nat, err := netlab.NewNAT()
	must(j.t, err)
	tr := &traveller{t: j.t, nat: nat, up: make(chan struct{})}
	j.t.Cleanup(tr.leave)
	handle := j.ask("success", map[string]any{"janus": "attach", "plugin": "janus.plugin.audiobridge"}).Data.ID
	j.ask("event", map[string]any{
		"janus": "message", "handle_id": handle, "body": map[string]any{"request": "join", "room": room, "display": name},
	})
	configured := j.ask("event", map[string]any{
		"janus": "message", "handle_id": handle, "body": map[string]any{"request": "configure", "muted": false},
		"jsep": map[string]any{"type": "offer", "sdp": nat.Offer(tr.offer())},
	})
	answer, err := nat.Answer(configured.JSEP.SDP)
	must(j.t, err)
	must(j.t, tr.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}))
	tr.flows()
	return tr
}
