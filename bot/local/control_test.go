package local_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/local"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// join lets somebody into the call of a group.
func (h *house) join(who identity.ID) *leg {
	h.Helper()
	l := &leg{why: make(chan call.Reason, 1)}
	if _, err := h.calls.Join(h.Context(), call.Joining{Leg: l, Group: "team", From: who}); err != nil {
		h.Fatal(err)
	}
	synctest.Wait()
	return l
}

// people are those in a call, and what they are.
func people(ctx context.Context, c *bot.Call) string {
	list, err := c.Participants(ctx)
	return fmt.Sprint(list, err)
}

func TestABotIsSentToARunningCall(t *testing.T) {
	var seen string
	handler := func(ctx context.Context, c *bot.Call) error {
		if c.From() != "" || c.To() != echo {
			t.Errorf("%+v", c.Incoming())
		}
		if err := c.Redirect(ctx, other); !errors.Is(err, call.ErrWrongState) {
			t.Errorf("redirect: %v", err)
		}
		if err := c.Answer(ctx); err != nil {
			return err
		}
		seen = people(ctx, c)
		<-ctx.Done()
		return ctx.Err()
	}
	withBot(t, handler, func(h *house) {
		l := h.join(alice)
		for _, p := range []bot.Place{{Group: "team"}, {ServerCall: l.p.Call()}} {
			seen = ""
			if err := h.bots.Send(echo, p); err != nil {
				h.Fatal(err)
			}
			synctest.Wait()
			if seen == "" {
				h.Errorf("%+v: it did not come", p)
			}
		}
		if want := "[{8:acs:r_alice  false false} {echo  false false} {echo  false false}] <nil>"; seen != want {
			h.Errorf("in the call: %s", seen)
		}
		if err := h.bots.Send("nobody", bot.Place{Group: "team"}); !errors.Is(err, local.ErrNoBot) {
			h.Errorf("somebody who is no bot: %v", err)
		}
		l.p.Gone(call.ReasonLocal)
		synctest.Wait()
	})
}

func TestABotThatIsSentNowhereIsToldSo(t *testing.T) {
	var failed chan error // made where time is virtual
	handler := func(ctx context.Context, c *bot.Call) error {
		failed <- c.Answer(ctx)
		return nil
	}
	withBot(t, handler, func(h *house) {
		failed = make(chan error)
		h.join(alice)
		for _, place := range []bot.Place{{Group: "nobody"}, {Room: "123"}, {ServerCall: "none"}} {
			if err := h.bots.Send(echo, place); err != nil {
				h.Fatal(err)
			}
			err := <-failed
			if why := (*bot.Failure)(nil); !errors.As(err, &why) || why.Code != 404 || why.Subcode != 8543 {
				h.Errorf("%+v: %v", place, err)
			}
		}
	})
}

func TestABotHandsItsCallerOn(t *testing.T) {
	var result error
	handler := func(ctx context.Context, c *bot.Call) error {
		if err := c.Answer(ctx); err != nil {
			return err
		}
		result = c.Transfer(ctx, other)
		return result
	}
	withBot(t, handler, func(h *house) {
		l := h.offer()
		inv := <-h.rung
		if inv.From() != alice {
			h.Errorf("%s calls", inv.From())
		}
		if _, err := inv.Accept(h.Context(), call.Acceptance{Leg: &leg{why: make(chan call.Reason, 1)}}); err != nil {
			h.Fatal(err)
		}
		synctest.Wait()
		if result != nil {
			h.Errorf("transfer: %v", result)
		}
		h.told("CallConnected ParticipantsUpdated CallTransferAccepted CallDisconnected")
		select {
		case why := <-l.why:
			h.Errorf("the caller was hung up on: %v", why)
		default:
		}
	})
}

func TestATransferThatIsDeclinedReturnsToTheBot(t *testing.T) {
	var result error
	handler := func(ctx context.Context, c *bot.Call) error {
		if err := c.Answer(ctx); err != nil {
			return err
		}
		result = c.TransferTo(ctx, alice, other)
		<-ctx.Done()
		return nil
	}
	withBot(t, handler, func(h *house) {
		h.offer()
		(<-h.rung).Decline(call.ReasonBusy)
		synctest.Wait()
		if why := (*bot.Failure)(nil); !errors.As(result, &why) || why.Code != 486 {
			h.Errorf("transfer: %v", result)
		}
	})
}

