package botd

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/call"
)

func TestTheStatesPageShowsTheTables(t *testing.T) {
	page, err := os.ReadFile("docs/states.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(page) != statesPage(call.Machines()) {
		t.Error("docs/states.md is behind: go run ./cmd/botd fsm --format page > docs/states.md")
	}
}

func TestEveryTimeoutOfAMachineIsASetting(t *testing.T) {
	for _, m := range call.Machines() {
		for state, timer := range m.Waits {
			if _, ok := settingOf(timer); !ok && timer != "timeout-closing" {
				t.Errorf("%s %s waits for %s, which is no setting", m.Name, state, timer)
			}
		}
	}
}

// TestEveryTimeoutCanBeSetAndIsThatOfTheServiceElse sets each alone.
func TestEveryTimeoutCanBeSetAndIsThatOfTheServiceElse(t *testing.T) {
	seeds := call.Timeouts{
		Establish: 85 * time.Second, Promotion: 115 * time.Second, Phone: 115 * time.Second, Reconnect: 120 * time.Second,
		Call: 30 * time.Hour, Transfer: 60 * time.Second, Lobby: 30 * time.Minute, Empty: 30 * time.Second,
	}
	set := func(settings map[string]string, want call.Timeouts, modality time.Duration, people int) {
		t.Helper()
		c, err := Load(settings, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.timeouts(); got != want || c.TimeoutModality != modality || c.MaxParticipants != people {
			t.Errorf("%v: got %+v, %v, %d", settings, got, c.TimeoutModality, c.MaxParticipants)
		}
	}
	set(nil, seeds, 40*time.Second, 350)
	set(map[string]string{"timeout-modality": "77s"}, seeds, 77*time.Second, 350)
	set(map[string]string{"max-participants": "77"}, seeds, 40*time.Second, 77)
	for name, of := range map[string]func(*call.Timeouts) *time.Duration{
		"timeout-establish":  func(t *call.Timeouts) *time.Duration { return &t.Establish },
		"timeout-promotion":  func(t *call.Timeouts) *time.Duration { return &t.Promotion },
		"timeout-phone":      func(t *call.Timeouts) *time.Duration { return &t.Phone },
		"timeout-reconnect":  func(t *call.Timeouts) *time.Duration { return &t.Reconnect },
		"timeout-call":       func(t *call.Timeouts) *time.Duration { return &t.Call },
		"timeout-transfer":   func(t *call.Timeouts) *time.Duration { return &t.Transfer },
		"timeout-lobby":      func(t *call.Timeouts) *time.Duration { return &t.Lobby },
		"timeout-empty-call": func(t *call.Timeouts) *time.Duration { return &t.Empty },
	} {
		want := seeds
		*of(&want) = 77 * time.Second
		set(map[string]string{name: "77s"}, want, 40*time.Second, 350)
	}
}

func TestTheMachinesCanBePrinted(t *testing.T) {
	for args, want := range map[string]string{
		"fsm":                             "connecting --> connected: established",
		"fsm lobby":                       "waiting --> admitted: admitted",
		"fsm transfer --format json":      `"to": "Transferred"`,
		"fsm invitation --format page":    "| `ringing` | after `timeout-establish` at the latest |",
		"fsm connection --format=mermaid": "[*] --> connecting",
	} {
		var out, complaints bytes.Buffer
		p := &program{out: &out, err: &complaints}
		if status := p.run(context.Background(), strings.Fields(args)); status != exitClean {
			t.Errorf("%s: status %d: %s", args, status, complaints.String())
		}
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s does not print %q but\n%s", args, want, out.String())
		}
	}
	var out, complaints bytes.Buffer
	p := &program{out: &out, err: &complaints}
	if status := p.run(context.Background(), []string{"fsm", "toaster"}); status == exitClean {
		t.Error("a machine that is none is printed")
	}
}
