package codec

import (
	"strconv"
	"strings"

	"github.com/botd-dev/botd/media"
)

// OpusParameters is what a receiver of Opus says about itself in its fmtp line
// (RFC 7587, section 6.1).
type OpusParameters struct {
	// MaxBitrate is the most it wants to get, in bits per second; zero is no
	// limit (maxaveragebitrate).
	MaxBitrate int
	// MaxRate is the highest sample rate that it can play, in hertz; what is
	// above half of it need not be sent (maxplaybackrate).
	MaxRate int
	// Redundancy says that it uses in-band redundancy (useinbandfec).
	Redundancy bool
	// DTX says that nothing need be sent in silence (usedtx).
	DTX bool
	// Stereo says that it would rather hear two channels, and SendsStereo that it
	// may send two. Encoders here send one, which every receiver must take, and
	// decoders take both.
	Stereo, SendsStereo bool
}

// ParseOpus reads an fmtp line without its payload type. What is missing,
// unknown or malformed has the default of the RFC.
func ParseOpus(fmtp string) OpusParameters {
	p := OpusParameters{MaxRate: media.Rate}
	for pair := range strings.SplitSeq(fmtp, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if err == nil {
			p.set(strings.ToLower(strings.TrimSpace(name)), n)
		}
	}
	return p
}

func (p *OpusParameters) set(name string, n int) {
	switch name {
	case "maxaveragebitrate":
		if n >= opusLeastBitrate {
			p.MaxBitrate = min(n, opusMostBitrate)
		}
	case "maxplaybackrate":
		if n >= opusLeastRate {
			p.MaxRate = min(n, media.Rate)
		}
	case "useinbandfec":
		p.Redundancy = n == 1
	case "usedtx":
		p.DTX = n == 1
	case "stereo":
		p.Stereo = n == 1
	case "sprop-stereo":
		p.SendsStereo = n == 1
	}
}

// The limits of RFC 7587, section 6.1, in bits per second and in hertz.
const (
	opusLeastBitrate, opusMostBitrate = 6000, 510000
	opusLeastRate                     = 8000
)

// opusStepBitrate is between the bit rates that receivers may choose: those whose
// limits are about the same share an encoder, and a call in which all have limits
// of their own does not have an encoder for each.
const opusStepBitrate = 8000

// Format is how such a receiver is to hear, while it loses loss percent of what
// it is sent. Where its limit is less than what is sent by default, the bit rate
// is the step below.
func (p OpusParameters) Format(loss int) media.Format {
	f := media.Format{Codec: "opus", Rate: media.Rate, DTX: p.DTX}
	if p.Redundancy {
		f.PacketLoss = loss
	}
	if p.MaxBitrate > 0 && p.MaxBitrate < opusDefaults(f).Bitrate {
		f.Bitrate = max(p.MaxBitrate/opusStepBitrate*opusStepBitrate, opusLeastBitrate)
	}
	return f
}
