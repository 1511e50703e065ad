package bottest_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/bottest"
)

// told is a call to the menu, as it was.
const told = "testdata/menu.jsonl"

func recorded(t *testing.T) []byte {
	t.Helper()
	log, err := os.ReadFile(told)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func TestACallThatWasIsPlayedAgain(t *testing.T) {
	bottest.Replay(t, menu, recorded(t))
}

// hasty transfers without a word.
func hasty(ctx context.Context, c *bot.Call) error {
	if err := c.Answer(ctx); err != nil {
		return err
	}
	if _, err := c.Ask(ctx, bot.Question{Keys: bot.Keys{Max: 1}}); err != nil {
		return err
	}
	return c.Transfer(ctx, bottest.ID("service"))
}

func TestTheFirstActionThatDiffersIsShownOfBothSides(t *testing.T) {
	then, err := bottest.FromLog(recorded(t))
	if err != nil {
		t.Fatal(err)
	}
	now, err := bottest.FromLog(bottest.Stage{Bot: then.Bot}.Run(t, hasty, then.Play))
	if err != nil {
		t.Fatal(err)
	}
	diff := then.Diff(now)
	for _, want := range []string{"action 3 differs", "then 1.220 s  play", "now  1.200 s  transferToParticipant"} {
		if !strings.Contains(diff, want) {
			t.Errorf("it does not say %q:\n%s", want, diff)
		}
	}
	if same := then.Diff(then); same != "" {
		t.Errorf("a call differs from itself: %s", same)
	}
}

func TestATapeHasBothSides(t *testing.T) {
	tape, err := bottest.FromLog(recorded(t))
	if err != nil {
		t.Fatal(err)
	}
	var acts, actions []string
	for _, a := range tape.Acts {
		acts = append(acts, strings.TrimSpace(string(a.Who)+" "+a.Does+" "+a.What))
	}
	for _, a := range tape.Actions {
		actions = append(actions, strings.TrimSpace(a.Does+" "+a.With))
	}
	want(t, strings.Join(acts, "\n"), "8:acs:bottest_alice presses 1\n8:acs:bottest_sales answers\n8:acs:bottest_alice hangs up")
	want(t, strings.Join(actions, "\n"), "answer\nrecognize\nplay\ntransferToParticipant 8:acs:bottest_sales")
	if tape.Acts[0].Wait != 1200*time.Millisecond || tape.Acts[0].After != 2 {
		t.Errorf("the key came %v after action %d", tape.Acts[0].Wait, tape.Acts[0].After)
	}
}

func want(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// The test that was written is played as well: it is written_test.go.
func TestATestIsWrittenOfALog(t *testing.T) {
	var got bytes.Buffer
	file := bottest.TestFile{Package: "bottest_test", Test: "TestACallToTheMenu", Handler: "menu"}
	if err := bottest.WriteTest(&got, recorded(t), file); err != nil {
		t.Fatal(err)
	}
	bottest.Golden(t, "written_test.go", got.Bytes())
}

func TestWhatIsNoLogIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ log, says string }{
		"nothing":                {"", "not the log of a call"},
		"a line that is no JSON": {"{\"type\":\"a\"}\nhello\n", "line 2"},
		"a line without a type":  {"{}", "line 1 of the log has no type"},
		"a log without a call":   {`{"type":"botd.call.started"}`, "not the log of a call"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := bottest.FromLog([]byte(c.log)); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v", err)
			}
		})
	}
	if _, err := bottest.FromLog(nil); !errors.Is(err, bottest.ErrLog) {
		t.Errorf("got %v", err)
	}
}

func FuzzFromLog(f *testing.F) {
	log, err := os.ReadFile(told)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(log)
	f.Add([]byte(`{"type":"x.IncomingCall","source":"calling/calls/1","data":{}}`))
	f.Fuzz(func(t *testing.T, log []byte) {
		tape, err := bottest.FromLog(log)
		if err != nil {
			return
		}
		if diff := tape.Diff(tape); diff != "" {
			t.Error(diff)
		}
		var b bytes.Buffer
		if err := bottest.WriteTest(&b, log, bottest.TestFile{Package: "p", Test: "TestP", Handler: "h"}); err != nil {
			t.Errorf("it cannot be written: %v\n%s", err, log)
		}
		_ = bottest.Timeline(log)
	})
}
