package espeak_test

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
	"github.com/botd-dev/botd/media/speech/speechtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// installed is the engine, which `make test` installs.
func installed(t *testing.T) *espeak.Synthesizer {
	t.Helper()
	s := espeak.New(espeak.Config{})
	if err := s.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestItPassesTheSuite(t *testing.T) {
	installed(t)
	speechtest.Run(t, func(*testing.T) speech.Synthesizer { return espeak.New(espeak.Config{}) })
}

func TestAMissingProgramIsNamed(t *testing.T) {
	s := espeak.New(espeak.Config{Program: "espeak-ng-that-is-not-there"})
	_, err := s.Synthesize(t.Context(), speech.Utterance{Text: "hello"})
	if !errors.Is(err, speech.ErrUnavailable) || !strings.Contains(err.Error(), "apt-get install espeak-ng") {
		t.Errorf("error is %v", err)
	}
}

func TestAVoiceThatIsNotThereIsNamed(t *testing.T) {
	installed(t)
	err := espeak.New(espeak.Config{Voice: "tlh"}).Check(t.Context())
	if !errors.Is(err, speech.ErrUnavailable) || !strings.Contains(err.Error(), "tlh") {
		t.Errorf("error is %v", err)
	}
}

func TestTooMuchSoundIsRefused(t *testing.T) {
	installed(t)
	s := espeak.New(espeak.Config{MaxBytes: 100_000})
	_, err := s.Synthesize(t.Context(), speech.Utterance{Text: strings.Repeat("hello ", 100)})
	if !errors.Is(err, speech.ErrRequest) {
		t.Errorf("error is %v", err)
	}
}

// program writes a shell script that stands for espeak-ng: it has one voice,
// and does what is given when asked to speak.
func program(t *testing.T, speak string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "espeak-ng")
	script := "#!/bin/sh\nif [ \"$1\" = --voices ]; then echo ' 5  en-us  --/M  x  y'; exit; fi\n" + speak + "\n"
	if err := os.WriteFile(name, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestAProgramThatHangsIsKilled(t *testing.T) {
	s := espeak.New(espeak.Config{Program: program(t, "exec sleep 1000"), Timeout: 200 * time.Millisecond, Processes: 1})
	began := time.Now()
	_, err := s.Synthesize(t.Context(), speech.Utterance{Text: "hello"})
	if !errors.Is(err, speech.ErrTimeout) {
		t.Errorf("error is %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = s.Synthesize(ctx, speech.Utterance{Text: "hello"}); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestAProgramThatFailsIsReported(t *testing.T) {
	for _, c := range []struct{ says, script, want string }{
		{"with what it complains of", "echo no data file >&2; exit 1", "no data file"},
		{"when it writes something else", "yes | head -c 1000", "no WAV"},
		{"when it writes an odd WAV", `printf 'RIFF....WAVEfmt \020\000\000\000\001\000\011\000"V\000\000DDDD\002\000\020\000data....abcdefgh'`, "9 channels"},
	} {
		s := espeak.New(espeak.Config{Program: program(t, c.script)})
		_, err := s.Synthesize(t.Context(), speech.Utterance{Text: "hello"})
		if !errors.Is(err, speech.ErrUnavailable) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.says, err)
		}
	}
}
