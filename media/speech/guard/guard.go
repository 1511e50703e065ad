// Package guard holds a speech provider to what package speech says of it. One
// that hangs, breaks or talks nonsense fails in bounded time, with an error of
// package speech, whatever it does itself.
package guard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/botd-dev/botd/media/speech"
)

// Config is how long a provider may take.
type Config struct {
	// Begin is how long Synthesize and Listen may take; zero is 25 s.
	Begin time.Duration
	// Step is how long the next frame of what is said may take, or taking one of
	// what is to be heard; zero is 10 s.
	Step time.Duration
	// End is how long the last of what was heard may take after Finish; zero is
	// 20 s.
	End time.Duration
	// Longest is how much sound one utterance may be; zero is an hour.
	Longest time.Duration
}

func (c Config) withDefaults() Config {
	if c.Begin <= 0 {
		c.Begin = 25 * time.Second
	}
	if c.Step <= 0 {
		c.Step = 10 * time.Second
	}
	if c.End <= 0 {
		c.End = 20 * time.Second
	}
	if c.Longest <= 0 {
		c.Longest = time.Hour
	}
	return c
}

// known are the errors that a provider may give.
var known = []error{
	speech.ErrEmpty, speech.ErrRequest, speech.ErrAuth, speech.ErrForbidden, speech.ErrTimeout, speech.ErrBusy, speech.ErrUnavailable,
	io.EOF, context.Canceled,
}

// proper makes an error one of those that a provider may give.
func proper(err error) error {
	if err == nil {
		return nil
	}
	for _, k := range known {
		if errors.Is(err, k) {
			return err
		}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", speech.ErrTimeout, err)
	}
	return fmt.Errorf("%w: %w", speech.ErrUnavailable, err)
}

// nonsense is the error for what no provider may say.
func nonsense(format string, args ...any) error {
	return fmt.Errorf("%w: the provider talks nonsense: %s", speech.ErrUnavailable, fmt.Sprintf(format, args...))
}

// late is the error for what took too long.
func late(what string, after time.Duration) error {
	return fmt.Errorf("%w: %s took more than %v", speech.ErrTimeout, what, after)
}

// safely calls f and makes a panic an error.
func safely(f func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("%w: the provider broke: %v", speech.ErrUnavailable, cause)
		}
	}()
	return f()
}

// opened is what a call of a provider came to.
type opened[T any] struct {
	value T
	err   error
}

// begin calls open and waits no longer than most. What comes too late is
// closed.
func begin[T any](ctx context.Context, most time.Duration, open func() (T, error)) (T, error) {
	answer, gone := make(chan opened[T]), make(chan struct{})
	go func() {
		var o opened[T]
		o.err = safely(func() (err error) {
			o.value, err = open()
			return err
		})
		select {
		case answer <- o:
		case <-gone:
			if c, ok := any(o.value).(io.Closer); ok && o.err == nil {
				_ = safely(c.Close) // nobody wants it any more
			}
		}
	}()
	timer := time.NewTimer(most)
	defer timer.Stop()
	var none T
	select {
	case o := <-answer:
		if o.err == nil && any(o.value) == nil {
			return none, nonsense("nothing, and no error")
		}
		return o.value, proper(o.err)
	case <-timer.C:
		close(gone)
		return none, late("beginning", most)
	case <-ctx.Done():
		close(gone)
		return none, ctx.Err()
	}
}
