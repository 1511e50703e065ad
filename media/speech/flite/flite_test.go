package flite_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/botd-dev/botd/media/speech"
	"github.com/botd-dev/botd/media/speech/espeak"
	"github.com/botd-dev/botd/media/speech/flite"
	"github.com/botd-dev/botd/media/speech/speechtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestItPassesTheSuiteWithAnotherForOtherLanguages(t *testing.T) {
	speechtest.Run(t, func(t *testing.T) speech.Synthesizer {
		s := flite.New(flite.Config{Otherwise: espeak.New(espeak.Config{})})
		if err := s.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		return s
	})
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	s := flite.New(flite.Config{Program: "flite-that-is-not-there"})
	for _, err := range []error{s.Check(t.Context()), second(s.Synthesize(t.Context(), speech.Utterance{Text: "hello"}))} {
		if !errors.Is(err, speech.ErrUnavailable) || !strings.Contains(err.Error(), "apt-get install flite") {
			t.Errorf("error is %v", err)
		}
	}
	if err := flite.New(flite.Config{Voice: "tlh"}).Check(t.Context()); !errors.Is(err, speech.ErrUnavailable) || !strings.Contains(err.Error(), "tlh") {
		t.Errorf("error is %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

// program is an executable that runs a script instead of flite.
func program(t *testing.T, script string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "flite")
	if err := os.WriteFile(name, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestAProgramThatFailsIsReported(t *testing.T) {
	for _, c := range []struct{ says, script, want string }{
		{"with what it complains of", "echo no such voice >&2; exit 1", "no such voice"},
		{"when it writes nothing", "exit 0", "wrote nothing"},
		{"when it writes something else", "yes | head -c 1000 > \"$6\"", "no WAV"},
	} {
		s := flite.New(flite.Config{Program: program(t, c.script)})
		if _, err := s.Synthesize(t.Context(), speech.Utterance{Text: "hello"}); !errors.Is(err, speech.ErrUnavailable) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.says, err)
		}
	}
}

func TestAProgramThatHangsIsKilled(t *testing.T) {
	s := flite.New(flite.Config{Program: program(t, "exec sleep 1000"), Timeout: 200 * time.Millisecond, Processes: 1})
	if _, err := s.Synthesize(t.Context(), speech.Utterance{Text: "hello"}); !errors.Is(err, speech.ErrTimeout) {
		t.Errorf("error is %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Synthesize(ctx, speech.Utterance{Text: "hello"}); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}
