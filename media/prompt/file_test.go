package prompt_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/media/prompt"
)

// roots makes two directories of prompts, and something outside of them.
func roots(t *testing.T) (first, second, outside string) {
	t.Helper()
	top := t.TempDir()
	first, second, outside = filepath.Join(top, "first"), filepath.Join(top, "second"), filepath.Join(top, "outside.wav")
	for _, name := range []string{outside, filepath.Join(first, "a.wav"), filepath.Join(second, "sub dir", "b.wav")} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, hello(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(outside, filepath.Join(first, "link.wav")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(first, "pipe.wav"), 0o600); err != nil {
		t.Fatal(err)
	}
	return first, second, outside
}

func TestOnlyFilesBelowTheRootsArePlayed(t *testing.T) {
	first, second, outside := roots(t)
	o := prompt.New(prompt.Config{FileRoots: []string{first, second}})
	for _, c := range []struct {
		says, uri string
		plays     bool
	}{
		{"a path below the first root", filepath.Join(first, "a.wav"), true},
		{"a path below the second", filepath.Join(second, "sub dir", "b.wav"), true},
		{"a relative path", "sub dir/b.wav", true},
		{"a file URI", "file://" + first + "/a.wav", true},
		{"a file URI with escapes", "file://" + second + "/sub%20dir/b.wav", true},
		{"a path outside", outside, false},
		{"a relative path that leads out", "../outside.wav", false},
		{"an absolute path that leads out", first + "/../outside.wav", false},
		{"a link that leads out", filepath.Join(first, "link.wav"), false},
		{"a pipe", filepath.Join(first, "pipe.wav"), false},
		{"a directory", filepath.Join(second, "sub dir"), false},
		{"the root", first, false},
		{"nothing of that name", filepath.Join(first, "none.wav"), false},
		{"a file URI of another machine", "file://elsewhere" + first + "/a.wav", false},
	} {
		_, err := o.Open(t.Context(), prompt.Source{URI: c.uri})
		if c.plays && err != nil || !c.plays && !errors.Is(err, prompt.ErrDownload) {
			t.Errorf("%s: %v", c.says, err)
		}
	}
}

func TestAFileIsKeptForAnHour(t *testing.T) {
	first, _, _ := roots(t)
	name := filepath.Join(first, "a.wav")
	synctest.Test(t, func(t *testing.T) {
		o := prompt.New(prompt.Config{FileRoots: []string{first}})
		opens := func() bool {
			_, err := o.Open(t.Context(), prompt.Source{URI: name, CacheID: "a"})
			return err == nil
		}
		if !opens() {
			t.Fatal("does not open")
		}
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
		<-time.After(59 * time.Minute)
		if !opens() {
			t.Error("forgotten too early")
		}
		<-time.After(time.Minute)
		if opens() {
			t.Error("still kept after an hour")
		}
	})
}
