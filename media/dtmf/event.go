package dtmf

import "encoding/binary"

const (
	// Encoding is the encoding name of telephone-events in SDP (RFC 4733,
	// section 7.1.1).
	Encoding = "telephone-event"
	// Parameters is the fmtp line: the sixteen keys (RFC 4733, section 2.4.1).
	Parameters = "0-15"
	// payloadSize is that of one event in octets.
	payloadSize = 4
	// longest is the longest duration of one event, in timestamp units.
	longest = 0xffff
)

// Offer is a row of what SDP offers: the clock must be that of the sound beside
// which the events travel (RFC 4733, section 2.1).
type Offer struct {
	// PayloadType is the RTP payload type offered first.
	PayloadType uint8
	// ClockRate is the RTP clock in hertz.
	ClockRate int
}

// Offered are telephone-events beside Opus and beside G.711.
var Offered = []Offer{{110, 48000}, {101, 8000}}

// Event is one telephone-event.
type Event struct {
	// Code is the event code; 0 to 15 are keys.
	Code uint8
	// End is set in the last packets of an event.
	End bool
	// Volume is the power of the tone in -dBm0, 0 to 63.
	Volume uint8
	// Duration is how long the event has lasted, in timestamp units.
	Duration uint16
}

// Parse reads a payload laid out as RFC 4733, section 2.3 draws it:
//
//	event (8) | E (1) R (1) volume (6) | duration (16)
//
// It reports false for anything shorter or for an event that is no key.
func Parse(b []byte) (Event, bool) {
	if len(b) < payloadSize || int(b[0]) >= len(keys) {
		return Event{}, false
	}
	return Event{
		Code: b[0], End: b[1]&0x80 != 0, Volume: b[1] & 0x3f,
		Duration: binary.BigEndian.Uint16(b[2:]),
	}, true
}

// Append appends the payload of e to dst.
func (e Event) Append(dst []byte) []byte {
	flags := e.Volume & 0x3f
	if e.End {
		flags |= 0x80
	}
	return binary.BigEndian.AppendUint16(append(dst, e.Code, flags), e.Duration)
}
