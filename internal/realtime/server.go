package realtime

import (
	"context"
	"encoding/base64"
	"math"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

// Rate is the sample rate in hertz, both ways.
const Rate = 24000

// Server answers whoever speaks with a tone. It fits http.Handler.
type Server struct {
	// Key is the API key that it wants as a bearer token; empty is any.
	Key string
	// Hertz is the tone, Lasting how long it is; zero is 440 Hz and 3 s.
	Hertz   float64
	Lasting time.Duration

	interrupted atomic.Int64
	answered    atomic.Int64
	heard       atomic.Int64
}

// Interrupted is how often somebody spoke while an answer was still being given,
// by what the server was told of it.
func (s *Server) Interrupted() int { return int(s.interrupted.Load()) }

// Answered is how many answers were given.
func (s *Server) Answered() int { return int(s.answered.Load()) }

// Heard is how much was heard of the last answer that was interrupted, as the
// client has told; 0 before it does.
func (s *Server) Heard() time.Duration { return time.Duration(s.heard.Load()) * time.Millisecond }

// event is a message of either side.
type event struct {
	Type    string    `json:"type"`
	EventID string    `json:"event_id,omitempty"`
	Audio   string    `json:"audio,omitempty"`
	Delta   string    `json:"delta,omitempty"`
	Session any       `json:"session,omitempty"`
	ItemID  string    `json:"item_id,omitempty"`
	EndMS   int64     `json:"audio_end_ms,omitempty"`
	Answer  *response `json:"response,omitempty"`
	Error   *failure  `json:"error,omitempty"`
}

type response struct {
	ID     string `json:"id"`
	Status string `json:"status"`
}

type failure struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}

// ServeHTTP runs one session.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.Key != "" && r.Header.Get("Authorization") != "Bearer "+s.Key {
		http.Error(w, "no such key", http.StatusUnauthorized)
		return
	}
	ws, err := websocket.Accept(w, r, nil)
	if err != nil {
		return // it has answered
	}
	defer ws.CloseNow() //nolint:errcheck // the session is over
	ws.SetReadLimit(1 << 20)
	c := &conversation{server: s, ws: ws, ctx: r.Context()}
	c.say(event{Type: "session.created", Session: map[string]any{"type": "realtime"}})
	for c.err == nil {
		var e event
		if err := wsjson.Read(c.ctx, ws, &e); err != nil {
			return
		}
		c.take(e)
	}
}

// conversation is one session. One goroutine has it.
type conversation struct {
	server *Server
	ws     *websocket.Conn
	ctx    context.Context //nolint:containedctx // the session is the request
	err    error

	said     int           // events so far, for their ids
	items    int           // utterances so far
	loud     time.Duration // in a row
	quiet    time.Duration // since somebody spoke
	speaking bool
	answer   string    // the response under way
	until    time.Time // when it has been heard, if nobody interrupts
	latest   string    // the item of the last answer
}

// When speech has begun and ended, by its level.
const (
	threshold = 500 // of the root mean square, in 16 bits
	begins    = 100 * time.Millisecond
	ends      = 400 * time.Millisecond
)

func (c *conversation) say(e event) {
	if c.err != nil {
		return
	}
	c.said++
	e.EventID = "event_" + strconv.Itoa(c.said)
	c.err = wsjson.Write(c.ctx, c.ws, e)
}

func (c *conversation) take(e event) {
	switch e.Type {
	case "session.update":
		c.say(event{Type: "session.updated", Session: e.Session})
	case "input_audio_buffer.append":
		c.hear(e.Audio)
	case "response.create":
		c.respond()
	case "response.cancel":
		c.cancel()
	case "conversation.item.truncate":
		c.truncate(e)
	default:
		c.say(event{Type: "error", Error: &failure{"invalid_request_error", "unknown event " + e.Type}})
	}
}

