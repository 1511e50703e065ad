// Package flite speaks English with flite, a small program of Carnegie Mellon
// University whose voices were recorded from people. It runs as a child process
// for each piece of text. Other languages are somebody else's.
package flite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
)

// Config sets a Synthesizer.
type Config struct {
	// Program is the name or path of flite; empty is "flite".
	Program string
	// Voice speaks when nothing is asked for; empty is "slt".
	Voice string
	// Otherwise speaks what is not English; nil has flite speak it as well as it
	// can.
	Otherwise speech.Synthesizer
	// Timeout ends an utterance that takes too long to make; zero is 20 s.
	Timeout time.Duration
	// Processes is how many run at once; others wait. Zero is 4.
	Processes int
}

func (c Config) withDefaults() Config {
	if c.Program == "" {
		c.Program = "flite"
	}
	if c.Voice == "" {
		c.Voice = "slt"
	}
	if c.Timeout <= 0 {
		c.Timeout = 20 * time.Second
	}
	if c.Processes <= 0 {
		c.Processes = 4
	}
	return c
}

// Synthesizer fits speech.Synthesizer. When it says which word cannot be told by
// the program, so its sources are not speech.Timed.
type Synthesizer struct {
	cfg   Config
	slots chan struct{}
}

// New makes a synthesizer. Whether flite is there is seen by Check, or when
// something is to be said.
func New(cfg Config) *Synthesizer {
	cfg = cfg.withDefaults()
	return &Synthesizer{cfg, make(chan struct{}, cfg.Processes)}
}

// Check says whether flite is installed and has the voice; if not, what to do.
func (s *Synthesizer) Check(context.Context) error {
	if !voices[s.cfg.Voice] {
		return fmt.Errorf("%w: flite has no voice %q", speech.ErrUnavailable, s.cfg.Voice)
	}
	if _, err := exec.LookPath(s.cfg.Program); err != nil {
		return s.missing()
	}
	return nil
}

func (s *Synthesizer) missing() error {
	return fmt.Errorf("%w: %s is not installed; it comes with `apt-get install flite` or `apk add flite`", speech.ErrUnavailable, s.cfg.Program)
}

// Synthesize fits speech.Synthesizer. Of SSML it obeys the first voice and the
// pauses.
func (s *Synthesizer) Synthesize(ctx context.Context, u speech.Utterance) (media.Source, error) {
	pieces, voice, err := u.Plainly()
	if err != nil {
		return nil, err
	}
	if !english(voice) && s.cfg.Otherwise != nil {
		return s.cfg.Otherwise.Synthesize(ctx, u)
	}
	samples, rate, err := s.say(ctx, nearest(voice, s.cfg.Voice), pieces)
	if errors.Is(err, speech.ErrEmpty) && s.cfg.Otherwise != nil {
		return s.cfg.Otherwise.Synthesize(ctx, u) // letters that flite has never seen
	}
	if err != nil {
		return nil, err
	}
	return speech.PCM(samples, rate), nil
}

// say makes the sound of all pieces, with their pauses.
func (s *Synthesizer) say(ctx context.Context, voice string, pieces []speech.Piece) (all []int16, rate int, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.cfg.Timeout, speech.ErrTimeout)
	defer cancel()
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		if errors.Is(context.Cause(ctx), speech.ErrTimeout) {
			return nil, 0, fmt.Errorf("flite: %w", speech.ErrBusy)
		}
		return nil, 0, ctx.Err()
	}
	said := false
	rate = usualRate
	for _, p := range pieces {
		if p.Text != "" {
			samples, r, err := s.speak(ctx, voice, p.Text)
			if err != nil && !errors.Is(err, speech.ErrEmpty) {
				return nil, 0, err
			}
			if err == nil {
				all, rate, said = append(all, samples...), r, true
			}
		}
		all = append(all, make([]int16, int(p.Pause*time.Duration(rate)/time.Second))...)
	}
	if !said {
		return nil, 0, speech.ErrEmpty
	}
	return all, rate, nil
}

// usualRate is that of all voices but kal, in hertz.
const usualRate = 16000

// speak runs flite for one piece. It cannot write to a pipe, so text and sound
// go by files; no part of the text becomes an argument.
func (s *Synthesizer) speak(ctx context.Context, voice, text string) ([]int16, int, error) {
	dir, err := os.MkdirTemp("", "botd-flite-")
	if err != nil {
		return nil, 0, fmt.Errorf("%w: flite: %w", speech.ErrUnavailable, err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a file in the temporary directory is cleaned up by others
	in, out := filepath.Join(dir, "text"), filepath.Join(dir, "sound.wav")
	if err := os.WriteFile(in, []byte(text), 0o600); err != nil {
		return nil, 0, fmt.Errorf("%w: flite: %w", speech.ErrUnavailable, err)
	}
	var complaint strings.Builder
	cmd := exec.CommandContext(ctx, s.cfg.Program, "-voice", voice, "-f", in, "-o", out) //nolint:gosec // the program is the operator's, the arguments are ours
	cmd.Stderr = &complaint
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		return nil, 0, s.explain(ctx, err, complaint.String())
	}
	sound, err := os.ReadFile(out)
	if err != nil {
		return nil, 0, fmt.Errorf("%w: flite wrote nothing: %w", speech.ErrUnavailable, err)
	}
	samples, rate, err := speech.DecodeWAV(sound)
	if err != nil {
		return nil, 0, fmt.Errorf("flite: %w", err)
	}
	return samples, rate, nil
}

// explain makes an error of what went wrong.
func (s *Synthesizer) explain(ctx context.Context, err error, complaint string) error {
	switch {
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, exec.ErrDot):
		return s.missing()
	case errors.Is(context.Cause(ctx), speech.ErrTimeout):
		return fmt.Errorf("flite: %w after %v", speech.ErrTimeout, s.cfg.Timeout)
	case ctx.Err() != nil:
		return fmt.Errorf("flite: %w", ctx.Err())
	}
	return fmt.Errorf("%w: flite: %w: %.200s", speech.ErrUnavailable, err, strings.TrimSpace(complaint))
}
