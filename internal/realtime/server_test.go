package realtime_test

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"

	"github.com/botd-dev/botd/internal/realtime"
)

// client is one who speaks with the server.
type client struct {
	t  *testing.T
	ws *websocket.Conn
}

func talk(t *testing.T, s *realtime.Server) *client {
	t.Helper()
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	ws, _, err := websocket.Dial(t.Context(), strings.Replace(web.URL, "http", "ws", 1), &websocket.DialOptions{
		HTTPHeader: http.Header{"Authorization": {"Bearer " + s.Key}},
	})
	if err != nil {
		t.Fatal(err)
	}
	ws.SetReadLimit(1 << 20)
	t.Cleanup(func() { _ = ws.CloseNow() })
	return &client{t, ws}
}

func (c *client) says(amplitude float64, d time.Duration) {
	c.t.Helper()
	pcm := make([]byte, 0, 1000)
	for i := range int(d.Seconds() * realtime.Rate) {
		pcm = binary.LittleEndian.AppendUint16(pcm, uint16(int16(amplitude*math.Sin(float64(i)/10))))
	}
	c.sends(map[string]any{"type": "input_audio_buffer.append", "audio": base64.StdEncoding.EncodeToString(pcm)})
}

func (c *client) sends(e any) {
	c.t.Helper()
	if err := wsjson.Write(c.t.Context(), c.ws, e); err != nil {
		c.t.Fatal(err)
	}
}

// hears waits for an event and returns how much sound came before it.
func (c *client) hears(kind string) (samples int) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), 10*time.Second)
	defer cancel()
	for {
		var e struct{ Type, Delta string }
		if err := wsjson.Read(ctx, c.ws, &e); err != nil {
			c.t.Fatalf("before %s: %v", kind, err)
		}
		pcm, err := base64.StdEncoding.DecodeString(e.Delta)
		if err != nil {
			c.t.Fatal(err)
		}
		samples += len(pcm) / 2
		if e.Type == kind {
			return samples
		}
	}
}

func TestWhoSpeaksIsAnsweredAndMayInterrupt(t *testing.T) {
	s := &realtime.Server{Key: "secret", Lasting: time.Minute}
	c := talk(t, s)
	c.hears("session.created")
	c.sends(map[string]any{"type": "session.update", "session": map[string]any{"instructions": "be brief"}})
	c.hears("session.updated")

	c.says(100, time.Second) // not loud enough
	c.says(8000, 300*time.Millisecond)
	c.hears("input_audio_buffer.speech_started")
	c.says(0, time.Second)
	c.hears("input_audio_buffer.committed")
	if n := c.hears("response.done"); n != 60*realtime.Rate {
		t.Errorf("the answer has %d samples", n)
	}
	c.says(8000, 300*time.Millisecond)
	c.hears("input_audio_buffer.speech_started")
	if s.Answered() != 1 || s.Interrupted() != 1 {
		t.Errorf("%d answers, %d interrupted", s.Answered(), s.Interrupted())
	}
	truncated := func(item string, ms int) {
		c.sends(map[string]any{"type": "conversation.item.truncate", "item_id": item, "content_index": 0, "audio_end_ms": ms})
	}
	truncated("answer_1", 1500)
	c.hears("conversation.item.truncated")
	if s.Heard() != 1500*time.Millisecond {
		t.Errorf("it believes that %v were heard", s.Heard())
	}
	truncated("answer_7", 0)
	c.hears("error")
	truncated("answer_1", 61_000) // more than was said
	c.hears("error")
	c.sends(map[string]any{"type": "nonsense"})
	c.hears("error")
}

func TestAWrongKeyIsRefused(t *testing.T) {
	web := httptest.NewServer(&realtime.Server{Key: "secret"})
	defer web.Close()
	_, resp, err := websocket.Dial(t.Context(), strings.Replace(web.URL, "http", "ws", 1), nil)
	if err == nil || resp == nil || resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("got %v", err)
	}
}