// hear finds out in what was said whether somebody speaks.
func (c *conversation) hear(audio string) {
	pcm, err := base64.StdEncoding.DecodeString(audio)
	if err != nil || len(pcm)%2 != 0 {
		c.say(event{Type: "error", Error: &failure{"invalid_request_error", "audio is not base64 of 16-bit samples"}})
		return
	}
	const step = Rate / 50 * 2
	for ; len(pcm) > 0; pcm = pcm[min(step, len(pcm)):] {
		c.listen(pcm[:min(step, len(pcm))])
	}
}

// listen takes at most 20 ms.
func (c *conversation) listen(pcm []byte) {
	var sum float64
	for i := 0; i+1 < len(pcm); i += 2 {
		v := float64(int16(uint16(pcm[i]) | uint16(pcm[i+1])<<8)) //nolint:gosec // two's complement
		sum += v * v
	}
	lasts := time.Duration(len(pcm)/2) * time.Second / Rate
	if math.Sqrt(sum/float64(len(pcm)/2)) > threshold {
		c.loud, c.quiet = c.loud+lasts, 0
	} else {
		c.loud, c.quiet = 0, c.quiet+lasts
	}
	switch {
	case !c.speaking && c.loud >= begins:
		c.speaking = true
		c.items++
		c.interrupt()
		c.say(event{Type: "input_audio_buffer.speech_started", ItemID: c.item()})
	case c.speaking && c.quiet >= ends:
		c.speaking = false
		c.say(event{Type: "input_audio_buffer.speech_stopped", ItemID: c.item()})
		c.say(event{Type: "input_audio_buffer.committed", ItemID: c.item()})
		c.respond()
	}
}

func (c *conversation) item() string { return "item_" + strconv.Itoa(c.items) }

// interrupt ends an answer that is still being heard.
func (c *conversation) interrupt() {
	if time.Now().Before(c.until) {
		c.server.interrupted.Add(1)
	}
	c.cancel()
}

func (c *conversation) cancel() {
	if c.answer != "" && time.Now().Before(c.until) {
		c.say(event{Type: "response.done", Answer: &response{c.answer, "cancelled"}})
	}
	c.answer, c.until = "", time.Time{}
}

// truncate takes in how much of an answer was heard.
func (c *conversation) truncate(e event) {
	if e.ItemID == "" || e.ItemID != c.latest || e.EndMS > c.server.lasting().Milliseconds() {
		c.say(event{Type: "error", Error: &failure{"invalid_request_error", "no such sound in item " + e.ItemID}})
		return
	}
	c.server.heard.Store(e.EndMS)
	c.say(event{Type: "conversation.item.truncated", ItemID: e.ItemID, EndMS: e.EndMS})
}

// lasting is how long an answer is.
func (s *Server) lasting() time.Duration {
	if s.Lasting == 0 {
		return 3 * time.Second
	}
	return s.Lasting
}

// respond sends a whole answer at once, as the models do: faster than it can be
// heard.
func (c *conversation) respond() {
	n := c.server.answered.Add(1)
	c.answer = "resp_" + strconv.FormatInt(n, 10)
	c.say(event{Type: "response.created", Answer: &response{c.answer, "in_progress"}})
	c.latest = "answer_" + strconv.FormatInt(n, 10)
	lasting := c.server.lasting()
	c.until = time.Now().Add(lasting)
	const piece = 100 * time.Millisecond
	for at := time.Duration(0); at < lasting; at += piece {
		c.say(event{Type: "response.output_audio.delta", ItemID: c.latest, Delta: c.tone(at, piece)})
	}
	c.say(event{Type: "response.output_audio.done", ItemID: c.latest})
	c.say(event{Type: "response.done", Answer: &response{c.answer, "completed"}})
}

// tone is a piece of the answer.
func (c *conversation) tone(from, lasts time.Duration) string {
	hertz := c.server.Hertz
	if hertz == 0 {
		hertz = 440
	}
	first, n := int(from.Seconds()*Rate), int(lasts.Seconds()*Rate)
	pcm := make([]byte, 0, 2*n)
	for i := range n {
		v := int16(8192 * math.Sin(2*math.Pi*hertz*float64(first+i)/Rate))
		pcm = append(pcm, byte(v), byte(v>>8)) //nolint:gosec // its two octets
	}
	return base64.StdEncoding.EncodeToString(pcm)
}
