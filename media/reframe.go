package media

// reframe cuts sound of any rate and length into frames of the bridge.
type reframe struct {
	rate int
	to   *Resampler
	rest []int16
}

// each calls f with every FrameSize samples at 48 kHz that are complete; what
// is left over waits for the next frame.
func (r *reframe) each(in *Frame, f func(samples []int16) error) error {
	if in.Rate == Rate && len(in.Samples) == FrameSize && len(r.rest) == 0 {
		return f(in.Samples)
	}
	if in.Rate != r.rate {
		r.rate, r.to = in.Rate, NewResampler(in.Rate, Rate)
	}
	r.rest = r.to.Append(r.rest, in.Samples)
	for len(r.rest) >= FrameSize {
		if err := f(r.rest[:FrameSize]); err != nil {
			return err
		}
		r.rest = r.rest[:copy(r.rest, r.rest[FrameSize:])]
	}
	return nil
}