func TestABotHoldsMutesAndRoutes(t *testing.T) {
	steps := []struct {
		name string
		do   func(context.Context, *bot.Call) error
		want string
	}{
		{"hold", func(ctx context.Context, c *bot.Call) error { return c.Hold(ctx, alice) }, "[{8:acs:r_alice  false true} {echo  false false}] <nil>"},
		{"unhold", func(ctx context.Context, c *bot.Call) error { return c.Unhold(ctx, alice) }, "[{8:acs:r_alice  false false} {echo  false false}] <nil>"},
		{"mute all", func(ctx context.Context, c *bot.Call) error { return c.MuteAll(ctx) }, "[{8:acs:r_alice  true false} {echo  false false}] <nil>"},
		{"unmute", func(ctx context.Context, c *bot.Call) error { return c.Unmute(ctx, alice) }, "[{8:acs:r_alice  false false} {echo  false false}] <nil>"},
		{"mute all but her", func(ctx context.Context, c *bot.Call) error { return c.MuteAll(ctx, alice) }, "[{8:acs:r_alice  false false} {echo  false false}] <nil>"},
	}
	handler := func(ctx context.Context, c *bot.Call) error {
		if err := c.Answer(ctx); err != nil {
			return err
		}
		for _, s := range steps {
			if err := s.do(ctx, c); err != nil {
				t.Errorf("%s: %v", s.name, err)
			}
			if got := people(ctx, c); got != s.want {
				t.Errorf("%s: %s, want %s", s.name, got, s.want)
			}
		}
		for _, h := range []bot.Hearing{
			bot.Coached{Coach: echo, By: []identity.ID{alice}},
			bot.Private{Who: []identity.ID{alice}},
			bot.Interpreted{Interpreter: echo, Speaker: alice, Listeners: []identity.ID{other}},
			bot.Pairs{{Listener: alice, Speaker: echo}},
			bot.Everybody{},
		} {
			if err := c.Route(ctx, h); err != nil {
				t.Errorf("%#v: %v", h, err)
			}
		}
		if err := c.Hold(ctx, other); !errors.Is(err, call.ErrNoParticipant) {
			t.Errorf("hold somebody who is not there: %v", err)
		}
		return nil
	}
	withBot(t, handler, func(h *house) {
		<-h.offer().why
	})
}

// TestABotMovesItsCallersTogether has the bot in two calls: the second one
// takes the caller of the first.
func TestABotMovesItsCallersTogether(t *testing.T) {
	var first *bot.Call
	var moved, missed error
	var seen string
	handler := func(ctx context.Context, c *bot.Call) error {
		if err := c.Answer(ctx); err != nil {
			return err
		}
		if first == nil {
			first = c
			<-ctx.Done()
			return nil
		}
		if c.ID() == "" || c.ID() == first.ID() {
			t.Errorf("ids %q and %q", c.ID(), first.ID())
		}
		missed = c.Move(ctx, first, "8:acs:r_nobody")
		moved = c.Move(ctx, first, alice)
		seen = people(ctx, c)
		return nil
	}
	withBot(t, handler, func(h *house) {
		h.offer()
		l := &leg{why: make(chan call.Reason, 1)}
		if _, err := h.calls.Offer(h.Context(), call.Offer{Leg: l, From: "8:acs:r_bob", To: []identity.ID{echo}}); err != nil {
			h.Fatal(err)
		}
		synctest.Wait()
		if why := (*bot.Failure)(nil); moved != nil || !errors.As(missed, &why) {
			h.Errorf("moved: %v, missed: %v", moved, missed)
		}
		if want := "[{8:acs:r_bob  false false} {echo  false false} {8:acs:r_alice  false false}] <nil>"; seen != want {
			h.Errorf("together: %s", seen)
		}
	})
}
