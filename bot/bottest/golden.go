package bottest

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// Diff compares the logs of two runs byte for byte. It is empty if they are the
// same, else it shows the first line in which they differ, of both.
func Diff(got, want []byte) string {
	a, b := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := 0; i < len(a) || i < len(b); i++ {
		x, y := nth(a, i), nth(b, i)
		if x != y {
			return fmt.Sprintf("line %d\n got  %s\n want %s", i+1, x, y)
		}
	}
	return ""
}

func nth(lines [][]byte, i int) string {
	if i < len(lines) {
		return string(lines[i])
	}
	return "(nothing)"
}

// Golden fails the test if the log is not the same as a file, byte for byte.
// Where the environment has BOTTEST_UPDATE=1 the file is written instead.
func Golden(t testing.TB, file string, log []byte) {
	t.Helper()
	if os.Getenv("BOTTEST_UPDATE") == "1" {
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o750), os.WriteFile(file, log, 0o600)); err != nil {
			t.Errorf("write the golden file: %v", err)
		}
		return
	}
	want, err := os.ReadFile(file) //nolint:gosec // the test names it
	switch {
	case errors.Is(err, fs.ErrNotExist):
		t.Errorf("there is no %s; BOTTEST_UPDATE=1 go test writes it", file)
	case err != nil:
		t.Errorf("read the golden file: %v", err)
	case !bytes.Equal(log, want):
		t.Errorf("the log is not %s: %s", file, Diff(log, want))
	}
}
