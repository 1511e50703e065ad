package mix

import (
	"fmt"
	"sync/atomic"

	"github.com/botd-dev/botd/media"
)

// member is a port on a bridge.
type member struct {
	loudness
	source
	listener
	activity

	id     string
	port   media.Port
	muted  bool
	broken error
	tap    *tap // whose ear it is, nil for a port of its own

	audience *audience
	group    *group // of the audience, those with its format
}

// listener is the hearing side of a member.
type listener struct {
	format media.Format
	linear bool         // hears frames, not payloads
	sender media.Sender // nil if it always sends

	self    *member // whose voice is left out of what it hears
	spoke   int64   // the last tick in which that was in the mix
	own     *stream // what is encoded for it alone
	next    *stream // what takes over from own; nil if nothing does
	heardAt int64   // the last tick in which there was something to hear
	from    *member // whose packet that was, nil if it was a mix
	sending bool
}

// never is a tick longer ago than anything matters.
const never = -1 << 40

// newMember finds out once what the port can do.
func (b *Bridge) newMember(id string, p media.Port) (m *member) {
	m = &member{id: id, port: p, muted: b.muted[id]}
	defer func() {
		if p := recover(); p != nil {
			m.breaks(p)
		}
	}()
	m.self, m.spoke = m, never
	m.heardAt = b.now + 1 - alive // the first thing it is handed opens its line
	m.sending = true
	m.last = never
	m.partAt, m.passedAt, m.readAt = never, never, never
	m.wants(b, p.Format())
	m.sender, _ = p.(media.Sender)
	m.rewinder, _ = p.(media.Rewinder)
	m.packets, _ = p.(media.PacketPort)
	if s, ok := p.(media.Sleeper); ok {
		m.awake = s.Awake()
	}
	if b.opts.Stages != nil {
		m.staged(b.opts.Stages(id))
	}
	return m
}

// staged puts stages behind the port. What goes through one is not what came in
// packets.
func (m *member) staged(stages []media.Stage) {
	if len(stages) > 0 {
		m.behind = media.Chain(media.SourceFunc(m.port.Read), stages...)
		m.packets = nil
	}
}

// asleep reports whether the port need not be asked for its level.
func (m *member) asleep() bool { return m.awake != nil && !m.awake.Load() }

// within reports whether the voice that is left out of what it hears was in the
// mix in this tick or in the hangover before it.
func (m *member) within(now int64) bool { return now-m.spoke <= hangover }

// release gives back what the bridge lends a member.
func (b *Bridge) release(m *member) {
	b.retire(m.own)
	b.retire(m.next)
	m.own, m.next = nil, nil
}

// forget releases a member who has gone.
func (b *Bridge) forget(m *member) {
	b.release(m)
	b.talks(m, false)
}

// read fills f with the coming 20 ms at 48 kHz. What is not of that rate is an
// error; what is too short is filled up with silence.
func (m *member) read(f *media.Frame) error {
	f.Resize(media.FrameSize, media.Rate)
	if m.behind != nil {
		if err := m.behind.Read(f); err != nil {
			return err
		}
	} else if err := m.port.Read(f); err != nil {
		return err
	}
	return fit(f)
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

// source is the speaking side of a member, and how what it says gets to those
// who hear it.
type source struct {
	awake    *atomic.Bool     // nil if it never sleeps
	packets  media.PacketPort // nil if nothing can be passed on
	rewinder media.Rewinder   // nil if nothing can be taken back
	behind   media.Source     // the port behind its stages; nil without

	taken   bool // somebody wants it in this tick
	wanted  bool // among the loudest of some ears, or fading out of them
	late    bool // let in though it had something to say before
	packet  media.Packet
	whole   bool // packet is there
	mixed   bool // it is mixed for all who are sent to
	crowded bool // since one of them hears something beside it
	framed  bool // somebody wants it as a frame

	passing  bool  // its packets are handed on as they come
	alone    int   // ticks in which nobody heard anything beside it
	partAt   int64 // the last tick in which it was part of a mix
	passedAt int64 // the last tick in which a packet was handed on
	readAt   int64 // the last tick in which its sound was read
	resumed  bool  // passing on ended in this tick, and past is
	past     memory
	voice    *media.Frame // what it says in this tick; nil if it was not read
	mend     *media.Frame // what frames have instead, where passing on ended
}
