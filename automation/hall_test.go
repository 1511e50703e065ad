package automation_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/zap"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
	"github.com/botd-dev/botd/media/stream"
)

// hall is a Service on a real bridge, with real sockets in real time.
type hall struct {
	*testing.T
	*world
	clock *mix.Clock
	stats *stream.Stats

	patience time.Duration // of until
}

func newHall(t *testing.T) *hall {
	t.Helper()
	h := &hall{T: t, clock: mix.NewClock(mix.Config{}), stats: new(stream.Stats), patience: 10 * time.Second}
	w := &world{T: t, book: &book{}, bell: &everybody{}}
	h.world = w
	w.contexts = automation.NewContexts(make([]byte, 32), time.Now)
	w.calls = call.NewRegistry(call.Config{
		Journal: w.book, Now: time.Now, Random: rand.Reader, IncomingContext: w.contexts.Seal, Log: zap.NewNop(),
		NewBridge: func(heard call.Heard) call.Bridge {
			return h.clock.NewBridge(mix.Options{Speaking: heard.Speaking, MutedSpeaking: heard.MutedSpeaking})
		},
	})
	w.calls.Reach(w.bell)
	w.cfg = automation.Config{
		Calls: w.calls, Prompts: library{}, Contexts: w.contexts, Application: app,
		CheckURI: func(context.Context, string) error { return nil },
		Streams: &stream.Dialer{
			HTTP: http.DefaultClient, Token: func() (string, error) { return "token", nil }, Stats: h.stats, Now: time.Now,
		},
	}
	w.Service = automation.New(w.cfg)
	t.Cleanup(func() {
		if err := w.calls.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if err := h.clock.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return h
}

// answers is a call from alice that the application answers with these options.
func (h *hall) answers(m automation.MediaOptions) (*mouth, *call.Connection) {
	h.world.Helper()
	l := &mouth{}
	h.offers(alice, l)
	cn, err := h.Answer(h.Context(), automation.AnswerRequest{
		IncomingCallContext: h.context(), CallbackURI: "https://example.com/events", OperationContext: "hello", MediaOptions: m,
	})
	if err != nil {
		h.world.Fatal(err)
	}
	h.until("it is connected", func() bool { return cn.View().State == call.Connected })
	return l, cn
}

func (h *hall) offers(who identity.ID, l *mouth) {
	h.world.Helper()
	if _, err := h.calls.Offer(h.Context(), call.Offer{Leg: l, From: who, To: []identity.ID{app}}); err != nil {
		h.world.Fatal(err)
	}
	h.until("it rings", func() bool { return h.bell.latest() != nil })
}

func (h *hall) Context() context.Context { return h.world.Context() }

// until waits until something is so.
func (h *hall) until(what string, is func() bool) {
	h.world.Helper()
	ticks := time.NewTicker(time.Millisecond)
	defer ticks.Stop()
	patience := time.After(h.patience)
	for !is() {
		select {
		case <-ticks.C:
		case <-patience:
			h.world.Fatalf("not so in %v: %s", h.patience, what)
		}
	}
}

// told is how often an event is in the log.
func (h *hall) told(name string) (n int) {
	h.book.mu.Lock()
	defer h.book.mu.Unlock()
	for _, r := range h.book.records {
		if strings.HasSuffix(r.Type, "."+name) {
			n++
		}
	}
	return n
}

// mouth is a leg that says what its source says and keeps what it hears.
type mouth struct {
	leg
	mu     sync.Mutex
	says   media.Source
	coming media.Frame
	heard  []int16
}

func (m *mouth) Port() media.Port           { return m }
func (m *mouth) Attach(p *call.Participant) { m.p = p }
func (m *mouth) Format() media.Format       { return media.Format{} }
func (m *mouth) Skip()                      {}

func (m *mouth) say(src media.Source) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.says = src
}

func (m *mouth) Level() uint8 {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.says == nil || m.says.Read(&m.coming) != nil {
		m.coming.Resize(media.FrameSize, media.Rate)
		m.coming.Silence()
		return media.Silent
	}
	return media.Level(&m.coming)
}

func (m *mouth) Read(f *media.Frame) error {
	f.Resize(len(m.coming.Samples), m.coming.Rate)
	copy(f.Samples, m.coming.Samples)
	return nil
}

func (m *mouth) Hear(s media.Sound) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.heard = append(m.heard, s.Frame.Samples...)
}

// sound is what was heard so far.
func (m *mouth) sound() []int16 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]int16(nil), m.heard...)
}

