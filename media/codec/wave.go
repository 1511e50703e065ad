package codec

import (
	"fmt"

	"github.com/botd-dev/botd/media"
)

// intake gives an encoder that has a sample rate of its own 20 ms at that rate
// for every frame of the bridge.
type intake struct {
	conv    *media.Resampler
	samples []int16
}

func newIntake(rate int) (intake, error) {
	conv, err := newConverter(media.Rate, rate)
	return intake{conv, make([]int16, rate/50)}, err
}

// take converts a frame. The samples are lent until the next one; ErrFrame.
func (in *intake) take(f *media.Frame) ([]int16, error) {
	if err := encodable(f); err != nil {
		return nil, err
	}
	if in.conv == nil {
		return f.Samples, nil
	}
	in.conv.Write(f.Samples)
	return in.samples[:in.conv.Read(in.samples)], nil
}

// reset forgets all that was said.
func (in *intake) reset() {
	if in.conv == nil {
		return
	}
	in.conv.Reset()
	clear(in.samples)
	for left := in.conv.Lookahead(); left > 0; left -= len(in.samples) {
		in.conv.Write(in.samples[:min(left, len(in.samples))])
	}
}

// newConverter makes a resampler that gives a frame for every frame; nil where
// there is nothing to convert.
func newConverter(from, to int) (*media.Resampler, error) {
	if from == to {
		return nil, nil //nolint:nilnil // nothing is a way to convert
	}
	r, err := media.NewResampler(from, to)
	if err != nil {
		return nil, fmt.Errorf("codec at %d Hz: %w", min(from, to), err)
	}
	r.Write(make([]int16, r.Lookahead()))
	return r, nil
}

// outlet makes frames of the bridge of what a decoder with a sample rate of its
// own gives, and makes up what is lost.
type outlet struct {
	rate    int
	conv    *media.Resampler
	gap     *repeater
	samples []int16 // room for the longest packet, 120 ms
	owed    int     // of a sample that was to be made up, in 1/48000
}

func newOutlet(rate int) (*outlet, error) {
	conv, err := newConverter(rate, media.Rate)
	return &outlet{rate: rate, conv: conv, gap: newRepeater(rate), samples: make([]int16, rate/50*6)}, err
}

// room is where to decode n samples to; nil if a packet may not hold so many.
func (o *outlet) room(n int) []int16 {
	if n <= 0 || n > len(o.samples) {
		return nil
	}
	return o.samples[:n]
}

// heard fills f with samples that came.
func (o *outlet) heard(f *media.Frame, samples []int16) {
	o.gap.heard(samples)
	if o.conv == nil {
		f.Resize(len(samples), media.Rate)
		copy(f.Samples, samples)
		return
	}
	o.conv.Write(samples)
	f.Resize(o.conv.Buffered(), media.Rate)
	o.conv.Read(f.Samples)
}

// conceal keeps the length of f, if it is one, and fills it with what might
// have been said. Where that is no whole number of samples the next frame
// makes up for it.
func (o *outlet) conceal(f *media.Frame) []int16 {
	lost(f)
	o.owed += len(f.Samples) * o.rate
	samples := o.samples[:o.owed/media.Rate]
	o.owed %= media.Rate
	o.gap.fill(samples)
	if o.conv == nil {
		copy(f.Samples, samples)
		return samples
	}
	o.conv.Write(samples)
	clear(f.Samples[o.conv.Read(f.Samples):])
	return samples
}
