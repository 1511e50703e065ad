package mix

import "github.com/botd-dev/botd/media"

// owner takes a source and whose it is out of what is to be played.
func owner(src media.Source) (inner media.Source, by string) {
	if o, ok := src.(media.Owned); ok {
		return o.Source, o.By
	}
	return src, ""
}

// voices is the mix of a tap that leaves out somebody and what is played for
// them. It has a limiter of its own, so that what is left out turns nothing down.
type voices struct {
	sum   []int32
	level envelope
}

func newVoices() *voices {
	return &voices{sum: make([]int32, media.FrameSize), level: newEnvelope()}
}

// hear mixes what the tap is to hear in this tick.
func (v *voices) hear(t *tap, to []int16) {
	clear(v.sum)
	sources := 0
	for i := range t.ear.audience.ears.parts {
		p := &t.ear.audience.ears.parts[i]
		if p.of != t.ear.self && p.samples != nil {
			add(v.sum, p.alone())
			sources++
		}
	}
	for _, p := range t.bridge.plays {
		if p.sound != nil && p.to == nil && p.by != t.opts.Without {
			add(v.sum, p.sound.Samples)
			sources++
		}
	}
	v.level.follow(v.sum, sources)
	t.bridge.count.Limited += v.level.limit(to, v.sum, sources)
}
