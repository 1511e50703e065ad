package local_test

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/local"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
)

const (
	alice identity.ID = "8:acs:r_alice"
	other identity.ID = "8:acs:r_other"
	echo  identity.ID = "echo"
)

// book is a journal in memory.
type book struct {
	mu    sync.Mutex
	types []string
}

func (b *book) Append(_ string, records []call.Record, done func(error)) {
	b.mu.Lock()
	for _, r := range records {
		if r.Connection == "" {
			continue
		}
		b.types = append(b.types, strings.TrimPrefix(r.Type, "Microsoft.Communication."))
	}
	b.mu.Unlock()
	done(nil)
}

// contract lists the contract's events of connections so far.
func (b *book) contract() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var names []string
	for _, kind := range b.types {
		if !strings.HasPrefix(kind, "botd.") {
			names = append(names, kind)
		}
	}
	return strings.Join(names, " ")
}

// bridge is a bridge in which nothing is heard.
type bridge struct{}

func (bridge) Join(string, media.Port)                     {}
func (bridge) Leave(string)                                {}
func (bridge) Mute(string)                                 {}
func (bridge) Unmute(string)                               {}
func (bridge) Hear(string, []string)                       {}
func (bridge) Close()                                      {}
func (bridge) Play(media.Source, ...string) media.Playback { return nil }
func (bridge) Tap(media.TapOptions) (media.Tap, error)     { return nil, errors.ErrUnsupported }

// leg is a phone whose media flows as soon as it may.
type leg struct {
	p   *call.Participant
	why chan call.Reason
}

func (l *leg) Kind() string               { return "fake" }
func (l *leg) Attach(p *call.Participant) { l.p = p }
func (l *leg) Accept()                    { go l.p.Connected() }
func (l *leg) Port() media.Port           { return nil }
func (l *leg) Show(call.Roster)           {}
func (l *leg) Mute()                      {}
func (l *leg) Unmute()                    {}
func (l *leg) Hangup(why call.Reason)     { l.why <- why }

// house is a bot with everything around it faked.
type house struct {
	*testing.T
	book  *book
	calls *call.Registry
	bots  *local.Bots
	logs  *observer.ObservedLogs
	rung  chan *call.Invitation // what rings for other

	mu    sync.Mutex
	aways []bool
}

// away is what was told of the bot's absence.
func (h *house) away() []bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.aways
}

// Ring rings for other.
func (h *house) Ring(inv *call.Invitation) bool {
	if inv.To() != other {
		return false
	}
	h.rung <- inv
	return true
}

// withBot runs a test in virtual time, ten years from now by the wall clock of
// the server.
func withBot(t *testing.T, handler bot.Handler, f func(h *house)) {
	synctest.Test(t, func(t *testing.T) {
		core, logs := observer.New(zap.WarnLevel)
		h := &house{T: t, book: &book{}, logs: logs, rung: make(chan *call.Invitation, 1)}
		now := func() time.Time { return time.Now().AddDate(10, 0, 0) }
		contexts := automation.NewContexts(make([]byte, 32), now)
		h.calls = call.NewRegistry(call.Config{
			Journal: h.book, NewBridge: func(call.Heard) call.Bridge { return bridge{} }, Now: now, Random: rand.Reader,
			IncomingContext: contexts.Seal, Log: zap.NewNop(),
		})
		service := automation.New(automation.Config{
			Calls: h.calls, Contexts: contexts, CheckURI: func(context.Context, string) error { return nil },
		})
		h.bots = local.New(
			local.Config{
				Service: service, Contexts: contexts, Log: zap.New(core), FillerAfter: 1500 * time.Millisecond,
				Away: func(_ string, away bool) {
					h.mu.Lock()
					defer h.mu.Unlock()
					h.aways = append(h.aways, away)
				},
			},
			map[identity.ID]bot.Handler{echo: handler},
		)
		h.calls.Reach(h.bots, h)
		f(h)
		if err := h.calls.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if err := h.bots.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if n := h.calls.Counts(); n != (call.Counts{}) {
			t.Errorf("left over: %+v", n)
		}
	})
}

