package call

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestTheDrawingsShowTheTables holds docs/calls.md against the tables: whoever
// changes a table is given the drawing to put there.
func TestTheDrawingsShowTheTables(t *testing.T) {
	page, err := os.ReadFile("../docs/calls.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name  string
		drawn string
	}{
		{"connection", drawing(connectionTable, Connecting, Disconnected)},
		{"participant", drawing(participantTable, Idle, Gone)},
	} {
		if !strings.Contains(string(page), row.drawn) {
			t.Errorf("docs/calls.md does not show the table of a %s, which is:\n%s", row.name, row.drawn)
		}
	}
}

// drawing is a table as a Mermaid state diagram.
func drawing(table *table, first, last State) string {
	var b strings.Builder
	fmt.Fprintf(&b, "```mermaid\nstateDiagram-v2\n    [*] --> %s\n", first)
	for _, m := range table.moves {
		for _, from := range m.Src {
			fmt.Fprintf(&b, "    %s --> %s: %s\n", from, m.Dst, m.Name)
		}
	}
	fmt.Fprintf(&b, "    %s --> [*]\n```\n", last)
	return b.String()
}
