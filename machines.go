package botd

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/botd-dev/botd/call"
)

// fsmCommand prints the state machines that calls run by, as data.
type fsmCommand struct {
	Machine string `arg:"" optional:"" help:"One machine: connection, participant, invitation, transfer, lobby."`
	Format  string `enum:"mermaid,json,page" default:"mermaid" help:"mermaid, json, or page (docs/states.md)."`
}

// Run fits kong.
func (f fsmCommand) Run(p *program) error {
	machines := call.Machines()
	if f.Machine != "" {
		machines = slices.DeleteFunc(machines, func(m call.Machine) bool { return m.Name != f.Machine })
		if len(machines) == 0 {
			return fmt.Errorf("machine %q: there are connection, participant, invitation, transfer, lobby", f.Machine)
		}
	}
	switch f.Format {
	case "json":
		out := json.NewEncoder(p.out)
		out.SetIndent("", "  ")
		return out.Encode(machines)
	case "page":
		_, err := io.WriteString(p.out, statesPage(machines))
		return err
	}
	for _, m := range machines {
		if _, err := fmt.Fprintf(p.out, "%%%% %s\n%s", m.Name, m.Mermaid()); err != nil {
			return err
		}
	}
	return nil
}

// statesPage is docs/states.md.
func statesPage(machines []call.Machine) string {
	var b strings.Builder
	b.WriteString("# States\n\n" +
		"Made by `botd fsm --format page` from the tables that the server runs by (`call/lifecycle.go`);\n" +
		"a test compares them. Another one proves that no machine can be stuck: every state but the last\n" +
		"has a way out, and whatever waits has a time-out, named beside each drawing as the setting that\n" +
		"holds it. `timeout-phone` and `timeout-promotion` stand in for `timeout-establish` where a phone\n" +
		"or a third party is called; `timeout-closing` is fixed at 10 s.\n")
	for _, m := range machines {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n```mermaid\n%s```\n\n| state | is left |\n|---|---|\n",
			strings.ToUpper(m.Name[:1])+m.Name[1:], m.About, m.Mermaid())
		for _, s := range m.States() {
			fmt.Fprintf(&b, "| `%s` | %s |\n", s, left(m, s))
		}
	}
	return b.String()
}

// left says when a state is left at the latest.
func left(m call.Machine, s call.State) string {
	switch {
	case slices.Contains(m.Last, s):
		return "never"
	case slices.Contains(m.Passing, s):
		return "at once"
	}
	return "after `" + m.Waits[s] + "` at the latest"
}
