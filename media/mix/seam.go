package mix

import "github.com/botd-dev/botd/media"

// Who hears frames hears a port also while its packets are passed on, and hears
// it jump by the look-ahead of an encoder when it takes up behind them. For them
// it goes from where it was to where it is in the course of 5 ms: seam is what
// they hear instead of its voice.
func (b *Bridge) seam(m *member) *media.Frame {
	f := b.frame()
	before := m.past[history-1].Samples
	now := m.voice.Samples
	copy(f.Samples, now)
	for i := range fadeSamples {
		was := before[min(media.FrameSize-media.Lookahead+i, media.FrameSize-1)]
		if i >= media.Lookahead {
			was = now[i-media.Lookahead]
		}
		f.Samples[i] = int16((int(was)*(fadeSamples-i) + int(now[i])*i) / fadeSamples)
	}
	return f
}

// mended is f, a mix that m hears as a frame, with the seams of this tick.
func (b *Bridge) mended(m *member, f *media.Frame) *media.Frame {
	parts := m.audience.ears.parts
	for i := range parts {
		p := parts[i].of
		if p.mend == nil || p == m.self || parts[i].fade != nil {
			continue
		}
		whole := b.frame()
		for j, s := range f.Samples {
			whole.Samples[j] = media.Clip(int(s) + int(p.mend.Samples[j]) - int(p.voice.Samples[j]))
		}
		f = whole
	}
	return f
}
