package netlab

import "time"

// Weather is what a network does to the packets that go one way. The zero value
// does nothing.
type Weather struct {
	// Loss is the part of the packets that is lost, 0 to 1.
	Loss float64
	// Burst is how many are lost in a row in the mean: the network is good or bad,
	// and goes from one to the other by chance (Gilbert, "Capacity of a Burst-Noise
	// Channel", 1960). Up to 1 each packet is lost by itself.
	Burst float64
	// Row is how many are lost in a row each time, instead of Burst.
	Row int
	// Delay is what every packet takes, Jitter by how much more it may be, as
	// Spread says.
	Delay, Jitter time.Duration
	Spread        Spread
	// Reorder is the part of the packets that is held back by Hold.
	Reorder float64
	Hold    time.Duration
	// Duplicate is the part of the packets that comes twice, the second time up
	// to 10 ms later.
	Duplicate float64
	// Outages are when nothing passes, since the weather began.
	Outages []Span
}

// Span is a time from and to.
type Span struct{ From, To time.Duration }

// Spread is how jitter is distributed.
type Spread uint8

const (
	// Overtaking delays every packet by itself, by anything up to Jitter, so that
	// later ones come first where that is more than their distance.
	Overtaking Spread = iota
	// Queueing lets packets wait behind each other: the queue grows and shrinks at
	// random between nothing and Jitter, and nobody overtakes.
	Queueing
	// Stalling holds everything up for Jitter about once in a second, and lets it
	// go at once, as a radio link does that changes its channel.
	Stalling
)

// String is its name.
func (s Spread) String() string {
	return [...]string{"overtaking", "queueing", "stalling"}[min(s, Stalling)]
}
