package join

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// JanusRoom is the number of the AudioBridge room that everybody joins.
const JanusRoom = 1234

const (
	janusPlugin = "janus.plugin.audiobridge"
	// keepAlive is well under the 60 s after which a session ends.
	keepAlive = 20 * time.Second
	// longestMessage is how much of a message is read, in bytes.
	longestMessage = 1 << 20
)

// ErrJanus is a request that Janus did not grant.
var ErrJanus = errors.New("janus")

// Janus joins the AudioBridge room over a WebSocket: one session, and a handle
// for each participant.
type Janus struct {
	engine  *Engine
	ws      *websocket.Conn
	session int64
	stop    context.CancelFunc
	done    sync.WaitGroup

	mu      sync.Mutex
	last    int
	waiting map[string]chan janusMessage // by transaction
}

// janusMessage is what Janus sends, as far as it matters.
type janusMessage struct {
	Kind        string `json:"janus"`
	Transaction string `json:"transaction"`
	Data        struct {
		ID int64 `json:"id"`
	} `json:"data"`
	Error *struct {
		Reason string `json:"reason"`
	} `json:"error"`
	Plugin struct {
		Data struct {
			Error string `json:"error"`
		} `json:"data"`
	} `json:"plugindata"`
	JSEP struct {
		SDP string `json:"sdp"`
	} `json:"jsep"`
}

// janusRequest is what it is sent.
type janusRequest struct {
	Kind        string     `json:"janus"`
	Transaction string     `json:"transaction"`
	Session     int64      `json:"session_id,omitempty"`
	Handle      int64      `json:"handle_id,omitempty"`
	Plugin      string     `json:"plugin,omitempty"`
	Body        *janusBody `json:"body,omitempty"`
	JSEP        *janusJSEP `json:"jsep,omitempty"`
}

type janusBody struct {
	Request string `json:"request"`
	Room    int64  `json:"room,omitempty"`
	Display string `json:"display,omitempty"`
	Muted   bool   `json:"muted"`
}

type janusJSEP struct {
	Type string `json:"type"`
	SDP  string `json:"sdp"`
}

// NewJanus opens a session with the server at a ws address.
func NewJanus(ctx context.Context, e *Engine, address string) (*Janus, error) {
	ws, _, err := websocket.Dial(ctx, address, &websocket.DialOptions{Subprotocols: []string{"janus-protocol"}})
	if err != nil {
		return nil, fmt.Errorf("janus: %w", err)
	}
	ws.SetReadLimit(longestMessage)
	life, stop := context.WithCancel(context.Background())
	j := &Janus{engine: e, ws: ws, stop: stop, waiting: map[string]chan janusMessage{}}
	j.done.Go(func() { j.read(life) })
	created, err := j.ask(ctx, janusRequest{Kind: "create"}, "success")
	if err != nil {
		j.Close()
		return nil, err
	}
	j.session = created.Data.ID
	j.done.Go(func() { j.keepAlive(life) })
	return j, nil
}

// Close ends the session and everybody's part in it.
func (j *Janus) Close() {
	j.stop()
	_ = j.ws.CloseNow() // nothing could be done about it
	j.done.Wait()
}

// read hands every message to who waits for it.
func (j *Janus) read(ctx context.Context) {
	for {
		_, b, err := j.ws.Read(ctx)
		if err != nil {
			return
		}
		m, err := parseJanus(b)
		if err != nil {
			continue
		}
		j.mu.Lock()
		if c := j.waiting[m.Transaction]; c != nil {
			select {
			case c <- m:
			default: // more than anybody waits for
			}
		}
		j.mu.Unlock()
	}
}

func parseJanus(b []byte) (m janusMessage, err error) {
	err = json.Unmarshal(b, &m)
	return m, err
}

func (j *Janus) keepAlive(ctx context.Context) {
	tick := time.NewTicker(keepAlive)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := j.send(ctx, janusRequest{Kind: "keepalive", Transaction: "keepalive", Session: j.session}); err != nil {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

func (j *Janus) send(ctx context.Context, r janusRequest) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return j.ws.Write(ctx, websocket.MessageText, b)
}

// ask sends a request and waits for the answer of a kind: "success" is the
// server's own, "event" the plugin's, which comes after an "ack".
func (j *Janus) ask(ctx context.Context, r janusRequest, kind string) (janusMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	answers := make(chan janusMessage, 4)
	j.mu.Lock()
	j.last++
	r.Transaction = fmt.Sprintf("t%d", j.last)
	r.Session = j.session
	j.waiting[r.Transaction] = answers
	j.mu.Unlock()
	defer func() {
		j.mu.Lock()
		defer j.mu.Unlock()
		delete(j.waiting, r.Transaction)
	}()
	if err := j.send(ctx, r); err != nil {
		return janusMessage{}, fmt.Errorf("janus: %w", err)
	}
	for {
		select {
		case m := <-answers:
			if err := m.refusal(); err != nil || m.Kind == kind {
				return m, err
			}
		case <-ctx.Done():
			return janusMessage{}, fmt.Errorf("%w: no answer to %s: %w", ErrJanus, r.Kind, ctx.Err())
		}
	}
}

// refusal is why a request was not granted.
func (m janusMessage) refusal() error {
	switch {
	case m.Error != nil:
		return fmt.Errorf("%w: %s", ErrJanus, m.Error.Reason)
	case m.Plugin.Data.Error != "":
		return fmt.Errorf("%w: %s", ErrJanus, m.Plugin.Data.Error)
	}
	return nil
}

// Join fits Way; everybody joins the room JanusRoom.
func (j *Janus) Join(ctx context.Context, who Person) (*Peer, error) {
	attached, err := j.ask(ctx, janusRequest{Kind: "attach", Plugin: janusPlugin}, "success")
	if err != nil {
		return nil, err
	}
	handle := attached.Data.ID
	join := janusRequest{Kind: "message", Handle: handle, Body: &janusBody{Request: "join", Room: JanusRoom, Display: who.Name, Muted: who.Muted}}
	if _, err := j.ask(ctx, join, "event"); err != nil {
		return nil, err
	}
	p, err := j.engine.connect(ctx, who, func(offer string) (string, error) {
		configured, err := j.ask(ctx, janusRequest{
			Kind: "message", Handle: handle, Body: &janusBody{Request: "configure", Muted: who.Muted},
			JSEP: &janusJSEP{Type: "offer", SDP: offer},
		}, "event")
		return configured.JSEP.SDP, err
	})
	if err != nil {
		return nil, err
	}
	closed := p.Leave
	p.Leave = func() {
		defer closed()
		ctx, cancel := context.WithTimeout(context.Background(), leaveWithin)
		defer cancel()
		_, _ = j.ask(ctx, janusRequest{Kind: "detach", Handle: handle}, "success") // a server that is gone has let go
	}
	return p, nil
}
