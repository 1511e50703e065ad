// Package wire measures RTP as it was sent: from the capture of a network
// interface, whose packets the kernel stamped with their time. What it says holds
// no waiting of whoever receives them.
package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"time"

	"github.com/pion/rtp"
)

// ErrFormat is a file that is no capture of Ethernet frames, as tcpdump writes it.
var ErrFormat = errors.New("wire: not a pcap file of Ethernet frames")

// Packet is an RTP packet that was sent by the port that was asked for.
type Packet struct {
	// At is when the kernel saw it.
	At time.Time
	// To is who it went to, SSRC and Timestamp what its header says.
	To              netip.AddrPort
	SSRC, Timestamp uint32
}

// The parts of a capture and of a frame, in octets.
const (
	fileHeader   = 24
	recordHeader = 16
	mostRecord   = 256 << 10
	etherHeader  = 14
	udpHeader    = 8

	magicMicro = 0xa1b2c3d4
	magicNano  = 0xa1b23c4d
	ethernet   = 1 // the link type
)

// Read calls each with every RTP packet over IPv4 that was sent from a port, in
// the order of the capture. The last record may be cut off.
func Read(r io.Reader, port uint16, each func(Packet)) error {
	head := make([]byte, fileHeader)
	if _, err := io.ReadFull(r, head); err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	unit := time.Microsecond
	switch binary.LittleEndian.Uint32(head) {
	case magicMicro:
	case magicNano:
		unit = time.Nanosecond
	default:
		return ErrFormat
	}
	if binary.LittleEndian.Uint32(head[20:]) != ethernet {
		return ErrFormat
	}
	return records(r, unit, func(at time.Time, frame []byte) {
		if p, ok := parse(frame, port); ok {
			p.At = at
			each(p)
		}
	})
}

// records reads one frame after the other.
func records(r io.Reader, unit time.Duration, each func(time.Time, []byte)) error {
	head, frame := make([]byte, recordHeader), make([]byte, mostRecord)
	for {
		if _, err := io.ReadFull(r, head); err != nil {
			return ended(err)
		}
		n := binary.LittleEndian.Uint32(head[8:])
		if n > mostRecord {
			return fmt.Errorf("%w: a record of %d octets", ErrFormat, n)
		}
		if _, err := io.ReadFull(r, frame[:n]); err != nil {
			return ended(err)
		}
		seconds, rest := binary.LittleEndian.Uint32(head), binary.LittleEndian.Uint32(head[4:])
		each(time.Unix(int64(seconds), int64(rest)*int64(unit)), frame[:n])
	}
}

func ended(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// parse finds the RTP packet in an Ethernet frame. RTCP, which shares the port, is
// none (RFC 5761, section 4).
func parse(frame []byte, port uint16) (p Packet, ok bool) {
	if len(frame) < etherHeader+20 || binary.BigEndian.Uint16(frame[12:]) != 0x0800 {
		return p, false
	}
	ip := frame[etherHeader:]
	length := int(ip[0]&15) * 4
	if ip[0]>>4 != 4 || ip[9] != 17 || length < 20 || len(ip) < length+udpHeader {
		return p, false
	}
	udp := ip[length:]
	if binary.BigEndian.Uint16(udp) != port {
		return p, false
	}
	payload := udp[udpHeader:]
	if len(payload) < 12 || payload[0]>>6 != 2 || payload[1] >= 192 && payload[1] <= 223 {
		return p, false
	}
	var h rtp.Header
	if _, err := h.Unmarshal(payload); err != nil {
		return p, false
	}
	to := netip.AddrPortFrom(netip.AddrFrom4([4]byte(ip[16:20])), binary.BigEndian.Uint16(udp[2:]))
	return Packet{To: to, SSRC: h.SSRC, Timestamp: h.Timestamp}, true
}

// Spacing is how far the times between packets are from what their timestamps
// say.
type Spacing struct {
	last map[key]Packet
	off  []deviation
}

type key struct {
	to   netip.AddrPort
	ssrc uint32
}

type deviation struct {
	at time.Time
	by time.Duration
}

// rtpClock is that of Opus in hertz (RFC 7587, section 4.1).
const rtpClock = 48000

// Add takes the next packet.
func (s *Spacing) Add(p Packet) {
	if s.last == nil {
		s.last = map[key]Packet{}
	}
	k := key{p.To, p.SSRC}
	if last, ok := s.last[k]; ok {
		due := time.Duration(int32(p.Timestamp-last.Timestamp)) * time.Second / rtpClock //nolint:gosec // timestamps wrap around
		s.off = append(s.off, deviation{p.At, (p.At.Sub(last.At) - due).Abs()})
	}
	s.last[k] = p
}

// Quantiles are the deviations that those parts of all packets do not exceed,
// counting the packets of the last while before the end.
func (s *Spacing) Quantiles(while, end time.Duration, parts ...float64) (counted int, of []time.Duration) {
	var latest time.Time
	for _, d := range s.off {
		if d.at.After(latest) {
			latest = d.at
		}
	}
	to := latest.Add(-end)
	from := to.Add(-while)
	var off []time.Duration
	for _, d := range s.off {
		if !d.at.Before(from) && !d.at.After(to) {
			off = append(off, d.by)
		}
	}
	slices.Sort(off)
	for _, part := range parts {
		if len(off) == 0 {
			of = append(of, 0)
			continue
		}
		of = append(of, off[min(int(part*float64(len(off))), len(off)-1)])
	}
	return len(off), of
}
