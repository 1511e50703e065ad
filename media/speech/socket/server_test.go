package socket_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
	"github.com/botd-dev/botd/media/speech/socket"
)

// serve opens a server that takes sockets.
func serve(t *testing.T, do func(ctx context.Context, c *websocket.Conn)) socket.Config {
	t.Helper()
	return answer(t, func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer c.CloseNow()
		do(r.Context(), c)
	})
}

func answer(t *testing.T, h http.HandlerFunc) socket.Config {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	t.Cleanup(s.CloseClientConnections)
	return socket.Config{URL: "ws" + strings.TrimPrefix(s.URL, "http") + "/listen?tier=1", Key: "k", HTTP: s.Client()}
}

// server understands as well as it takes to tell the words of the suite apart.
func server(t *testing.T) socket.Config {
	t.Helper()
	return answer(t, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if r.Header.Get("Authorization") != "Token k" || q.Get("encoding") != "linear16" || q.Get("sample_rate") != "16000" || q.Get("tier") != "1" {
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		c, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer c.CloseNow()
		understand(r.Context(), c)
	})
}

func understand(ctx context.Context, c *websocket.Conn) {
	splitter := speech.NewSplitter(speech.SplitterConfig{})
	var sound []int16
	for {
		kind, data, err := c.Read(ctx)
		if err != nil {
			return
		}
		p := splitter.End
		if kind == websocket.MessageBinary {
			f := &media.Frame{Samples: make([]int16, len(data)/2), Rate: 16000}
			for i := range f.Samples {
				f.Samples[i] = int16(binary.LittleEndian.Uint16(data[2*i:]))
			}
			p = func() speech.Part { return splitter.Write(f) }
		}
		part := p()
		if part.Begins {
			sound = sound[:0]
		}
		sound = append(sound, part.Samples...)
		if part.Ends {
			_ = tell(ctx, c, text(sound, part.To-part.From), part.From, part.To)
		}
		if kind == websocket.MessageText {
			_ = c.Close(websocket.StatusNormalClosure, "")
			return
		}
	}
}

// text tells noise, which crosses zero all the time, from words, and short words
// from long ones.
func text(sound []int16, length time.Duration) string {
	crossings := 0
	for i := 1; i < len(sound); i++ {
		if (sound[i] < 0) != (sound[i-1] < 0) {
			crossings++
		}
	}
	switch {
	case crossings > len(sound)/3:
		return ""
	case length < 500*time.Millisecond:
		return "yes"
	}
	return "operator"
}

// tell sends a result in two parts: what will not change, and the end.
func tell(ctx context.Context, c *websocket.Conn, text string, from, to time.Duration) error {
	alternative := map[string]any{"transcript": text, "confidence": 0.9}
	if text != "" {
		alternative["words"] = []any{map[string]any{"word": text, "start": from.Seconds(), "end": to.Seconds()}}
	}
	for _, m := range []map[string]any{
		{"type": "SpeechStarted"},
		{"type": "Results", "is_final": true, "start": from.Seconds(), "duration": 1, "channel": map[string]any{"alternatives": []any{alternative}}},
		{"type": "Results", "is_final": true, "speech_final": true, "channel": map[string]any{"alternatives": []any{map[string]any{"transcript": ""}}}},
	} {
		b, _ := json.Marshal(m)
		if err := c.Write(ctx, websocket.MessageText, b); err != nil {
			return err
		}
	}
	return nil
}
