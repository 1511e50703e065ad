package voice

import "github.com/botd-dev/botd/media"

const (
	// deadPeak is what no sample of a dead line is above: silence as A-law
	// codes it.
	deadPeak = 8
	// fillFade is the part of a frame in which noise comes and goes: 5 ms.
	fillFade = 4
)

// ComfortConfig sets ComfortNoise.
type ComfortConfig struct {
	// Loudest is the level in -dBov that comfort noise is at most, however loud
	// the background was. Zero is 45.
	Loudest uint8
}

// ComfortNoise learns the background of a source and goes on with it where the
// source falls dead silent: muted, or sending nothing between words (DTX). A
// line that never had a background stays silent. Where the source is not dead,
// its frames are not changed but for the first 5 ms, in which the noise fades.
// It adds no delay and takes frames of 20 ms at any rate from 8 kHz up.
func ComfortNoise(cfg ComfortConfig) media.Stage {
	if cfg.Loudest == 0 {
		cfg.Loudest = 45
	}
	return func(src media.Source) media.Source {
		return &comfortNoise{src: src, loudest: cfg.Loudest, background: NewBackground()}
	}
}

type comfortNoise struct {
	src        media.Source
	loudest    uint8
	background *Background
	comfort    *Comfort // nil until it is needed
	noise      media.Frame
	filling    bool
}

// Read fits media.Source. Errors are the source's.
func (c *comfortNoise) Read(f *media.Frame) error {
	if err := c.src.Read(f); err != nil {
		return err
	}
	dead := peak(f.Samples) <= deadPeak
	if !dead {
		c.background.Hear(f)
	}
	switch {
	case dead && !c.filling:
		if c.begin(f.Rate) {
			c.mix(f, 0, 1)
		}
	case dead:
		c.mix(f, 1, 1)
	case c.filling:
		c.filling = false
		c.mix(f, 1, 0)
	}
	return nil
}

// begin prepares for a gap. It reports whether there is anything to fill it
// with.
func (c *comfortNoise) begin(rate int) bool {
	n, ok := c.background.Noise()
	if !ok || rate != c.background.rate {
		return false
	}
	if c.comfort == nil || c.comfort.rate != rate {
		c.comfort = NewComfort(rate)
	}
	n.Level = max(n.Level, c.loudest)
	c.comfort.Set(n)
	c.filling = true
	return true
}

// mix adds noise to f, whose part goes from one value to the other, 0 or 1, in
// the first 5 ms.
func (c *comfortNoise) mix(f *media.Frame, from, to int) {
	if f.Rate != c.comfort.rate {
		c.filling = false
		return
	}
	_ = c.comfort.Read(&c.noise)
	n := min(len(f.Samples), len(c.noise.Samples))
	fade := max(n/fillFade, 1)
	for i, s := range c.noise.Samples[:n] {
		part := from*fade + (to-from)*min(i, fade)
		f.Samples[i] = media.Clip(int(f.Samples[i]) + int(s)*part/fade)
	}
}
