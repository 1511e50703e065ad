package guard

import (
	"context"
	"errors"
	"io"
	"time"

	pace "golang.org/x/time/rate"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
)

const (
	// rate is what a guarded recognizer hears, in hertz.
	rate = 16000
	// maxHeard is how long one utterance may be, in bytes.
	maxHeard = 64 << 10
	// patience is how long a recognizer that is closed may take; then it is left
	// alone.
	patience = time.Second
	// resultRate is how many results a second are taken, and resultBurst how many
	// at once: each is told to a call.
	resultRate, resultBurst = 50, 500
)

// Recognizer guards one. It hears 16 kHz, whatever was written.
func Recognizer(r speech.Recognizer, cfg Config) speech.Recognizer {
	return &recognizer{r, cfg.withDefaults()}
}

type recognizer struct {
	next speech.Recognizer
	cfg  Config
}

// Listen fits speech.Recognizer.
func (r *recognizer) Listen(ctx context.Context, l speech.Listening) (speech.Ear, error) {
	life, stop := context.WithCancelCause(ctx)
	ear, err := begin(life, r.cfg.Begin, func() (speech.Ear, error) { return r.next.Listen(life, l) })
	if err != nil {
		stop(err)
		return nil, err
	}
	g := &listening{
		ear: ear, cfg: r.cfg, heard: make(chan heard), finished: make(chan struct{}),
		stop: stop, over: life.Done(), why: func() error { return context.Cause(life) },
	}
	return speech.NewEar(ctx, rate, g.hear), nil
}

// heard is what one Next of the provider's came to.
type heard struct {
	speech.Heard
	err error
}

// listening is one ear of a provider.
type listening struct {
	ear      speech.Ear
	cfg      Config
	heard    chan heard
	finished chan struct{} // everything was written

	// The provider's part in it.
	stop context.CancelCauseFunc
	over <-chan struct{}
	why  func() error
}

// hear is a speech.Hear: one goroutine writes to the provider's ear, one waits
// for what it hears, and this one watches both.
func (g *listening) hear(ctx context.Context, src media.Source, tell func(speech.Heard) error) error {
	defer g.close()
	go g.write(src)
	go g.listen()
	end := time.NewTimer(g.cfg.End)
	end.Stop()
	defer end.Stop()
	finished, results := g.finished, pace.NewLimiter(resultRate, resultBurst)
	for {
		select {
		case h := <-g.heard:
			if h.err != nil {
				return h.verdict()
			}
			if !results.Allow() {
				return nonsense("more than %d results a second", resultRate)
			}
			sane, err := sensible(h.Heard)
			if err != nil {
				return err
			}
			if err := tell(sane); err != nil {
				return err
			}
		case <-finished:
			finished = nil
			end.Reset(g.cfg.End)
		case <-end.C:
			return late("the end", g.cfg.End)
		case <-g.over:
			return g.why()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// verdict is the error with which the ear ends.
func (h heard) verdict() error {
	if errors.Is(h.err, io.EOF) {
		return nil
	}
	return proper(h.err)
}

// write hands the sound on. A Write or Finish that takes too long ends it all.
func (g *listening) write(src media.Source) {
	dog := time.AfterFunc(g.cfg.Step, func() { g.stop(late("a frame", g.cfg.Step)) })
	defer dog.Stop()
	f := media.NewFrame(rate)
	for {
		dog.Stop()
		err := src.Read(f)
		if err != nil && !errors.Is(err, io.EOF) {
			return
		}
		dog.Reset(g.cfg.Step)
		if err != nil {
			g.finish()
			return
		}
		switch err := safely(func() error { return g.ear.Write(f) }); {
		case errors.Is(err, io.ErrClosedPipe):
			return // Next says why
		case err != nil:
			g.stop(proper(err))
			return
		}
	}
}

func (g *listening) finish() {
	if err := safely(func() error {
		g.ear.Finish()
		return nil
	}); err != nil {
		g.stop(err)
	}
	close(g.finished)
}

// listen waits for what is heard.
func (g *listening) listen() {
	for {
		var h heard
		h.err = safely(func() (err error) {
			h.Heard, err = g.ear.Next()
			return err
		})
		select {
		case g.heard <- h:
		case <-g.over:
			return
		}
		if h.err != nil {
			return
		}
	}
}

// close ends the provider's ear, which may take a moment.
func (g *listening) close() {
	g.stop(context.Canceled)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = safely(g.ear.Close) // it is over
	}()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
}

// sensible is what was heard, with what cannot be put right.
func sensible(h speech.Heard) (speech.Heard, error) {
	if len(h.Text) > maxHeard || len(h.Words) > maxHeard {
		return h, nonsense("an utterance of %d bytes and %d words", len(h.Text), len(h.Words))
	}
	h.Text = speech.Plain(h.Text)
	if !(h.Confidence >= 0) {
		h.Confidence = 0
	}
	h.Confidence = min(h.Confidence, 1)
	h.From = max(h.From, 0)
	h.To = max(h.From, h.To)
	return h, nil
}
