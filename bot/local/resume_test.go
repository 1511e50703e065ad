package local_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media"
)

// own lists botd's own events about bots so far.
func (b *book) own() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var names []string
	for _, kind := range b.types {
		if strings.HasPrefix(kind, "botd.bot.") {
			names = append(names, strings.TrimPrefix(kind, "botd.bot."))
		}
	}
	return strings.Join(names, " ")
}

func TestABotThatPanicsIsCalledAgainWithWhatItSavedAndMissed(t *testing.T) {
	runs := 0
	var missed []string
	var state struct{ Step int }
	handler := func(ctx context.Context, c *bot.Call) error {
		runs++
		if err := c.Answer(ctx); err != nil {
			return err
		}
		if !c.Resumed() {
			if err := c.Save(ctx, map[string]int{"step": 7}); err != nil {
				return err
			}
			if err := c.Mute(ctx, alice); err != nil { // an event that it is not told any more
				return err
			}
			panic("planted")
		}
		if _, err := c.Saved(&state); err != nil {
			return err
		}
		for _, e := range c.Missed() {
			missed = append(missed, e.Type)
		}
		if got := people(ctx, c); got != "[{8:acs:r_alice  true false} {echo  false false}] <nil>" {
			t.Errorf("in the call: %s", got)
		}
		<-ctx.Done()
		return nil
	}
	withBot(t, handler, func(h *house) {
		l := h.offer()
		if runs != 2 || state.Step != 7 {
			h.Errorf("called %d times, saved %+v", runs, state)
		}
		if !slices.Contains(missed, "botd.bot.crashed") || !slices.Contains(missed, "botd.bot.resumed") {
			h.Errorf("missed %v", missed)
		}
		if got := h.book.own(); got != "saved crashed resumed" {
			h.Errorf("in the log: %s", got)
		}
		select {
		case why := <-l.why:
			h.Errorf("the caller was hung up on: %v", why)
		default:
		}
		l.p.Gone(call.ReasonLocal)
		synctest.Wait()
		h.told("CallConnected ParticipantsUpdated CallDisconnected")
	})
}

func TestEventsAreToldToWhoResumesFromTheFirstThatWasNotDoneWith(t *testing.T) {
	var first, again []uint64
	handler := func(ctx context.Context, c *bot.Call) error {
		if c.Resumed() {
			for _, e := range c.Missed() {
				again = append(again, e.Sequence)
			}
			return nil
		}
		c.OnEvent(func(e bot.Event) {
			first = append(first, e.Sequence)
			if strings.HasSuffix(e.Type, "CallConnected") {
				panic("planted")
			}
		})
		if err := c.Answer(ctx); err != nil {
			return err
		}
		<-ctx.Done()
		return nil
	}
	withBot(t, handler, func(h *house) {
		<-h.offer().why
		if len(first) == 0 || len(again) == 0 || again[0] != first[len(first)-1] {
			h.Errorf("first %v, again %v", first, again)
		}
		for i, n := range again {
			if n != again[0]+uint64(i) {
				h.Errorf("with gaps or twice: %v", again)
			}
		}
	})
}

func TestABotThatKeepsCrashingIsGivenUp(t *testing.T) {
	var at []time.Duration
	var start time.Time
	handler := func(ctx context.Context, c *bot.Call) error {
		at = append(at, time.Since(start))
		if err := c.Answer(ctx); err != nil {
			return err
		}
		panic("planted")
	}
	withBot(t, handler, func(h *house) {
		start = time.Now()
		if why := <-h.offer().why; why != call.ReasonEnded {
			h.Errorf("the caller was told %v", why)
		}
		synctest.Wait()
		if want := "[0s 0s 1s 3s]"; fmt.Sprint(at) != want {
			h.Errorf("called at %v, want %s", at, want)
		}
		if got := h.book.own(); got != "crashed resumed crashed resumed crashed resumed crashed" {
			h.Errorf("in the log: %s", got)
		}
	})
}

func TestABotThatCrashesUnansweredIsCalledAgainWhileItRings(t *testing.T) {
	handler := func(ctx context.Context, c *bot.Call) error {
		if !c.Resumed() {
			panic("planted")
		}
		if err := c.Answer(ctx); err != nil {
			return err
		}
		<-ctx.Done()
		return nil
	}
	withBot(t, handler, func(h *house) {
		h.offer().p.Gone(call.ReasonLocal)
		synctest.Wait()
		h.told("CallConnected ParticipantsUpdated CallDisconnected")
	})
}

func TestACrashedBotsMicrophoneIsDead(t *testing.T) {
	var old media.Sink
	var late error
	handler := func(ctx context.Context, c *bot.Call) error {
		if err := c.Answer(ctx); err != nil {
			return err
		}
		if !c.Resumed() {
			old = c.Microphone()
			panic("planted")
		}
		late = old.Write(media.NewFrame(media.Rate))
		return c.Microphone().Write(media.NewFrame(media.Rate))
	}
	withBot(t, handler, func(h *house) {
		<-h.offer().why
		if late == nil {
			h.Error("who is gone still speaks")
		}
	})
}

func TestTheFillerCoversTheGap(t *testing.T) {
	handler := func(ctx context.Context, c *bot.Call) error {
		if err := c.Answer(ctx); err != nil {
			return err
		}
		panic("planted")
	}
	withBot(t, handler, func(h *house) {
		<-h.offer().why
		synctest.Wait()
		// The first return is at once, the second after 1 s, the third after 2 s.
		if got := fmt.Sprint(h.away()); got != "[true false]" {
			h.Errorf("away: %s", got)
		}
	})
}
