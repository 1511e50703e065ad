// Package jitter makes an even stream of RTP packets that come late, twice, out
// of order or never. It knows no socket and no codec, and no clock either: the
// caller says when packets arrived, and calling Pull is what makes time pass.
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
	// maxPayload is the largest payload in octets: what an Ethernet frame holds.
	maxPayload = 1500
	// minPacket and maxPacket bound the time that a packet holds (RFC 6716,
	// section 2.1.4).
	minPacket = 2500 * time.Microsecond
	maxPacket = 120 * time.Millisecond
	// maxGap is the longest silence that timestamps may tell of. Beyond it the
	// sender's clock has been set anew.
	maxGap = 2 * time.Second
	// concealed is for how long nothing at all may come before it is taken for
	// silence, not loss.
	concealed = 100 * time.Millisecond
	// quiet is the level, in -dBov, from which on nobody hears 20 ms go missing.
	quiet = 50
	// tolerance is by how much timestamps may miss each other.
	tolerance = 2 * time.Millisecond
	// dtxPayload is the size in octets up to which an Opus packet only says that
	// a silence begins (RFC 6716, section 3.4; RFC 7587, section 3.1.3).
	dtxPayload = 2
	// hysteresis is by how much the delay may miss its target.
	hysteresis = 10 * time.Millisecond
	// intolerable is the excess delay that is cut even in the middle of a word,
	// by one packet in patience pulls.
	intolerable = 80 * time.Millisecond
	patience    = 25
)

// Config describes one stream.
type Config struct {
	// ClockRate is the RTP clock in hertz. Needed.
	ClockRate int
	// MinDelay and MaxDelay bound the delay that is aimed at; 20 ms and 200 ms
	// by default.
	MinDelay, MaxDelay time.Duration
	// Duration tells how much sound a payload holds, zero for one that holds
	// none. By default it is inferred from the timestamps.
	Duration func(payload []byte) time.Duration
	// LevelExtension is the id of the header extension that carries the level
	// of the sound (RFC 6464); zero is none.
	LevelExtension uint8
}

func (c *Config) fill() {
	if c.ClockRate <= 0 {
		c.ClockRate = media.Rate
	}
	if c.MinDelay <= 0 {
		c.MinDelay = media.FrameDuration
	}
	if c.MaxDelay <= 0 {
		c.MaxDelay = 10 * media.FrameDuration
	}
	c.MaxDelay = max(c.MaxDelay, c.MinDelay)
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
