package jitter

import "time"

const (
	binWidth = 5 * time.Millisecond
	bins     = 64 // 320 ms
	// memory is over how many packets lateness is remembered, about 10 s.
	memory = 500
	// tooLate is the part of the packets that may come later than the target.
	tooLate = 0.02
	// firstGuess is the target before anything is known.
	firstGuess = 40 * time.Millisecond
	// window is how long a fastest packet counts; it bounds the drift between
	// the two clocks.
	window = time.Second
	// smooth is over how many packets the present delay is averaged.
	smooth = 16
)

// delay estimates how late packets come and how long they are to be held.
type delay struct {
	cfg    *Config
	origin time.Time
	zero   int64 // the timestamp at origin

	low    [2]time.Duration // the least transit in this window and the one before
	opened time.Time        // this window

	last    time.Duration // transit, for the jitter
	jitter  float64       // RFC 3550, in nanoseconds
	late    [bins]float64 // how often packets were how late, adding up to 1
	seen    int
	present time.Duration
	settled bool // present has been measured since the playout point was moved
}

func newDelay(cfg *Config) delay {
	d := delay{cfg: cfg}
	d.late[min(int(firstGuess/binWidth)-1, bins-1)] = 1
	return d
}

// restart begins with other timestamps. How late packets are is remembered: the
// network has not changed.
func (d *delay) restart(timestamp int64, at time.Time) {
	d.origin, d.opened, d.zero = at, at, timestamp
	d.low = [2]time.Duration{}
	d.last, d.settled = 0, false
}

// arrived takes a packet and returns how much later it came than the fastest
// ones did.
func (d *delay) arrived(timestamp int64, at time.Time) time.Duration {
	transit := at.Sub(d.origin) - d.cfg.lasts(timestamp-d.zero)
	d.jitter += (float64((transit - d.last).Abs()) - d.jitter) / 16
	d.last = transit
	d.keepLow(transit, at)
	behind := transit - min(d.low[0], d.low[1])
	d.count(behind)
	return behind
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

// count enters a lateness into the histogram; older ones fade.
func (d *delay) count(behind time.Duration) {
	d.seen = min(d.seen+1, memory)
	part := 1 / float64(d.seen+1)
	for i := range d.late {
		d.late[i] *= 1 - part
	}
	d.late[min(int(behind/binWidth), bins-1)] += part
}

// target is the delay at which all but a few come in time.
func (d *delay) target() time.Duration {
	sum, i := 0.0, bins-1
	for ; i > 0; i-- {
		if sum += d.late[i]; sum > tooLate {
			break
		}
	}
	return min(max(time.Duration(i+1)*binWidth, d.cfg.MinDelay), d.cfg.MaxDelay)
}

// measure takes by how much a packet came before its time was up. Together with
// how late it came, that is the same for all packets.
func (d *delay) measure(before, behind time.Duration) {
	if !d.settled {
		d.present, d.settled = before+behind, true
		return
	}
	d.present += (before + behind - d.present) / smooth
}
