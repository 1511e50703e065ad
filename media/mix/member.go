package mix

import (
	"fmt"
	"runtime/debug"

	"github.com/botd-dev/botd/media"
)

// member is a port on a bridge. Its methods are the only way to the port: a
// panic in it marks the member broken and goes no further.
type member struct {
	loudness
	id     string
	port   media.Port
	muted  bool
	wanted bool // somebody hears it in this tick
	broken error

	audience *audience
	voice    *media.Frame // what it says in this tick; nil if nobody hears it
	own      *stream      // what is encoded for it alone
	quiet    int          // ticks since its voice was left out of what it hears
}

func (m *member) guard() {
	if p := recover(); p != nil && m.broken == nil {
		m.broken = fmt.Errorf("mix: port %s panicked: %v\n%s", m.id, p, debug.Stack())
	}
}

// listen asks for the level of the coming 20 ms. Who is muted is silent.
func (m *member) listen() {
	defer m.guard()
	m.wanted = false
	level := m.port.Level()
	if m.muted {
		level = media.Silent
	}
	m.measure(level)
}

// read fills f with the coming 20 ms at 48 kHz. What is not of that rate is an
// error; what is too short is filled up with silence.
func (m *member) read(f *media.Frame) (err error) {
	defer func() {
		if m.broken != nil {
			err = m.broken
		}
	}()
	defer m.guard()
	f.Resize(media.FrameSize, media.Rate)
	if err := m.port.Read(f); err != nil {
		return err
	}
	return fit(f)
}

func (m *member) skip() {
	defer m.guard()
	m.port.Skip()
}

func (m *member) format() (f media.Format) {
	defer m.guard()
	return m.port.Format()
}

func (m *member) hear(s media.Sound) {
	defer m.guard()
	m.port.Hear(s)
}

// fit makes f a whole frame of the bridge.
func fit(f *media.Frame) error {
	if f.Rate != media.Rate || len(f.Samples) > media.FrameSize {
		return fmt.Errorf("%w: %d samples at %d Hz", ErrFrame, len(f.Samples), f.Rate)
	}
	have := len(f.Samples)
	if have < media.FrameSize {
		f.Resize(media.FrameSize, media.Rate)
		clear(f.Samples[have:])
	}
	return nil
}
