package jitter

import "time"

const (
	// firstGuess is the target before the first firstPackets have come.
	firstGuess   = 10 * time.Millisecond
	firstPackets = 50
	// window is how long a fastest packet counts; it bounds the drift between
	// the two clocks.
	window = time.Second
	// settling is over how many pulls a delay must have been too long to be made
	// shorter: a tick of the server that comes late looks the same.
	settling = 16
)

// delay estimates how late packets come and how long they are to be held.
type delay struct {
	cfg    *Config
	origin time.Time
	zero   int64 // the timestamp at origin

	low    [2]time.Duration // the least transit in this window and the one before
	opened time.Time        // this window

	last   time.Duration // transit, for the jitter
	jitter float64       // RFC 3550, in nanoseconds
	late   *lateness     // nil before the first packet
	steady time.Duration // the present delay, late ticks taken out
}

// restart begins with other timestamps. How late packets are is remembered: the
// network has not changed.
func (d *delay) restart(timestamp int64, at time.Time) {
	if d.late == nil {
		d.late = &lateness{opened: at}
	}
	d.origin, d.opened, d.zero = at, at, timestamp
	d.low = [2]time.Duration{}
	d.last, d.steady = 0, 0
}

// arrived takes a packet.
func (d *delay) arrived(timestamp int64, at time.Time) {
	transit := at.Sub(d.origin) - d.cfg.lasts(timestamp-d.zero)
	d.jitter += (float64((transit - d.last).Abs()) - d.jitter) / 16
	d.last = transit
	d.keepLow(transit, at)
	d.late.add(transit-d.fastest(), at)
}

// repaired takes what came late because it came with a later packet.
func (d *delay) repaired(timestamp int64, at time.Time) {
	transit := at.Sub(d.origin) - d.cfg.lasts(timestamp-d.zero)
	d.late.repaired(transit-d.fastest(), at)
}

// keepLow keeps the least transit of the last one to two windows.
func (d *delay) keepLow(transit time.Duration, at time.Time) {
	switch since := at.Sub(d.opened); {
	case since > 2*window:
		d.low, d.opened = [2]time.Duration{transit, transit}, at
	case since > window:
		d.low, d.opened = [2]time.Duration{transit, d.low[0]}, at
	default:
		d.low[0] = min(d.low[0], transit)
	}
}

// fastest is the transit of a packet that the network does not hold up.
func (d *delay) fastest() time.Duration { return min(d.low[0], d.low[1]) }

// of is the delay of what is played now: how long ago it would have come had the
// network not held it up.
func (d *delay) of(timestamp int64, now time.Time) time.Duration {
	return now.Sub(d.origin) - d.cfg.lasts(timestamp-d.zero) - d.fastest()
}

// target is the delay at which all but a few come in time.
func (d *delay) target() time.Duration {
	least := d.cfg.MinDelay
	if d.late == nil || d.late.seen < firstPackets {
		least = max(least, firstGuess)
	}
	if d.late != nil {
		least = max(least, d.late.usual())
	}
	return min(least, d.cfg.MaxDelay)
}

// watch takes the present delay. A longer one counts little at first.
func (d *delay) watch(present time.Duration) {
	d.steady = min(present, d.steady+(present-d.steady)/settling)
}

// surplus is by how much the delay is longer than would have served all the
// packets of the last seconds.
func (d *delay) surplus() time.Duration {
	enough := max(d.target(), min(d.late.latest(), d.cfg.MaxDelay))
	return d.steady - enough - hysteresis
}
