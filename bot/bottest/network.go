package bottest

import (
	"math/rand/v2"
	"time"

	"github.com/botd-dev/botd/media"
)

// Network is what happens to the sound of a person on its way, in both
// directions. It is modelled on frames of PCM in the person's port: a frame is
// lost, or comes late; who plays the sound out waits for 95 % of the
// jitter, and what comes later than that is lost too. What is lost is silence.
// Which frames are lost follows from the seed.
type Network struct {
	// Loss is how many frames are lost, in percent.
	Loss float64
	// Jitter is by how much a frame is late at most; it is any time up to that.
	Jitter time.Duration
}

// wire is one direction of somebody's network.
type wire struct {
	Network
	random *rand.Rand
	coming map[int64][]int16 // by the tick in which it is played out
	down   bool
}

func newWire(n Network, random *rand.Rand) *wire {
	return &wire{Network: n, random: random, coming: map[int64][]int16{}}
}

// pass sends the sound of a tick and gives what comes out in it; nil is silence.
func (w *wire) pass(tick int64, sound []int16) []int16 {
	if sound != nil {
		w.send(tick, sound)
	}
	out := w.coming[tick]
	delete(w.coming, tick)
	if w.down {
		return nil
	}
	return out
}

// send decides what becomes of a frame.
func (w *wire) send(tick int64, sound []int16) {
	late := time.Duration(0)
	if w.Jitter > 0 {
		late = time.Duration(w.random.Int64N(int64(w.Jitter)))
	}
	lost := w.Loss > 0 && w.random.Float64()*100 < w.Loss
	patience := w.Jitter * 19 / 20
	if !lost && !w.down && late <= patience {
		at := tick + int64((patience+media.FrameDuration-1)/media.FrameDuration)
		w.coming[at] = append([]int16(nil), sound...)
	}
}

// empty reports whether nothing is under way.
func (w *wire) empty() bool { return len(w.coming) == 0 }
