package media

import (
	"errors"
	"fmt"
	"io"
)

// emptyReads is how often in a row a source may give a frame of no samples.
const emptyReads = 100

// Resample gives frames of exactly 20 ms (rate/50 samples) at rate hertz, of
// whatever lengths and rates the source's frames are, which may change on the
// way. When the source has ended, what is left comes out, the last frame filled
// up with silence.
func Resample(rate int) Stage {
	return func(src Source) Source {
		return &resampled{src: src, frames: framer{rate: rate}, in: NewFrame(Rate)}
	}
}

type resampled struct {
	src    Source
	frames framer
	in     *Frame
	ended  bool
}

// Read reads from the source until a frame is full.
func (r *resampled) Read(f *Frame) error {
	empty := 0
	for !r.frames.read(f) {
		if r.ended {
			return io.EOF
		}
		err := r.src.Read(r.in)
		switch {
		case errors.Is(err, io.EOF):
			r.ended = true
			r.frames.end()
			continue
		case err != nil:
			return err
		}
		if empty++; len(r.in.Samples) > 0 {
			empty = 0
		}
		if empty == emptyReads {
			return io.ErrNoProgress
		}
		if err := r.frames.write(r.in); err != nil {
			return fmt.Errorf("resample: %w", err)
		}
	}
	return nil
}

// framer takes frames of any length at any rate and gives frames of 20 ms at
// one.
type framer struct {
	rate int
	from int
	conv *Resampler
	out  []int16
}

// write takes a frame. One of the right rate goes past the filter, which would
// hold back as much as it looks ahead.
func (c *framer) write(f *Frame) error {
	if c.conv == nil || f.Rate != c.from {
		if err := c.turn(f.Rate); err != nil {
			return err
		}
	}
	if c.from == c.rate {
		c.out = append(c.out, f.Samples...)
		return nil
	}
	c.conv.Write(f.Samples)
	c.drain()
	return nil
}

// turn goes over to frames of another rate.
func (c *framer) turn(from int) error {
	conv, err := NewResampler(from, c.rate)
	if err != nil {
		return err
	}
	c.flush()
	c.from, c.conv = from, conv
	return nil
}

// flush brings out what the filter still holds.
func (c *framer) flush() {
	if c.conv != nil {
		c.conv.Flush()
		c.drain()
	}
}

func (c *framer) drain() {
	n := c.conv.Buffered()
	have := len(c.out)
	for cap(c.out) < have+n {
		c.out = append(c.out[:cap(c.out)], 0)
	}
	c.out = c.out[:have+n]
	c.conv.Read(c.out[have:])
}

// read fills f if there is enough for a frame.
func (c *framer) read(f *Frame) bool {
	size := c.rate / 50
	if size <= 0 || len(c.out) < size {
		return false
	}
	f.Resize(size, c.rate)
	copy(f.Samples, c.out)
	c.out = c.out[:copy(c.out, c.out[size:])]
	return true
}

// end fills the last frame up.
func (c *framer) end() {
	c.flush()
	if size := c.rate / 50; size > 0 {
		for len(c.out)%size != 0 {
			c.out = append(c.out, 0)
		}
	}
}

// empty reports whether nothing of what was written is still held.
func (c *framer) empty() bool {
	return len(c.out) == 0 && (c.conv == nil || c.from == c.rate)
}
