package speech

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/botd-dev/botd/media"
)

const (
	// backlog is how much sound may wait for a recognizer.
	backlog = 30 * time.Second
	// untaken is how many results may wait for Next; the recognizer waits then.
	untaken = 16
)

// Hear is a recognizer's work on one stream. It reads what was written to the
// ear as frames of 20 ms, until io.EOF after Finish, and tells what it has
// understood. Both end with ctx. Its error is one of this package's; nil ends
// the stream.
type Hear func(ctx context.Context, sound media.Source, tell func(Heard) error) error

// NewEar makes an Ear of a function, which runs in a goroutine of its own until
// it returns or the ear is closed. Sound comes to it at rate hertz, whatever was
// written; a frame of a rate that cannot be converted is ErrRequest from Write.
// Who is 30 s behind fails with ErrTimeout.
func NewEar(ctx context.Context, rate int, hear Hear) Ear {
	ctx, stop := context.WithCancelCause(ctx)
	e := &ear{
		rate: rate, most: int(backlog.Seconds()) * rate,
		arrived: make(chan struct{}, 1), heard: make(chan Heard, untaken), done: make(chan struct{}),
		over: ctx.Done(), why: func() error { return context.Cause(ctx) }, stop: stop,
	}
	go e.work(ctx, hear)
	return e
}

type ear struct {
	rate, most int // hertz; samples that may wait

	// Write only.
	conv *media.Resampler
	from int // hertz

	mu       sync.Mutex
	sound    []int16
	taken    int // samples of sound that were read
	finished bool

	arrived chan struct{} // there is more to read
	heard   chan Heard
	done    chan struct{} // work has returned
	err     error         // once it has

	over <-chan struct{} // nothing counts any more
	why  func() error
	stop context.CancelCauseFunc
}

// work runs hear. A panic in it is an error like others.
func (e *ear) work(ctx context.Context, hear Hear) {
	defer close(e.done)
	defer func() {
		if cause := recover(); cause != nil {
			e.err = fmt.Errorf("%w: the recognizer broke: %v", ErrUnavailable, cause)
		}
	}()
	tell := func(h Heard) error {
		select {
		case e.heard <- h:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	e.err = hear(ctx, media.SourceFunc(e.read), tell)
	if e.err == nil {
		e.err = io.EOF
	}
}

// Write fits Ear.
func (e *ear) Write(f *media.Frame) error {
	if e.ended() || e.idle() {
		return io.ErrClosedPipe
	}
	if f.Rate != e.from || f.Rate == 0 {
		if err := e.turn(f.Rate); err != nil {
			return err
		}
	}
	if e.conv == nil {
		return e.put(f.Samples)
	}
	e.conv.Write(f.Samples)
	return e.drain()
}

// turn goes over to frames of another rate.
func (e *ear) turn(from int) error {
	var conv *media.Resampler
	if from != e.rate {
		var err error
		if conv, err = media.NewResampler(from, e.rate); err != nil {
			return fmt.Errorf("%w: %w", ErrRequest, err)
		}
	}
	if err := e.flush(); err != nil {
		return err
	}
	e.from, e.conv = from, conv
	return nil
}

// flush brings out what the filter still holds.
func (e *ear) flush() error {
	if e.conv == nil {
		return nil
	}
	e.conv.Flush()
	return e.drain()
}

func (e *ear) drain() error {
	samples := make([]int16, e.conv.Buffered())
	e.conv.Read(samples)
	return e.put(samples)
}

// put adds samples to what waits to be read.
func (e *ear) put(samples []int16) error {
	e.mu.Lock()
	if e.finished {
		e.mu.Unlock()
		return io.ErrClosedPipe
	}
	full := len(e.sound)-e.taken+len(samples) > e.most
	if !full {
		e.sound = append(e.sound, samples...)
	}
	e.mu.Unlock()
	if full {
		e.stop(fmt.Errorf("%w: the recognizer is %v behind", ErrTimeout, backlog))
		return io.ErrClosedPipe
	}
	e.signal()
	return nil
}

func (e *ear) signal() {
	select {
	case e.arrived <- struct{}{}:
	default: // it was said already
	}
}

// read gives the recognizer its next frame, waiting for it.
func (e *ear) read(f *media.Frame) error {
	for {
		switch {
		case e.ended():
			return e.why()
		case e.idle():
			return io.ErrClosedPipe // whoever still reads was left behind
		}
		if ok, err := e.take(f); ok || err != nil {
			return err
		}
		select {
		case <-e.arrived:
		case <-e.over:
		case <-e.done:
		}
	}
}

// take reads a frame without waiting; the last one may be shorter.
func (e *ear) take(f *media.Frame) (ok bool, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := e.rate / 50
	if left := len(e.sound) - e.taken; left < n {
		if !e.finished {
			return false, nil
		}
		if n = left; n == 0 {
			return false, io.EOF
		}
	}
	f.Resize(n, e.rate)
	e.taken += copy(f.Samples, e.sound[e.taken:])
	if e.taken > len(e.sound)/2 {
		e.sound = e.sound[:copy(e.sound, e.sound[e.taken:])]
		e.taken = 0
	}
	return true, nil
}

// Finish fits Ear.
func (e *ear) Finish() {
	_ = e.flush() // an ear that has ended has nothing to bring out
	e.mu.Lock()
	e.finished = true
	e.mu.Unlock()
	e.signal()
}

// Next fits Ear.
func (e *ear) Next() (Heard, error) {
	select {
	case h := <-e.heard:
		return h, nil
	case <-e.over:
		return Heard{}, e.why()
	case <-e.done:
	}
	select {
	case h := <-e.heard:
		return h, nil
	default:
		return Heard{}, e.outcome()
	}
}

// outcome is the error with which the work ended.
func (e *ear) outcome() error {
	if e.ended() && !errors.Is(e.err, io.EOF) {
		return e.why()
	}
	return e.err
}

func (e *ear) ended() bool {
	select {
	case <-e.over:
		return true
	default:
		return false
	}
}

// idle reports whether the work has returned.
func (e *ear) idle() bool {
	select {
	case <-e.done:
		return true
	default:
		return false
	}
}

// Close fits Ear. It waits for the work to end.
func (e *ear) Close() error {
	e.stop(context.Canceled)
	<-e.done
	return nil
}
