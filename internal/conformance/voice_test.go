package conformance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
	"github.com/botd-dev/botd/media/speech"
	"github.com/botd-dev/botd/media/speech/espeak"
)

// hearing is what was heard on a line in the last seconds, at 48 kHz.
type hearing struct {
	mu      sync.Mutex
	samples []int16
	frames  int
	news    chan struct{}
}

// remembered is how much of it is kept.
const remembered = 2 * media.Rate

func (h *hearing) listen(from media.Source) {
	f := media.NewFrame(media.Rate)
	for from.Read(f) == nil {
		h.mu.Lock()
		h.samples = append(h.samples, f.Samples...)
		h.samples = h.samples[max(0, len(h.samples)-remembered):]
		h.frames++
		close(h.news)
		h.news = make(chan struct{})
		h.mu.Unlock()
	}
}

// last waits until the last d of what was heard passes.
func (h *hearing) last(ctx context.Context, d time.Duration, passes func([]int16) bool) error {
	n := int(d.Seconds() * media.Rate)
	for {
		h.mu.Lock()
		news := h.news
		ok := len(h.samples) >= n && passes(h.samples[len(h.samples)-n:])
		h.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-news:
		case <-ctx.Done():
			return errLate
		}
	}
}

const (
	loud  = -40 // dBFS
	quiet = -55 // dBFS
)

// hears waits until the person hears a tone, anything, or nothing.
func (p *person) hears(ctx context.Context, w wish) (any, error) {
	h := &p.line.hearing
	var what string
	var err error
	switch {
	case w.Silence:
		what = "silence"
		err = h.last(ctx, 300*time.Millisecond, func(s []int16) bool { return measure.LevelDBFS(s) < quiet })
	case w.Hertz > 0:
		what = fmt.Sprintf("a tone of %v Hz", w.Hertz)
		err = h.last(ctx, 200*time.Millisecond, func(s []int16) bool {
			hz, part := measure.Peak(s, media.Rate)
			return measure.LevelDBFS(s) > loud && math.Abs(hz-w.Hertz) < 0.02*w.Hertz && part > 0.5
		})
	default:
		what = "something"
		err = h.last(ctx, 300*time.Millisecond, func(s []int16) bool { return measure.LevelDBFS(s) > loud })
	}
	if err != nil {
		return nil, fmt.Errorf("%s hears %s: %w", p.name, what, err)
	}
	return nil, nil
}

// say speaks a text to its end, or a tone for a while.
func (p *person) say(ctx context.Context, w wish) (any, error) {
	var src media.Source
	switch {
	case w.Hertz > 0:
		src = media.Tone(w.Hertz, -20)
	default:
		var err error
		src, err = espeak.New(espeak.Config{}).Synthesize(ctx, speech.Utterance{Text: w.Text, Locale: "en-US", Gender: speech.Male})
		if err != nil {
			return nil, err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, longestSaying(w))
	defer cancel()
	err := media.Copy(ctx, p.line.pair.Microphone(), src)
	if c, ok := src.(io.Closer); ok {
		err = errors.Join(err, c.Close())
	}
	if w.Hertz > 0 && errors.Is(err, context.DeadlineExceeded) {
		err = nil // a tone never ends
	}
	return nil, err
}

func longestSaying(w wish) time.Duration {
	if w.Hertz > 0 {
		return time.Duration(w.Milliseconds) * time.Millisecond
	}
	return patience
}

// wasPressed is which keys were sent to the person.
func (p *person) wasPressed(context.Context, wish) (any, error) {
	p.line.mu.Lock()
	defer p.line.mu.Unlock()
	return append([]call.Tone{}, p.line.keys...), nil
}

// Press takes keys that are sent to the line.
func (l *line) Press(tones ...call.Tone) (<-chan struct{}, error) {
	if l.keyless {
		return nil, call.ErrNoKeypad
	}
	done := make(chan struct{})
	close(done)
	l.change(func() { l.keys = append(l.keys, tones...) })
	return done, nil
}
