package bottest

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
)

// recognizer understands what the voices of the stage say. It fits
// speech.Recognizer.
type recognizer struct {
	language *language
	gate     *gate
}

// Listen fits speech.Recognizer.
func (r *recognizer) Listen(ctx context.Context, l speech.Listening) (speech.Ear, error) {
	e := &ear{gate: r.gate, over: ctx.Done(), why: ctx.Err, partial: l.Partial, queue: make(chan speech.Heard, 1000), closed: make(chan struct{})}
	e.listener = &listener{analyst: newAnalyst(r.language), told: e.final}
	return e, nil
}

// ear understands one stream. It fits speech.Ear.
type ear struct {
	gate     *gate
	over     <-chan struct{} // when nobody listens any more, and why
	why      func() error
	listener *listener
	partial  bool
	words    int     // that a hypothesis had last
	rest     []int16 // less than 20 ms
	rate     int
	queue    chan speech.Heard
	closed   chan struct{}
	closing  sync.Once
}

// Write fits media.Sink. Sound of less than 16 kHz has not all of a word.
func (e *ear) Write(f *media.Frame) error {
	if f.Rate < 2*highest*spacing {
		return fmt.Errorf("%w: sound of %d Hz", speech.ErrRequest, f.Rate)
	}
	if e.rate != f.Rate {
		e.rest, e.rate = e.rest[:0], f.Rate
	}
	e.rest = append(e.rest, f.Samples...)
	for size := f.Rate / 50; len(e.rest) >= size; {
		e.listener.at(e.listener.frame + 1)
		e.listener.hear(e.rest[:size], f.Rate)
		e.rest = append(e.rest[:0], e.rest[size:]...)
	}
	e.guess()
	return nil
}

// guess tells what has been understood of what is being said.
func (e *ear) guess() {
	if !e.partial || len(e.listener.open) == 0 {
		return
	}
	s := e.listener.open[len(e.listener.open)-1]
	if len(s.words) != e.words {
		e.words = len(s.words)
		e.tell(s, false)
	}
}

func (e *ear) final(s *sentence) {
	e.words = 0
	e.tell(s, true)
}

func (e *ear) tell(s *sentence, final bool) {
	to := time.Duration(s.last) * media.FrameDuration
	select {
	case e.queue <- speech.Heard{Text: s.String(), Final: final, Confidence: 1, From: s.from, To: to}:
	default: // nobody asks
	}
}

// Finish fits speech.Ear.
func (e *ear) Finish() {
	e.listener.finish()
	close(e.queue)
}

// Next fits speech.Ear. What was understood is told when everything that the
// sound has brought about otherwise has come to rest.
func (e *ear) Next() (speech.Heard, error) {
	h, err := e.next()
	e.gate.Await(fmt.Sprintf("ear %s %v", h.Text, h.Final), e.over, e.closed)
	return h, err
}

func (e *ear) next() (speech.Heard, error) {
	select {
	case h, ok := <-e.queue:
		return heardOr(h, ok)
	default:
	}
	select {
	case h, ok := <-e.queue:
		return heardOr(h, ok)
	case <-e.over:
		return speech.Heard{}, e.why()
	case <-e.closed:
		return speech.Heard{}, context.Canceled
	}
}

func heardOr(h speech.Heard, ok bool) (speech.Heard, error) {
	if !ok {
		return speech.Heard{}, io.EOF
	}
	return h, nil
}

// Close fits speech.Ear.
func (e *ear) Close() error {
	e.closing.Do(func() { close(e.closed) })
	return nil
}
