package automation_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/dtmf"
	"github.com/botd-dev/botd/media/mix"
	"github.com/botd-dev/botd/media/prompt"
	"github.com/botd-dev/botd/media/speech"
)

const (
	alice identity.ID = "8:acs:r_alice"
	bob   identity.ID = "8:acs:r_bob"
	app   identity.ID = "8:acs:r_app"
)

// book is a journal in memory.
type book struct {
	mu      sync.Mutex
	records []call.Record
}

func (b *book) Append(_ string, records []call.Record, done func(error)) {
	b.mu.Lock()
	b.records = append(b.records, records...)
	b.mu.Unlock()
	done(nil)
}

// stage is a bridge that plays in virtual time: a source lasts as long as its
// frames.
type stage struct {
	mu     sync.Mutex
	played []string // "all", or the port it was played to
	plays  []*playback
	said   []said
	taps   int // that are open
}

func (*stage) Join(string, media.Port) {}
func (*stage) Leave(string)            {}
func (*stage) Mute(string)             {}
func (*stage) Unmute(string)           {}
func (*stage) Hear(string, []string)   {}
func (*stage) Close()                  {}

func (s *stage) Play(src media.Source, to ...string) media.Playback {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.played = append(s.played, map[bool]string{true: "all", false: "one"}[len(to) == 0])
	p := &playback{done: make(chan struct{}), stop: make(chan struct{})}
	s.plays = append(s.plays, p)
	go p.run(src)
	return p
}

type playback struct {
	done, stop chan struct{}
	once       sync.Once
	err        error
	ended      time.Time // once done is closed
	frames     atomic.Int32
	paused     atomic.Int32
	ducked     atomic.Int32
}

func (p *playback) run(src media.Source) {
	defer close(p.done)
	defer func() { p.ended = time.Now() }()
	for f := media.NewFrame(media.Rate); ; {
		switch err := src.Read(f); {
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			p.err = err
			return
		}
		select {
		case <-time.After(media.FrameDuration):
			p.frames.Add(1)
		case <-p.stop:
			return
		}
	}
}

func (p *playback) Done() <-chan struct{} { return p.done }
func (p *playback) Err() error            { <-p.done; return p.err }
func (p *playback) Stop()                 { p.once.Do(func() { close(p.stop) }) }
func (p *playback) Played() int           { return int(p.frames.Load()) }

func (p *playback) Pause()          { p.paused.Add(1) }
func (p *playback) Resume()         {}
func (p *playback) Duck(dB float64) { p.ducked.Store(int32(dB)) }

func (p *playback) Heard(string) time.Duration {
	return time.Duration(p.frames.Load()) * media.FrameDuration
}
func (p *playback) Mark(string, time.Duration, func(string)) {}

// library opens "1s" and the like as a tone of that length, and fails with
// what it is told to.
type library struct{ fail error }

func (l library) Open(_ context.Context, sources ...prompt.Source) (media.Source, error) {
	if l.fail != nil {
		return nil, l.fail
	}
	total := time.Duration(0)
	for _, s := range sources {
		d, err := time.ParseDuration(s.Text)
		if err != nil {
			return nil, err
		}
		total += d
	}
	return media.Chain(media.Tone(440, 20), media.Limit(total)), nil
}

func (l library) Prepare(ctx context.Context, sources ...prompt.Source) (*prompt.Prompt, error) {
	if l.fail != nil {
		return nil, l.fail
	}
	return prompt.New(prompt.Config{Speech: metronome{}}).Prepare(ctx, sources...)
}

// metronome says every text in the time that it names.
type metronome struct{}

func (metronome) Synthesize(ctx context.Context, u speech.Utterance) (media.Source, error) {
	return library{}.Open(ctx, prompt.Source{Text: u.Text})
}

// leg is a phone whose media flows as soon as it may.
type leg struct {
	p       *call.Participant
	mute    bool // takes no keys and sends none
	sound   *handset
	pressed []call.Tone
}

// Port is silent, or where the leg's sound is.
func (l *leg) Port() media.Port {
	if l.sound != nil {
		return l.sound
	}
	return media.NewPair()
}

// TellsKeys fits call.KeyTeller.
func (l *leg) TellsKeys() bool { return !l.mute }

// Press fits call.Keypad: it takes as long as it does on the wire.
func (l *leg) Press(tones ...call.Tone) (<-chan struct{}, error) {
	if l.mute {
		return nil, errors.New("no keys here")
	}
	l.pressed = append(l.pressed, tones...)
	done := make(chan struct{})
	time.AfterFunc(time.Duration(len(tones))*(dtmf.Length+dtmf.Pause), func() { close(done) })
	return done, nil
}

func (l *leg) Kind() string               { return "fake" }
func (l *leg) Attach(p *call.Participant) { l.p = p }
func (l *leg) Accept()                    { go l.p.Connected() }
func (l *leg) Show(call.Roster)           {}
func (l *leg) Mute()                      {}
func (l *leg) Unmute()                    {}
func (l *leg) Hangup(call.Reason)         {}

// everybody rings.
type everybody struct {
	mu   sync.Mutex
	last *call.Invitation
}

