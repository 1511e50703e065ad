package jitter

import (
	"sync/atomic"

	"github.com/botd-dev/botd/media"
)

const (
	// words is how much of each frame may be put in or left out while somebody
	// speaks: a tenth.
	words = media.FrameSize / 10
	// stubborn is after how many frames sound is stretched even where it is not
	// like itself.
	stubborn = 50
	// onset is over how many samples sound comes back after silence: 1 ms.
	onset = media.FrameSize / 20
)

// Receiver makes frames of the packets in a Buffer, or hands them on: it has the
// half of a media.PacketPort that speaks. As with a Port, only the bridge's tick
// calls it, once every 20 ms: Level, then one of Read or Skip.
//
// The decoder may give frames of other than 20 ms, for packets that hold other
// than that; they are cut and joined here. Neither it nor any buffer is there
// before the first packet is decoded.
type Receiver struct {
	buf    *Buffer
	voice  voice
	item   Item
	held   bool // item has been pulled and not yet been made into sound
	whole  bool // what is unread is item's sound, all of it and no more
	silent bool // the tape ends in silence
	tape   tape
	wsola  stretcher
	madeUp int   // samples at the end of the tape that stand for what is not here
	step   int   // the grid on which packets begin within frames, in samples
	debt   int   // samples that may not yet be put in or left out
	tried  int   // frames in which some should have been and were not
	level  uint8 // of what comes
	passed passed
	trust  trust
}

// NewReceiver joins a buffer and the decoder of its stream, which open makes
// when the first packet is to be decoded. While it fails there is silence.
func NewReceiver(buf *Buffer, open func() (media.Decoder, error)) *Receiver {
	return &Receiver{buf: buf, voice: voice{open: open}, step: media.FrameSize, level: media.Silent}
}

// Awake fits media.Sleeper: it is set by the first packet after a silence, and
// unset by Level when nothing waits any more.
func (r *Receiver) Awake() *atomic.Bool { return &r.buf.awake }

// Level is the loudness of the coming 20 ms, in -dBov. It decodes only where
// the packets do not carry their level (RFC 6464), or lied about it.
func (r *Receiver) Level() uint8 {
	if r.tape.unread() >= media.FrameSize {
		r.level = r.measured()
		return r.level
	}
	r.pull()
	switch {
	case r.item.Kind == Silence:
		r.level = media.Silent
	case r.item.Kind == Sound && r.item.Leveled && !r.trust.lost:
		r.level = r.item.Level
	case r.item.Kind == Sound:
		begins := r.tape.unread() == 0
		r.fill(media.FrameSize)
		r.level = r.measured()
		r.whole = begins && r.tape.unread() == media.FrameSize
		r.buf.Heard(r.level)
	default: // Lost, Late: as loud as before, for all we know
	}
	return r.level
}

// measured is how loud the coming 20 ms are.
func (r *Receiver) measured() uint8 {
	return media.Level(&media.Frame{Samples: r.tape.samples[r.tape.at:][:media.FrameSize], Rate: media.Rate})
}

// Read fills f with the coming 20 ms at 48 kHz. What cannot be decoded is
// concealed, so there is no error.
func (r *Receiver) Read(f *media.Frame) error {
	r.fill(media.FrameSize)
	r.adapt()
	f.Resize(media.FrameSize, media.Rate)
	r.tape.read(f.Samples)
	r.whole = false
	return nil
}

// Skip passes over the coming 20 ms undecoded.
func (r *Receiver) Skip() {
	rest := media.FrameSize
	if r.whole || r.tape.unread() >= rest {
		r.tape.skip(rest)
		r.whole = false
		return
	}
	// Nobody hears that the reader goes on to where packets begin.
	r.tape.skip(r.tape.unread() % r.step)
	rest -= r.tape.skip(rest)
	for rest > 0 {
		rest -= r.pass(rest)
	}
}

// pass passes over the coming item, up to n samples of it, and returns how many.
func (r *Receiver) pass(n int) int {
	r.pull()
	length := samples(r.item.Duration)
	switch {
	case r.item.Kind == Silence:
		r.forget()
		return n
	case r.item.Kind == Late:
		r.held = false
		return n
	case length > n || r.suspect():
		r.render(n)
		return r.tape.skip(n)
	case r.item.Kind == Lost || r.item.Missing:
		r.passed.keep(nil)
	}
	if r.item.Kind == Sound {
		r.passed.keep(r.item.Payload)
	}
	r.held = false
	return max(length, 1)
}

// forget is for a silence: what was said before it does not belong to what is
// said after it.
func (r *Receiver) forget() {
	r.held = false
	r.passed.count, r.tape.skipped = 0, 0
}

// pull takes the next item, unless there is one.
func (r *Receiver) pull() {
	if !r.held {
		r.buf.Pull(&r.item)
		r.held = true
	}
}

// fill makes sound until n samples are there.
func (r *Receiver) fill(n int) {
	for r.tape.unread() < n {
		r.pull()
		r.render(n)
	}
}

// adapt stretches or presses what is to be read, where the delay must change
// while somebody speaks. What is to be read then is still a frame or more.
func (r *Receiver) adapt() {
	r.debt = max(r.debt-words, 0)
	if r.debt > 0 || r.silent {
		return
	}
	least := similar
	if r.tried > stubborn {
		least = -1
	}
	off := r.tape.unread() % r.step
	b := r.buf.balance(r.tape.unread(), r.step)
	r.tried++
	switch {
	case b.short:
		r.changed(r.wsola.grow(&r.tape, 1, least), inserted)
	case off > 0 && r.level >= quiet:
		r.changed(r.wsola.leaveOut(&r.tape, off), removed)
	case b.long && b.here:
		r.ahead(off + r.step)
		r.changed(r.wsola.shrink(&r.tape, off+r.step, least), removed)
	case off > 0:
		r.changed(r.wsola.shrink(&r.tape, off, similar), removed)
	default:
		r.tried = 0
	}
	r.fill(media.FrameSize)
}

func inserted(s *Stats, n int) { s.Inserted += uint64(n) } //nolint:gosec // not negative
func removed(s *Stats, n int)  { s.Removed += uint64(n) }  //nolint:gosec // not negative

// changed counts what was put in or left out, for which the next frames pay.
func (r *Receiver) changed(n int, what func(s *Stats, n int)) {
	if n > 0 {
		r.debt, r.tried = n, 0
		r.buf.count(what, n)
	}
}

// ahead takes the next packet early if the frame and n samples are not there.
func (r *Receiver) ahead(n int) {
	if r.tape.unread() < media.FrameSize+min(n, maxPeriod) {
		r.pull()
		r.render(0)
	}
}
