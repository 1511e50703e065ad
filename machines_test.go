package botd

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

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
