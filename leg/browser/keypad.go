package browser

import (
	"errors"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/dtmf"
)

// errNoKeys means that a client has not said that it takes telephone-events.
var errNoKeys = errors.New("the client takes no telephone-events")

// Press fits call.Keypad: the keys go in the stream of what the client hears, as
// telephone-events instead of sound.
func (l *leg) Press(tones ...call.Tone) (done <-chan struct{}, err error) {
	keys := make([]dtmf.Tone, len(tones))
	for i, t := range tones {
		keys[i] = dtmf.Tone(t)
	}
	return l.port.track.press(keys)
}

// TellsKeys fits call.KeyTeller: whether the client offered telephone-events.
func (l *leg) TellsKeys() bool { return l.tellsKeys.Load() }

func (t *track) press(keys []dtmf.Tone) (done <-chan struct{}, err error) {
	to, pad := t.bound.Load(), t.pad.Load()
	if to == nil || to.keys == 0 || pad == nil {
		return nil, errNoKeys
	}
	return pad.Press(keys...)
}

// takeKeys makes ready for keys on a clock of so many hertz. Keys that are waiting
// stay, whatever is agreed upon anew.
func (t *track) takeKeys(clock int) {
	if t.pad.Load() == nil {
		t.pad.Store(dtmf.NewSender(clock))
	}
}

// sendKey sends the packet of a key that is pressed in this tick, if there is one.
// What is heard meanwhile is not sent (RFC 4733, section 2.5.1.2.1, leaves that
// to the sender): the two would be heard at once.
func (t *track) sendKey(to *binding) bool {
	pad := t.pad.Load()
	if pad == nil || to.keys == 0 {
		return false
	}
	p, ok := pad.Next(t.header.Timestamp)
	if !ok {
		return false
	}
	now := t.header.Timestamp
	t.header.SequenceNumber++
	t.header.SSRC, t.header.PayloadType = to.ssrc, to.keys
	t.header.Timestamp, t.header.Marker, t.silent = p.Timestamp, p.Marker, true
	t.put(to, p.Payload)
	t.header.Timestamp = now
	return true
}

// put counts a packet, keeps it as long as it may be asked for, and sends it.
func (t *track) put(to *binding, payload []byte) {
	if t.cache != nil {
		t.cache.put(&t.header, payload)
	}
	t.packets++
	t.octets += uint32(len(payload)) //nolint:gosec // modulo 2^32 (RFC 3550, section 6.4.1)
	t.send(to, payload)
}

// takes notes how a client takes keys: best on the clock of the sound (RFC 4733,
// section 2.1), else on the one that it has.
func (b *binding) takes(payloadType uint8, clock uint32) {
	if b.keys == 0 || clock == media.Rate {
		b.keys, b.clock = payloadType, int(clock)
	}
}
