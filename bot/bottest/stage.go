package bottest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/local"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
	"github.com/botd-dev/botd/media/prompt"
	"github.com/botd-dev/botd/media/speech"
)

const (
	// patience is how long an expectation waits if it does not say.
	patience = 30 * time.Second
	// forever is for what is known to come to an end.
	forever = 24 * time.Hour
)

// stage is a server without a network, and everybody who calls it.
type stage struct {
	*scheduler
	t        testing.TB
	life     func() context.Context // ends with the play
	stop     context.CancelFunc
	cfg      Stage
	bot      identity.ID
	names    *names
	language *language
	journal  *journal
	calls    *call.Registry
	bots     *local.Bots
	opener   *prompt.Opener
	people   map[identity.ID]*person
	order    []*person
	failure  string // why the play was broken off

	mu     sync.Mutex
	errors []string // of handlers
}

func newStage(t testing.TB, cfg Stage, h bot.Handler) *stage {
	s := &stage{t: t, cfg: cfg, bot: cfg.Bot, names: newNames(cfg.Seed), journal: &journal{}, people: map[identity.ID]*person{}}
	ctx, stop := context.WithCancel(context.Background())
	s.life, s.stop = func() context.Context { return ctx }, stop
	s.language = newLanguage(s.names)
	s.scheduler = newScheduler(newGate(), mix.NewClock(mix.Config{Manual: true, Workers: 1}), s.attend)
	if s.bot == "" {
		s.bot = "bot"
	}
	s.open(h)
	return s
}

// open starts the server.
func (s *stage) open(h bot.Handler) {
	contexts := automation.NewContexts(make([]byte, 32), time.Now)
	s.calls = call.NewRegistry(call.Config{
		Journal: s.journal, NewBridge: s.bridge, Now: time.Now, NewID: s.names.id, Turns: s.gate,
		IncomingContext: contexts.Seal, Log: zap.NewNop(),
	})
	s.opener = prompt.New(prompt.Config{
		HTTP: &http.Client{Transport: &library{s.cfg.Files, s.language}}, Speech: s.speech(), FileRoots: []string{"/"},
	})
	service := automation.New(automation.Config{
		Calls: s.calls, Prompts: s.opener, Speech: s.recognizer(), Contexts: contexts,
		CheckURI:    func(context.Context, string) error { return nil },
		Application: "28:bottest",
	})
	handlers := map[identity.ID]bot.Handler{s.bot: h}
	for name, other := range s.cfg.Others {
		handlers[name] = other
	}
	for name, h := range handlers {
		handlers[name] = s.watched(name, h)
	}
	s.bots = local.New(local.Config{Service: service, Contexts: contexts, NewID: s.names.id, Log: zap.NewNop()}, handlers)
	s.calls.Reach(s.bots, s)
}

func (s *stage) bridge(h call.Heard) call.Bridge {
	return s.clock.NewBridge(mix.Options{Speaking: h.Speaking, MutedSpeaking: h.MutedSpeaking})
}

func (s *stage) speech() speech.Synthesizer {
	if s.cfg.Speech != nil {
		return s.cfg.Speech
	}
	return &voice{s.language}
}

func (s *stage) recognizer() speech.Recognizer {
	if s.cfg.Recognizer != nil {
		return s.cfg.Recognizer
	}
	return &recognizer{s.language, s.gate}
}

// watched is a handler whose panic fails the test, unless it is part of the play.
func (s *stage) watched(name identity.ID, h bot.Handler) bot.Handler {
	return func(ctx context.Context, c *bot.Call) (err error) {
		defer func() {
			if p := recover(); p != nil {
				if !s.cfg.Panics {
					s.t.Errorf("%s panicked: %v", name, p)
				}
				panic(p) //nolint:forbidigo // the call has to know as well
			}
			if err != nil && ctx.Err() == nil {
				s.returned(fmt.Sprintf("%s returned: %v", name, err))
			}
		}()
		return h(ctx, c)
	}
}

// returned keeps what a handler returned, for who wants to know why.
func (s *stage) returned(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.errors = append(s.errors, what)
	slices.Sort(s.errors)
}

// attend tells everybody which tick comes.
func (s *stage) attend(tick int64) {
	for _, p := range s.order {
		if l := p.current(); l != nil {
			l.attend(tick)
		}
	}
}

// finish ends the log.
func (s *stage) finish() {
	for _, p := range s.order {
		if l := p.current(); l != nil {
			l.listener.finish()
		}
	}
	s.journal.seal()
}

// whose is who a name stands for: a bot's, or somebody's.
func (s *stage) whose(name string) identity.ID {
	if id := identity.ID(name); s.plays(id) {
		return id
	}
	return ID(name)
}

// plays reports whether a bot answers for somebody.
func (s *stage) plays(id identity.ID) bool {
	_, ok := s.cfg.Others[id]
	return ok || id == s.bot
}

// close ends everything; what of it happens is not in the log.
func (s *stage) close() {
	s.gate.unlock()
	s.stop()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := errors.Join(s.calls.Close(ctx), s.bots.Close(ctx), s.clock.Close(ctx)); err != nil {
		s.t.Errorf("after the play: %v", err)
	}
}

// expect waits until ready, and breaks the play off if that takes too long.
func (s *stage) expect(what string, limit time.Duration, ready func() bool) {
	s.helper()
	if !s.wait(ready, limit) {
		s.fail("within %v it did not happen that %s", limit, what)
	}
}

// fail breaks the play off.
func (s *stage) fail(format string, args ...any) {
	s.helper()
	if s.failure == "" {
		s.failure = fmt.Sprintf(format, args...) + at()
	}
	s.aborted = true
	runtime.Goexit()
}

// at is the place in the script that is being played.
func at() string {
	for skip := 1; ; skip++ {
		_, file, line, ok := runtime.Caller(skip)
		if !ok {
			return ""
		}
		if strings.HasSuffix(file, "_test.go") {
			return fmt.Sprintf("\n    at %s:%d", file, line)
		}
	}
}

// verdict fails the test if the play was broken off.
func (s *stage) verdict() {
	s.helper()
	if s.failure != "" {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.t.Errorf("%s\n\nwhat happened (seed %d):\n%s%s", s.failure, s.cfg.Seed, Timeline(s.journal.lines()), strings.Join(s.errors, "\n"))
	}
}

func (s *stage) helper() { s.t.Helper() }

// clip is the sound of a file in frames.
func (s *stage) clip(file string) ([][]int16, error) {
	src, err := s.opener.Open(s.life(), prompt.Source{Kind: prompt.File, URI: "file://" + absolute(file)})
	if err != nil {
		return nil, err
	}
	var frames [][]int16
	for f := media.NewFrame(media.Rate); ; {
		err := src.Read(f)
		if errors.Is(err, io.EOF) {
			return frames, nil
		}
		if err != nil {
			return nil, err
		}
		frames = append(frames, append([]int16(nil), f.Samples...))
	}
}
