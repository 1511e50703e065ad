// Package espeak speaks with espeak-ng, a small program that knows over a
// hundred languages and needs no network. It runs as a child process for each
// utterance.
package espeak

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
)

// Config sets a Synthesizer.
type Config struct {
	// Program is the name or path of espeak-ng; empty is "espeak-ng".
	Program string
	// Voice speaks when nothing is asked for; empty is "en-us".
	Voice string
	// Timeout ends an utterance that takes too long to make; zero is 20 s.
	Timeout time.Duration
	// MaxBytes is how much sound one utterance may make, at 44,100 bytes a
	// second; zero is 32 MiB, twelve minutes.
	MaxBytes int
	// Processes is how many run at once; others wait. Zero is 4.
	Processes int
}

func (c Config) withDefaults() Config {
	if c.Program == "" {
		c.Program = "espeak-ng"
	}
	if c.Voice == "" {
		c.Voice = "en-us"
	}
	if c.Timeout <= 0 {
		c.Timeout = 20 * time.Second
	}
	if c.MaxBytes <= 0 {
		c.MaxBytes = 32 << 20
	}
	if c.Processes <= 0 {
		c.Processes = 4
	}
	return c
}

// Synthesizer fits speech.Synthesizer.
type Synthesizer struct {
	cfg   Config
	slots chan struct{}

	mu   sync.Mutex
	have *catalogue // nil until it was asked for
}

// New makes a synthesizer. Whether espeak-ng is there is seen by Check, or when
// something is to be said.
func New(cfg Config) *Synthesizer {
	cfg = cfg.withDefaults()
	return &Synthesizer{cfg: cfg, slots: make(chan struct{}, cfg.Processes)}
}

// Check says whether espeak-ng is installed and works; if not, what to do.
func (s *Synthesizer) Check(ctx context.Context) error {
	_, err := s.voices(ctx)
	return err
}

// Synthesize fits speech.Synthesizer.
func (s *Synthesizer) Synthesize(ctx context.Context, u speech.Utterance) (media.Source, error) {
	have, err := s.voices(ctx)
	if err != nil {
		return nil, err
	}
	args, text, err := s.command(have, u)
	if err != nil {
		return nil, err
	}
	sound, err := s.run(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	samples, rate, err := speech.DecodeWAV(sound)
	if err != nil {
		return nil, err
	}
	return speech.PCM(samples, rate), nil
}

// command is the argument list and what is written to standard input. Nothing
// that a caller wrote becomes an argument.
func (s *Synthesizer) command(have *catalogue, u speech.Utterance) (args []string, text string, err error) {
	name := func(v speech.Voice) string { return have.nearest(v, s.cfg.Voice) }
	args = []string{"--stdin", "--stdout", "-b", "1"}
	if u.SSML == "" {
		text = strings.TrimSpace(harmless(u.Text))
		if text == "" {
			return nil, "", speech.ErrEmpty
		}
		if n := len([]rune(text)); n > speech.MaxText {
			return nil, "", fmt.Errorf("%w: %d characters, at most %d", speech.ErrRequest, n, speech.MaxText)
		}
		return append(args, "-v", name(u.Wanted())), text, nil
	}
	doc, err := speech.ParseSSML(u.SSML)
	if err != nil {
		return nil, "", err
	}
	v := doc.Voice()
	if v == (speech.Voice{}) {
		v = u.Wanted()
	}
	return append(args, "-m", "-v", name(v)), harmless(doc.Render(name)), nil
}

// harmless takes out what espeak-ng takes for phonemes.
func harmless(text string) string {
	return strings.ReplaceAll(speech.Plain(text), "[[", "[ [")
}

// run has espeak-ng work on text and returns its output.
func (s *Synthesizer) run(ctx context.Context, text string, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.cfg.Timeout, speech.ErrTimeout)
	defer cancel()
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		if errors.Is(context.Cause(ctx), speech.ErrTimeout) {
			return nil, fmt.Errorf("espeak-ng: %w", speech.ErrBusy)
		}
		return nil, ctx.Err()
	}
	out, complaint := &limited{most: s.cfg.MaxBytes}, &limited{most: 4096}
	cmd := exec.CommandContext(ctx, s.cfg.Program, args...) //nolint:gosec // the program is the operator's, the arguments are ours
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(text), out, complaint
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		return nil, s.explain(ctx, err, out, complaint)
	}
	return out.buffer.Bytes(), nil
}

// explain makes an error of what went wrong.
func (s *Synthesizer) explain(ctx context.Context, err error, out, complaint *limited) error {
	switch {
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, exec.ErrDot):
		return fmt.Errorf("%w: %s is not installed; it comes with `apt-get install espeak-ng`, `apk add espeak-ng` or `brew install espeak-ng`",
			speech.ErrUnavailable, s.cfg.Program)
	case errors.Is(context.Cause(ctx), speech.ErrTimeout):
		return fmt.Errorf("espeak-ng: %w after %v", speech.ErrTimeout, s.cfg.Timeout)
	case ctx.Err() != nil:
		return fmt.Errorf("espeak-ng: %w", ctx.Err())
	case out.full:
		return fmt.Errorf("espeak-ng: %w: more than %d bytes of sound", speech.ErrRequest, out.most)
	}
	return fmt.Errorf("%w: espeak-ng: %w: %s", speech.ErrUnavailable, err, strings.TrimSpace(complaint.buffer.String()))
}

// errFull ends the copying from a process that says too much.
var errFull = errors.New("too much output")

// limited is a buffer that refuses what goes beyond most.
type limited struct {
	buffer bytes.Buffer
	most   int
	full   bool
}

// Write fits io.Writer.
func (l *limited) Write(p []byte) (int, error) {
	if l.buffer.Len()+len(p) > l.most {
		l.full = true
		return 0, errFull
	}
	return l.buffer.Write(p)
}
