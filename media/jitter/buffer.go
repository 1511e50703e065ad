package jitter

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"

	"github.com/botd-dev/botd/media"
)

// state is that of a slot.
type state uint8

const (
	empty   state = iota
	waiting       // to be played
	played        // or thrown away
	missed        // its time has passed, and it has not come
)

// firstCycle is where extended sequence numbers begin: so high that an earlier
// packet's is positive too.
const firstCycle = 1 << 32

// slot holds one packet.
type slot struct {
	state     state
	void      bool // takes a place in the sequence but holds no sound
	leveled   bool
	level     uint8
	sequence  int64
	timestamp int64
	duration  int64 // in units of the clock
	payload   []byte
}

// Buffer holds the packets of one stream until their time has come. Any goroutine
// may push, and one pulls. It costs next to no memory until the first packet comes.
//
// A playout point goes along the stream's timestamps, a packet at a time. It is
// placed where a packet that the network did not hold up has waited for the
// target delay. While nothing is there it stands still, so that what is late is
// played late rather than not at all; the delay gained is given back later.
type Buffer struct {
	cfg   Config
	awake atomic.Bool // something waits, or is played

	mu    sync.Mutex
	stats Stats
	delay delay
	ring  *[slots]slot // nil before the first packet

	started bool
	ssrc    uint32
	stray   stray
	highest int64     // the newest packet's sequence number, extended
	newest  int64     // its timestamp, extended
	arrived time.Time // when the last one came
	step    int64     // between the timestamps of neighbours
	elapsed int64     // of the timeline before this stream, in samples at 48 kHz

	begun     bool // something of the stream has been played
	placed    bool
	next      int64         // the sequence number at the playout point
	point     int64         // its timestamp
	last      int64         // how long the last packet played was, in units
	heard     uint8         // how loud it was, in -dBov
	dtx       bool          // it was the last before a silence
	torn      bool          // what is right before it was thrown away or made up
	stretched int64         // how long the playout point has stood still, in units
	since     int           // pulls since a packet was thrown away for the delay's sake
	off       time.Duration // how far the receiver is behind the point
}

// New makes an empty Buffer.
func New(cfg Config) *Buffer {
	cfg.fill()
	b := &Buffer{cfg: cfg, heard: media.Silent}
	b.delay.cfg = &b.cfg
	b.step = b.cfg.units(media.FrameDuration)
	b.last = b.step
	return b
}

// SetLevelExtension sets Config.LevelExtension, where it is agreed upon later.
func (b *Buffer) SetLevelExtension(id uint8) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cfg.LevelExtension = id
}

// Push takes a packet of sound that arrived at some time. p is lent.
func (b *Buffer) Push(p *rtp.Packet, at time.Time) { b.push(p, at, false) }

// Pass takes a packet of the same stream that holds no sound (a
// telephone-event, comfort noise), so that its place in the sequence is not
// taken for a loss. p is lent.
func (b *Buffer) Pass(p *rtp.Packet, at time.Time) { b.push(p, at, true) }

func (b *Buffer) push(p *rtp.Packet, at time.Time, void bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stats.Received++
	if len(p.Payload) > maxPayload || !b.belongs(&p.Header, at, void) {
		b.stats.Discarded++
		return
	}
	if b.ring == nil {
		b.ring = new([slots]slot)
	}
	b.arrived = at
	sequence, timestamp := b.extend(p.SequenceNumber, p.Timestamp)
	s := b.slot(sequence)
	switch {
	case s.sequence == sequence && (s.state == waiting || s.state == played):
		b.stats.Duplicated++
		return
	case !void:
		b.learn(sequence, timestamp, at)
	}
	if b.late(s, sequence) {
		return
	}
	b.makeRoom(sequence)
	b.highest = max(b.highest, sequence)
	b.put(s, sequence, timestamp, p.Payload)
	s.void = void
	s.level, s.leveled = b.level(&p.Header)
	b.awake.Store(true)
}

// extend makes numbers that do not wrap (RFC 3550, section 6.4.1).
func (b *Buffer) extend(sequence uint16, timestamp uint32) (extended, time int64) {
	return b.highest + int64(int16(sequence-uint16(b.highest))), //nolint:gosec // modulo 2^16
		b.newest + int64(int32(timestamp-uint32(b.newest))) //nolint:gosec // modulo 2^32
}

func (b *Buffer) slot(sequence int64) *slot { return &b.ring[sequence%slots] }

// learn takes what the packet's arrival and timestamp tell.
func (b *Buffer) learn(sequence, timestamp int64, at time.Time) {
	b.delay.arrived(timestamp, at)
	step := timestamp - b.newest
	if sequence == b.highest+1 && step >= b.cfg.units(minPacket) && step <= b.cfg.units(maxPacket) {
		b.step = step
	}
	b.newest = max(b.newest, timestamp)
}

// late reports whether the packet's time is over.
func (b *Buffer) late(s *slot, sequence int64) bool {
	if sequence >= b.next {
		return false
	}
	if !b.begun && !b.placed && sequence > b.highest-slots { // nothing has been played yet
		b.next = sequence
		return false
	}
	b.stats.Late++
	if s.state == missed && s.sequence == sequence {
		b.stats.Lost--
		s.state = played
	}
	return true
}

// makeRoom gives up the oldest packets where nobody has pulled for long.
func (b *Buffer) makeRoom(sequence int64) {
	for ; b.next <= sequence-slots; b.next++ {
		b.pass(b.next)
		b.placed = false
	}
}

// pass leaves a packet behind unplayed.
func (b *Buffer) pass(sequence int64) {
	s := b.slot(sequence)
	switch {
	case s.state != waiting || s.sequence != sequence:
		b.stats.Lost++
		if before := b.slot(sequence - 1); before.state != missed || before.sequence != sequence-1 {
			b.stats.Bursts++
		}
		s.state, s.sequence = missed, sequence
	case s.void:
		s.state = played
	default:
		b.stats.Discarded++
		s.state = played
	}
}

func (b *Buffer) put(s *slot, sequence, timestamp int64, payload []byte) {
	s.state, s.sequence, s.timestamp = waiting, sequence, timestamp
	s.payload = append(s.payload[:0], payload...)
	s.duration = b.step
	if b.cfg.Duration != nil {
		if d := b.cfg.Duration(payload); d >= minPacket && d <= maxPacket {
			s.duration = b.cfg.units(d)
		}
	}
}

// level is what the header says how loud it is.
func (b *Buffer) level(h *rtp.Header) (level uint8, told bool) {
	if b.cfg.LevelExtension == 0 {
		return 0, false
	}
	x := h.GetExtension(b.cfg.LevelExtension)
	if len(x) == 0 {
		return 0, false
	}
	return x[0] & 0x7f, true // RFC 6464, section 3: V (1) | level (7)
}