func (e *everybody) Ring(inv *call.Invitation) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.last = inv
	return true
}

func (e *everybody) latest() *call.Invitation {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.last
}

// world is a Service with everything around it faked.
type world struct {
	*testing.T
	*automation.Service
	calls    *call.Registry
	contexts *automation.Contexts
	book     *book
	stage    *stage
	bell     *everybody
	library  library
	cfg      automation.Config
	clock    *mix.Clock // of real bridges; nil has none
	stops    []time.Time
}

func (w *world) newBridge(h call.Heard) call.Bridge {
	if w.clock == nil {
		return w.stage
	}
	b := w.clock.NewBridge(mix.Options{Speaking: h.Speaking, MutedSpeaking: h.MutedSpeaking})
	return noting{b, w}
}

func inWorld(t *testing.T, l library, f func(w *world)) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{T: t, book: &book{}, stage: &stage{}, bell: &everybody{}, library: l}
		w.contexts = automation.NewContexts(make([]byte, 32), time.Now)
		w.calls = call.NewRegistry(call.Config{
			Journal: w.book, NewBridge: w.newBridge, Now: time.Now, Random: rand.Reader,
			IncomingContext: w.contexts.Seal, Log: zap.NewNop(),
		})
		w.calls.Reach(w.bell)
		w.cfg = automation.Config{
			Calls: w.calls, Prompts: l, Contexts: w.contexts, Application: app,
			CheckURI: func(_ context.Context, uri string) error {
				if strings.Contains(uri, "10.0.0.1") {
					return errors.New("10.0.0.1 may not be reached")
				}
				return nil
			},
		}
		w.Service = automation.New(w.cfg)
		f(w)
		if err := w.calls.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if w.clock != nil {
			if err := w.clock.Close(t.Context()); err != nil {
				t.Error(err)
			}
		}
		synctest.Wait()
	})
}

// with changes how the service is made.
func (w *world) with(change func(*automation.Config)) {
	change(&w.cfg)
	w.Service = automation.New(w.cfg)
}

// answered is a call from alice that the application has answered.
func (w *world) answered() (*leg, *call.Connection) {
	w.Helper()
	return w.answeredBy(&leg{})
}

// answeredBy is the same with a leg.
func (w *world) answeredBy(l *leg) (*leg, *call.Connection) {
	w.Helper()
	if _, err := w.calls.Offer(w.Context(), call.Offer{Leg: l, From: alice, To: []identity.ID{app}}); err != nil {
		w.Fatal(err)
	}
	synctest.Wait()
	cn, err := w.Answer(w.Context(), automation.AnswerRequest{
		IncomingCallContext: w.context(), CallbackURI: "https://example.com/events",
	})
	if err != nil {
		w.Fatal(err)
	}
	synctest.Wait()
	return l, cn
}

// context is the incomingCallContext of the last IncomingCall in the log.
func (w *world) context() string {
	var e struct {
		Context string `json:"incomingCallContext"`
	}
	w.last("IncomingCall", &e)
	return e.Context
}

// last reads the last event of a type.
func (w *world) last(name string, into any) {
	w.Helper()
	w.book.mu.Lock()
	defer w.book.mu.Unlock()
	for i := len(w.book.records) - 1; i >= 0; i-- {
		if r := w.book.records[i]; r.Type == "Microsoft.Communication."+name {
			if err := json.Unmarshal(r.Data, into); err != nil {
				w.Fatal(err)
			}
			return
		}
	}
	w.Fatalf("no %s in the log", name)
}

// own reads the last event of a type of ours.
func (w *world) own(name string, into any) {
	w.Helper()
	w.book.mu.Lock()
	defer w.book.mu.Unlock()
	for i := len(w.book.records) - 1; i >= 0; i-- {
		if r := w.book.records[i]; r.Type == name {
			if err := json.Unmarshal(r.Data, into); err != nil {
				w.Fatal(err)
			}
			return
		}
	}
	w.Fatalf("no %s in the log", name)
}

// told lists the media events so far.
func (w *world) told() []string {
	w.book.mu.Lock()
	defer w.book.mu.Unlock()
	var names []string
	for _, r := range w.book.records {
		name := strings.TrimPrefix(r.Type, "Microsoft.Communication.")
		if strings.HasPrefix(name, "Play") || strings.HasPrefix(name, "Recognize") || strings.Contains(name, "Dtmf") {
			names = append(names, name)
		}
	}
	return names
}

func (w *world) want(got, want any) {
	w.Helper()
	g, _ := json.Marshal(got)
	x, _ := json.Marshal(want)
	if string(g) != string(x) {
		w.Errorf("got  %s\nwant %s", g, x)
	}
}

// result is what every closing event carries.
type result struct {
	OperationContext string      `json:"operationContext"`
	Result           call.Result `json:"resultInformation"`
	Index            *int        `json:"failedPlaySourceIndex"`
	DTMF             struct {
		Tones []string `json:"tones"`
	} `json:"dtmfResult"`
	Kind   string                   `json:"recognitionType"`
	Speech *automation.SpeechResult `json:"speechResult"`
	Choice *automation.ChoiceResult `json:"choiceResult"`
}
