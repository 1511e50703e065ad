// Package media holds the nouns of sound: Frame, Source, Sink, Stage, Packet,
// Port. It knows no codec, no network and no call.
//
// Sound inside botd is linear PCM, one channel, signed 16 bit. The bridge runs
// at 48 kHz in steps of 20 ms; a Stage converts at the edges.
package media

import (
	"context"
	"errors"
	"io"
	"time"
)

// The one clock of the bridge.
const (
	// FrameDuration is the length of one frame and of one tick of a bridge.
	FrameDuration = 20 * time.Millisecond
	// Rate is the sample rate inside the bridge, in hertz.
	Rate = 48000
	// FrameSize is the number of samples in a frame at Rate.
	FrameSize = Rate / 50
	// Silent is the level of silence in -dBov (RFC 6464, section 3: 127).
	Silent = 127
)

// Frame is 20 ms of one channel of linear PCM. Frames are lent, not given: the
// caller of Read or Write owns the frame and its buffer before and after.
type Frame struct {
	// Samples are signed 16-bit samples, one channel. Read sets the length,
	// reusing the capacity.
	Samples []int16
	// Rate is the sample rate in hertz.
	Rate int
}

// NewFrame makes a silent frame of 20 ms at the given sample rate in hertz.
func NewFrame(rate int) *Frame {
	return &Frame{Samples: make([]int16, rate/50), Rate: rate}
}

// Resize gives f n samples at rate, reusing its buffer. Their values are not
// cleared.
func (f *Frame) Resize(n, rate int) {
	if cap(f.Samples) < n {
		f.Samples = make([]int16, n)
	}
	f.Samples = f.Samples[:n]
	f.Rate = rate
}

// Silence clears every sample of f.
func (f *Frame) Silence() { clear(f.Samples) }

// Source gives frames, as io.Reader gives bytes. The caller owns f and its
// buffer; Read fills it. io.EOF means the source has ended by itself.
type Source interface {
	Read(f *Frame) error
}

// Sink takes frames, as io.Writer takes bytes. It must not keep f or its
// samples. io.ErrClosedPipe means nobody listens any more.
type Sink interface {
	Write(f *Frame) error
}

// SourceFunc is a function that is a Source.
type SourceFunc func(f *Frame) error

// Read calls fn.
func (fn SourceFunc) Read(f *Frame) error { return fn(f) }

// SinkFunc is a function that is a Sink.
type SinkFunc func(f *Frame) error

// Write calls fn.
func (fn SinkFunc) Write(f *Frame) error { return fn(f) }

// Stage wraps a source in another one: decode, resample, mute, measure.
type Stage func(Source) Source

// Chain puts stages behind a source, the first stage nearest to it.
func Chain(src Source, stages ...Stage) Source {
	for _, s := range stages {
		src = s(src)
	}
	return src
}

// Copy carries frames from src to dst until src ends, dst closes or ctx ends.
// A source that ended by itself and a sink that closed are not errors; the end
// of ctx is, and is returned.
//
// Copy looks at ctx before every frame, so a Source or Sink of a live call
// keeps it waiting for one frame at most.
func Copy(ctx context.Context, dst Sink, src Source) error {
	f := NewFrame(Rate)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		switch err := src.Read(f); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		switch err := dst.Write(f); {
		case errors.Is(err, io.ErrClosedPipe):
			return nil
		case err != nil:
			return err
		}
	}
}

// Gain is the smallest useful stage: it scales every sample by num/den and
// clips instead of wrapping.
func Gain(num, den int) Stage {
	return func(src Source) Source {
		return SourceFunc(func(f *Frame) error {
			if err := src.Read(f); err != nil {
				return err
			}
			for i, s := range f.Samples {
				f.Samples[i] = Clip(int(s) * num / den)
			}
			return nil
		})
	}
}

// Clip limits a sum of samples to what 16 bits hold.
func Clip(s int) int16 {
	switch {
	case s > 32767:
		return 32767
	case s < -32768:
		return -32768
	}
	return int16(s) //nolint:gosec // limited by the cases above
}
