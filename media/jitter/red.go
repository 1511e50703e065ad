package jitter

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/pion/rtp"
)

// ErrRED means that a payload is not laid out as RFC 2198 has it.
var ErrRED = errors.New("malformed redundant payload")

const (
	// A block of the past says in a header of four octets by how much its
	// timestamp is less, in 14 bits, and how long it is, in 10 bits.
	maxOffset, maxBlock = 1<<14 - 1, 1<<10 - 1
	blockHeader         = 4
	// redPayload is how large a payload is made at most, in octets.
	redPayload = 1150
	// generations is how many past payloads may be sent again with each.
	generations = 2
)

// Block is one encoding in a redundant payload.
type Block struct {
	// PayloadType is its RTP payload type.
	PayloadType uint8
	// Offset is by how much its timestamp is less than the packet's, in units of
	// the RTP clock; zero for the packet's own.
	Offset uint32
	// Payload is a part of what was parsed.
	Payload []byte
}

// blocks goes through a redundant payload, which RFC 2198, section 3 draws:
//
//	F=1 (1) | block PT (7) | timestamp offset (14) | block length (10)
//	…
//	F=0 (1) | block PT (7)
//	blocks, the last one as long as what is left
type blocks struct{ headers, rest []byte }

// parseRED finds where the headers end and the blocks begin.
func parseRED(payload []byte) (blocks, error) {
	length, at := 0, 0
	for ; at < len(payload) && payload[at]&0x80 != 0; at += blockHeader {
		if at+blockHeader > len(payload) {
			return blocks{}, ErrRED
		}
		length += int(binary.BigEndian.Uint32(payload[at:]) & maxBlock)
	}
	if at >= len(payload) || at+1+length > len(payload) {
		return blocks{}, ErrRED
	}
	return blocks{payload[:at+1], payload[at+1:]}, nil
}

// next is the next block, oldest first; the packet's own is the last.
func (b *blocks) next() (block Block, last bool) {
	if len(b.headers) == 1 {
		return Block{PayloadType: b.headers[0], Payload: b.rest}, true
	}
	h := binary.BigEndian.Uint32(b.headers)
	n := h & maxBlock
	block = Block{uint8(h >> 24 & 0x7f), h >> 10 & maxOffset, b.rest[:n]} //nolint:gosec // seven bits
	b.headers, b.rest = b.headers[blockHeader:], b.rest[n:]
	return block, false
}

// ParseRED gives the blocks of a redundant payload, oldest first; the last one is
// the packet's own. They are parts of payload. ErrRED.
func ParseRED(payload []byte) ([]Block, error) {
	all, err := parseRED(payload)
	if err != nil {
		return nil, fmt.Errorf("%d octets: %w", len(payload), err)
	}
	var found []Block
	for {
		block, last := all.next()
		if found = append(found, block); last {
			return found, nil
		}
	}
}

// PushRED takes a packet with redundancy of sound (RFC 2198) that arrived at some
// time: its own payload, and past ones where they are missing, if they are of
// the same type, which is that of the stream. What is malformed is dropped and
// counted. p is lent.
func (b *Buffer) PushRED(p *rtp.Packet, at time.Time) {
	all, err := parseRED(p.Payload)
	if err != nil {
		b.count(func(s *Stats, _ int) { s.Received++; s.Discarded++ }, 1)
		return
	}
	past := all
	var own Block
	for last := false; !last; {
		own, last = all.next()
	}
	primary := rtp.Packet{Header: p.Header, Payload: own.Payload}
	primary.PayloadType = own.PayloadType
	b.Push(&primary, at)
	for {
		block, last := past.next()
		if last {
			return
		}
		if block.PayloadType == own.PayloadType && len(block.Payload) > 0 {
			b.recover(&p.Header, block, at)
		}
	}
}

// recover puts a block of the past where its packet is missing.
func (b *Buffer) recover(h *rtp.Header, block Block, at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.started || h.SSRC != b.ssrc || len(block.Payload) > maxPayload {
		return
	}
	newest, timestamp := b.extend(h.SequenceNumber, h.Timestamp)
	back := (int64(block.Offset) + b.step/2) / b.step
	sequence := newest - back
	timestamp -= int64(block.Offset)
	if back == 0 || sequence < b.next || !b.misses(sequence, timestamp) {
		return
	}
	b.delay.repaired(timestamp, at)
	s := b.slot(sequence)
	b.put(s, sequence, timestamp, block.Payload)
	s.void = false
	s.level, s.leveled = b.level(h) // 20 ms later it is about as loud
	b.stats.Recovered++
}

// misses reports whether a packet is missing, and would fit between those that
// are next to it.
func (b *Buffer) misses(sequence, timestamp int64) bool {
	if sequence <= b.highest-slots || sequence >= b.highest || b.came(sequence) {
		return false
	}
	early := b.came(sequence-1) && timestamp <= b.slot(sequence-1).timestamp
	late := b.came(sequence+1) && timestamp >= b.slot(sequence+1).timestamp
	return !early && !late
}

// came reports whether a packet is here or was.
func (b *Buffer) came(sequence int64) bool {
	s := b.slot(sequence)
	return s.sequence == sequence && (s.state == waiting || s.state == played)
}

// RED makes redundant payloads (RFC 2198): every payload is sent again with the
// one or two after it. The zero value sends each once more. It belongs to one
// stream.
type RED struct {
	// Generations is how many past payloads are sent again: 1 by default, at most
	// 2.
	Generations int

	past  [generations]sent // the newest last
	count int
}

// sent is a payload that was sent before.
type sent struct {
	timestamp uint32
	payload   []byte
}

// Append appends the payload of one packet to dst and returns it: payload, which
// is of an RTP payload type and timestamp, and before it those that were given
// last, as far as they are recent and there is room. Payload is lent.
func (r *RED) Append(dst []byte, payloadType uint8, timestamp uint32, payload []byte) []byte {
	again := r.fitting(timestamp, len(payload))
	for _, s := range again {
		h := 1<<31 | uint32(payloadType&0x7f)<<24 | (timestamp-s.timestamp)<<10 | uint32(len(s.payload)) //nolint:gosec // fitting
		dst = binary.BigEndian.AppendUint32(dst, h)
	}
	dst = append(dst, payloadType&0x7f)
	for _, s := range again {
		dst = append(dst, s.payload...)
	}
	dst = append(dst, payload...)
	r.keep(timestamp, payload)
	return dst
}

// fitting are the past payloads that can be sent again with n octets.
func (r *RED) fitting(timestamp uint32, n int) []sent {
	first := generations
	for oldest := generations - min(r.count, max(r.Generations, 1), generations); first > oldest; first-- {
		s := r.past[first-1]
		n += blockHeader + len(s.payload)
		offset := timestamp - s.timestamp
		if n > redPayload || len(s.payload) > maxBlock || offset == 0 || offset > maxOffset {
			break
		}
	}
	return r.past[first:]
}

func (r *RED) keep(timestamp uint32, payload []byte) {
	oldest := r.past[0].payload
	copy(r.past[:], r.past[1:])
	r.past[generations-1] = sent{timestamp, append(oldest[:0], payload...)}
	r.count = min(r.count+1, generations)
}