func (h *house) offer() *leg {
	h.Helper()
	l := &leg{why: make(chan call.Reason, 1)}
	if _, err := h.calls.Offer(h.Context(), call.Offer{Leg: l, From: alice, To: []identity.ID{echo}}); err != nil {
		h.Fatal(err)
	}
	synctest.Wait()
	return l
}

func (h *house) told(want string) {
	h.Helper()
	if got := h.book.contract(); got != want {
		h.Errorf("told %q, want %q", got, want)
	}
}

// stay answers and stays until the call ends.
func stay(ctx context.Context, c *bot.Call) error {
	if err := c.Answer(ctx); err != nil {
		return err
	}
	<-ctx.Done()
	return ctx.Err()
}

func TestABotAnswersAndItsContextEndsWithTheCall(t *testing.T) {
	withBot(t, stay, func(h *house) {
		l := h.offer()
		h.told("CallConnected ParticipantsUpdated")
		l.p.Gone(call.ReasonLocal)
		synctest.Wait()
		h.told("CallConnected ParticipantsUpdated CallDisconnected")
		if h.logs.Len() > 0 {
			h.Errorf("the end of a call is no error: %v", h.logs.All())
		}
	})
}

func TestAnsweringTwiceKeepsTheConnection(t *testing.T) {
	var second error
	handler := func(ctx context.Context, c *bot.Call) error {
		if err := c.Answer(ctx); err != nil {
			return err
		}
		second = c.Answer(ctx)
		_, err := c.Participants(ctx)
		return err
	}
	withBot(t, handler, func(h *house) {
		l := h.offer()
		if !errors.Is(second, call.ErrWrongState) {
			h.Errorf("answering twice: %v", second)
		}
		if why := <-l.why; why != call.ReasonEnded {
			h.Errorf("the caller was told %v", why)
		}
	})
}

func TestABotThatReturnsUnansweredDeclines(t *testing.T) {
	withBot(t, func(context.Context, *bot.Call) error { return nil }, func(h *house) {
		if why := <-h.offer().why; why != call.ReasonDeclined {
			h.Errorf("the caller was told %v", why)
		}
	})
}

func TestABotThatHasReturnedAnswersNoMore(t *testing.T) {
	var late chan error // made where time is virtual
	handler := func(ctx context.Context, c *bot.Call) error {
		time.AfterFunc(time.Second, func() { late <- c.Answer(context.WithoutCancel(ctx)) })
		return c.Redirect(ctx, other)
	}
	withBot(t, handler, func(h *house) {
		late = make(chan error, 1)
		h.offer()
		if err := <-late; !errors.Is(err, bot.ErrEnded) {
			h.Errorf("got %v", err)
		}
		if inv := <-h.rung; inv.From() != alice {
			h.Errorf("a call of %s", inv.From())
		}
	})
}

func TestACallGivenToSomebodyElseEndsTheHandler(t *testing.T) {
	var ended chan struct{} // made where time is virtual
	handler := func(ctx context.Context, _ *bot.Call) error {
		<-ctx.Done()
		close(ended)
		return nil
	}
	withBot(t, handler, func(h *house) {
		ended = make(chan struct{})
		h.offer().p.Gone(call.ReasonLocal)
		<-ended
	})
}

func TestClosingDoesNotWaitForeverForABotThatDoesNotListen(t *testing.T) {
	var free chan struct{} // made where time is virtual
	handler := func(context.Context, *bot.Call) error { <-free; return nil }
	withBot(t, handler, func(h *house) {
		free = make(chan struct{})
		h.offer()
		ctx, cancel := context.WithTimeout(h.Context(), time.Second)
		defer cancel()
		if err := h.bots.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			h.Errorf("got %v", err)
		}
		free <- struct{}{}
	})
}
