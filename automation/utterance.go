package automation

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
)

// understandWithin is how long a recognizer may take to begin to listen, and to
// understand what was said when that is over.
const understandWithin = 10 * time.Second

// utterance is an ear that listens to one utterance of somebody, or a few. It waits
// for the recognizer, so that who writes to it does not.
type utterance struct {
	frames chan []int16
	done   chan struct{} // nothing more is understood
	silent atomic.Int64  // frames since something was understood
}

// newUtterance opens an ear in a goroutine. tell gets what is heard, ended how that
// came to its end, unless that is the end of ctx.
func newUtterance(ctx context.Context, r speech.Recognizer, l speech.Listening, tell func(speech.Heard), ended func(error)) *utterance {
	h := &utterance{frames: make(chan []int16, int((longestWait+understandWithin)/media.FrameDuration)), done: make(chan struct{})}
	inside, cancel := context.WithCancelCause(ctx)
	go func() {
		defer close(h.done)
		defer cancel(nil)
		err := h.run(inside, cancel, r, l, tell)
		if ctx.Err() == nil {
			ended(err)
		}
	}()
	return h
}

// say hands on 20 ms at the rate of the bridge. What a recognizer that hangs has
// no room for is lost; it fails soon.
func (h *utterance) say(frame []int16) {
	h.silent.Add(1)
	select {
	case h.frames <- frame:
	default:
	}
}

// waited says that enough was said for something to have been understood.
func (h *utterance) waited() bool {
	return h.silent.Load() > int64(longestWait/media.FrameDuration)
}

// finish says that nothing more will be said.
func (h *utterance) finish() { close(h.frames) }

// run listens until all has been understood. A recognizer that takes too long is
// not waited for.
func (h *utterance) run(ctx context.Context, cancel context.CancelCauseFunc, r speech.Recognizer, l speech.Listening, tell func(speech.Heard)) error {
	patience := time.AfterFunc(understandWithin, func() { cancel(speech.ErrTimeout) })
	defer patience.Stop()
	result := make(chan error, 1)
	go func() { result <- h.listen(ctx, patience, r, l, tell) }()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (h *utterance) listen(ctx context.Context, patience *time.Timer, r speech.Recognizer, l speech.Listening, tell func(speech.Heard)) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: it broke: %v", speech.ErrUnavailable, p)
		}
	}()
	ear, err := r.Listen(ctx, l)
	if err != nil {
		return err
	}
	defer func() { _ = ear.Close() }() // it has said all it had to
	patience.Stop()
	go h.write(ctx, patience, ear)
	for {
		heard, err := ear.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case ctx.Err() != nil:
			return context.Cause(ctx)
		}
		h.silent.Store(0)
		tell(heard)
	}
}

// write carries what is said to the ear. An ear that does not take it says why
// itself.
func (h *utterance) write(ctx context.Context, patience *time.Timer, ear speech.Ear) {
	for {
		select {
		case frame, more := <-h.frames:
			if !more {
				patience.Reset(understandWithin)
				ear.Finish()
				return
			}
			_ = ear.Write(&media.Frame{Samples: frame, Rate: media.Rate})
		case <-ctx.Done():
			return
		}
	}
}