// message is one that an application has received.
type message struct {
	Kind  string
	Audio struct {
		Data      []byte
		Timestamp time.Time
		Who       string `json:"participantRawID"`
		Silent    bool
	} `json:"audioData"`
	Metadata struct {
		Subscription     string `json:"subscriptionId"`
		Encoding         string
		SampleRate       int
		Channels, Length int
	} `json:"audioMetadata"`
	DTMF struct {
		Data string
		Who  string `json:"participantRawID"`
	} `json:"dtmfData"`
	Transcribed struct {
		Text     string
		Status   string `json:"resultStatus"`
		Who      string `json:"participantRawID"`
		Offset   uint64
		Duration uint64
		Words    []struct{ Text string }
	} `json:"transcriptionData"`
	Transcription struct {
		Locale string
	} `json:"transcriptionMetadata"`
	raw string
}

// socket is an application's WebSocket server that keeps what it is sent.
type socket struct {
	*httptest.Server
	t      *testing.T
	refuse func(attempt int) int // a status; 0 is to accept
	accept websocket.AcceptOptions

	mu       sync.Mutex
	conns    []*websocket.Conn
	headers  []http.Header
	got      [][]message // of each connection
	attempts int
	closed   []error
	parse    bool // every message is the contract's
	raw      [][]int16
	texts    []string
}

func newSocket(t *testing.T) *socket {
	s := &socket{t: t, parse: true, refuse: func(int) int { return 0 }}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

func (s *socket) url() string { return "ws" + strings.TrimPrefix(s.URL, "http") }

func (s *socket) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	status := s.refuse(s.attempts)
	s.attempts++
	s.headers = append(s.headers, r.Header.Clone())
	s.mu.Unlock()
	if status != 0 {
		w.WriteHeader(status)
		return
	}
	conn, err := websocket.Accept(w, r, &s.accept)
	if err != nil {
		return
	}
	defer conn.CloseNow()
	conn.SetReadLimit(-1)
	s.mu.Lock()
	at := len(s.conns)
	s.conns, s.got = append(s.conns, conn), append(s.got, nil)
	s.mu.Unlock()
	for {
		kind, data, err := conn.Read(context.Background())
		if err != nil {
			s.mu.Lock()
			s.closed = append(s.closed, err)
			s.mu.Unlock()
			return
		}
		if !s.parse {
			s.own(kind == websocket.MessageBinary, data)
			if kind == websocket.MessageBinary {
				continue
			}
		}
		m := message{raw: string(data)}
		if err := json.Unmarshal(data, &m); err != nil {
			s.t.Errorf("%s: %v", data, err)
		}
		s.mu.Lock()
		s.got[at] = append(s.got[at], m)
		s.mu.Unlock()
	}
}

// own keeps what is only in our protocol.
func (s *socket) own(binary bool, data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !binary {
		s.texts = append(s.texts, string(data))
		return
	}
	s.raw = append(s.raw, samplesOf(data[12:]))
}

// binary is the sound of binary messages.
func (s *socket) binary(skip int) (sound []int16) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.raw[min(skip, len(s.raw)):] {
		sound = append(sound, p...)
	}
	return sound
}

// has says whether a text has come with something in it.
func (s *socket) has(part string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, text := range s.texts {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

func samplesOf(pcm []byte) (samples []int16) {
	for ; len(pcm) > 1; pcm = pcm[2:] {
		samples = append(samples, int16(binary.LittleEndian.Uint16(pcm)))
	}
	return samples
}

// messages are those of one connection so far.
func (s *socket) messages(at int) []message {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at >= len(s.got) {
		return nil
	}
	return append([]message(nil), s.got[at]...)
}

func (s *socket) conn(at int) *websocket.Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at >= len(s.conns) {
		return nil
	}
	return s.conns[at]
}

// pcm is the sound of somebody, of a mix if that is nobody.
func pcm(list []message, who string) (sound []int16) {
	for _, m := range list {
		if m.Kind != "AudioData" || m.Audio.Who != who {
			continue
		}
		sound = append(sound, samplesOf(m.Audio.Data)...)
	}
	return sound
}

// tell sends a message to botd.
func (s *socket) tell(text string) {
	s.t.Helper()
	if err := s.conn(0).Write(s.t.Context(), websocket.MessageText, []byte(text)); err != nil {
		s.t.Error(err)
	}
}

// spoken is an audio message with this sound, as the SDK writes it.
func spoken(samples []int16) string {
	b := make([]byte, 0, 2*len(samples))
	for _, x := range samples {
		b = binary.LittleEndian.AppendUint16(b, uint16(x))
	}
	return `{"kind":"audioData","audioData":{"data":"` + base64.StdEncoding.EncodeToString(b) + `","isSilent":false},"stopAudio":{}}`
}
