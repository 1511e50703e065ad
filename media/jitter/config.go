// Package jitter makes an even stream of RTP packets that come late, twice, out
// of order or never. It knows no socket and no codec.
//
// A Buffer takes packets from the network and gives them out in order, each when
// its time has come. A Receiver makes sound of them, or passes them on as they
// came. Both look at the clock when a frame is asked for: a packet that came 3 ms
// before it is needed came in time, so the delay follows the network to the
// millisecond and not to the length of a packet.
//
// When the delay must change, nothing is cut out and no hole is left. In quiet a
// packet is left out or quiet put in. In the middle of a word the sound is
// stretched or pressed by a tenth, whole periods of the voice at a time, so that
// its pitch stays.
package jitter

import (
	"time"

	"github.com/botd-dev/botd/media"
)

const (
	// slots is how many packets there is room for, played ones included: 1.3 s
	// of 20 ms packets. A packet further than this from the others belongs to
	// another stream.
	slots = 64
	// maxPayload is the largest payload in octets: 20 ms of L16, two channels at
	// 48 kHz, which comes in fragments, and no more.
	maxPayload = 3840
	// minPacket and maxPacket bound the time that a packet holds (RFC 6716,
	// section 2.1.4).
	minPacket = 2500 * time.Microsecond
	maxPacket = 120 * time.Millisecond
	// maxGap is the longest silence that timestamps may tell of. Beyond it the
	// sender's clock has been set anew.
	maxGap = 2 * time.Second
	// concealed is for how long nothing at all may come before it is taken for
	// silence, not loss. Thirteen packets lost in a row are a bad moment of a
	// network that loses in bursts: what is made up for them fades, but a silence
	// in the middle of a word would be worse.
	concealed = 260 * time.Millisecond
	// quiet is the level, in -dBov, from which on nobody hears 20 ms go missing.
	quiet = 50
	// tolerance is by how much timestamps may miss each other.
	tolerance = 2 * time.Millisecond
	// dtxPayload is the size in octets up to which an Opus packet only says that
	// a silence begins (RFC 6716, section 3.4; RFC 7587, section 3.1.3).
	dtxPayload = 2
	// hysteresis is by how much the delay must be longer than need be before it
	// is made shorter.
	hysteresis = 1500 * time.Microsecond
	// intolerable is the excess delay that is cut even in the middle of a word
	// where packets are passed on and cannot be pressed: one packet in patience
	// pulls.
	intolerable = 80 * time.Millisecond
	patience    = 25
	// idle is for how long nothing must have come before memory is given back.
	idle = 30 * time.Second
)

// Config describes one stream.
type Config struct {
	// Codec is the encoding name as in media.Format, for media.Packet.
	Codec string
	// ClockRate is the RTP clock in hertz. Needed.
	ClockRate int
	// MinDelay and MaxDelay bound the delay that is aimed at, between the arrival
	// of a packet that the network did not hold up and its being played; 3 ms and
	// 200 ms by default. To it comes what is left of the tick by then, 0 to 20 ms.
	MinDelay, MaxDelay time.Duration
	// Duration tells how much sound a payload holds, zero for one that holds
	// none. By default it is inferred from the timestamps.
	Duration func(payload []byte) time.Duration
	// LevelExtension is the id of the header extension that carries the level
	// of the sound (RFC 6464); zero is none.
	LevelExtension uint8
	// Redundant says that a packet holds something of the one before it, as Opus
	// with in-band FEC does (RFC 6716, section 2.1.7). Where packets are lost it
	// is then worth the delay to wait for the next.
	Redundant bool
	// Now is the clock that arrivals are told by; time.Now by default.
	Now func() time.Time
}

func (c *Config) fill() {
	if c.ClockRate <= 0 {
		c.ClockRate = media.Rate
	}
	if c.MinDelay <= 0 {
		c.MinDelay = 3 * time.Millisecond
	}
	if c.MaxDelay <= 0 {
		c.MaxDelay = 10 * media.FrameDuration
	}
	c.MaxDelay = max(c.MaxDelay, c.MinDelay)
	if c.Now == nil {
		c.Now = time.Now
	}
}

// units is a duration in units of the RTP clock.
func (c *Config) units(d time.Duration) int64 {
	return int64(d) * int64(c.ClockRate) / int64(time.Second)
}

// lasts is a number of units of the RTP clock as a duration.
func (c *Config) lasts(units int64) time.Duration {
	rate := int64(c.ClockRate)
	return time.Duration(units/rate)*time.Second + time.Duration(units%rate)*time.Second/time.Duration(rate)
}

// samples is a duration in samples at 48 kHz.
func samples(d time.Duration) int {
	return int(d * media.FrameSize / media.FrameDuration)
}

// lasting is how long samples at 48 kHz last.
func lasting(n int) time.Duration {
	return time.Duration(n) * media.FrameDuration / media.FrameSize
}
