package browser

import (
	"sync/atomic"

	"github.com/botd-dev/botd/media"
)

// port is the leg's side of the bridge: what the client says comes out of the
// jitter buffer, what it is to hear goes to the network. Nothing here blocks.
type port struct {
	ears
	track *track
	up    atomic.Bool // packets reach the client
}

func newPort() (*port, error) {
	e, err := newEars()
	if err != nil {
		return nil, err
	}
	return &port{ears: e, track: newTrack()}, nil
}

// codecName is the codec of every leg, in both directions.
const codecName = "opus"

// Format is Opus on its 48 kHz clock, as the client wants it.
func (p *port) Format() media.Format { return p.track.format() }

// Sends fits media.Sender: what is played to a client that is not there does not
// count as heard.
func (p *port) Sends() bool { return p.up.Load() }

// Hear sends what the client is to hear.
func (p *port) Hear(s media.Sound) { p.track.hear(s) }
