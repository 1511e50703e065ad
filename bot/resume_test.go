package bot_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/botd-dev/botd/bot"
)

func TestAHandlerThatIsCalledAgainFindsWhereItLeftOff(t *testing.T) {
	b := newScript(closing)
	b.past = bot.Past{
		Resumed: true, Connection: "id", Saved: json.RawMessage(`{"step":3}`),
		Missed: []bot.Event{event("PlayCompleted", "old", "{}")},
	}
	err := bot.Serve(t.Context(), b, func(ctx context.Context, c *bot.Call) error {
		if !c.Resumed() || c.ID() != "id" || len(c.Missed()) != 1 {
			t.Errorf("resumed %v, id %q, missed %v", c.Resumed(), c.ID(), c.Missed())
		}
		var state struct{ Step int }
		if ok, err := c.Saved(&state); !ok || err != nil || state.Step != 3 {
			t.Errorf("saved %+v, %v, %v", state, ok, err)
		}
		return c.Answer(ctx)
	})
	if err != nil || len(b.actions) != 1 { // HangUp alone
		t.Errorf("got %v after %v", err, b.actions)
	}
}

func TestACallThatIsNewHasNoPast(t *testing.T) {
	_ = bot.Serve(t.Context(), newScript(closing), func(_ context.Context, c *bot.Call) error {
		if ok, err := c.Saved(new(int)); c.Resumed() || ok || err != nil {
			t.Errorf("resumed %v, saved %v, %v", c.Resumed(), ok, err)
		}
		return nil
	})
}

func TestWhatIsSavedIsSmallAndJSON(t *testing.T) {
	b := newScript(closing)
	_ = bot.Serve(t.Context(), b, func(ctx context.Context, c *bot.Call) error {
		for _, v := range []any{strings.Repeat("a", bot.MaxSaved), func() {}} {
			if err := c.Save(ctx, v); !errors.Is(err, bot.ErrInvalid) {
				t.Errorf("%T: %v", v, err)
			}
		}
		return c.Save(ctx, map[string]int{"step": 3})
	})
	if a, _ := b.actions[0].(bot.Save); string(a.State) != `{"step":3}` {
		t.Errorf("saved %s", a.State)
	}
}
