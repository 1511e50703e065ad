package conformance

import (
	"bufio"
	"encoding/json"
	"os/exec"
	"testing"
)

// told is one line of what a program says: how a step ended.
type told struct {
	Step  string `json:"step"`
	Error string `json:"error"`
	// Done is how many steps there were, on the last line.
	Done *int `json:"done"`
}

// follow runs a program and makes a test of every step that it tells of.
func follow(t *testing.T, program *exec.Cmd) {
	t.Helper()
	program.Stderr = t.Output()
	out, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	steps, done := 0, false
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var line told
		switch err := json.Unmarshal(lines.Bytes(), &line); {
		case err != nil:
			t.Logf("%s", lines.Text())
		case line.Done != nil:
			done = *line.Done == steps
		default:
			steps++
			t.Run(line.Step, func(t *testing.T) {
				if line.Error != "" {
					t.Error(line.Error)
				}
			})
		}
	}
	if err := program.Wait(); err != nil {
		t.Errorf("the program ended with %v", err)
	}
	if !done || steps == 0 {
		t.Errorf("the program ended early, after %d steps", steps)
	}
}
