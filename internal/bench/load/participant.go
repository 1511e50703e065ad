package load

import (
	"fmt"
	"sync"
	"time"

	"github.com/pion/rtp"

	"github.com/botd-dev/botd/internal/bench/join"
	"github.com/botd-dev/botd/internal/bench/sound"
	"github.com/botd-dev/botd/media"
)

const (
	// voiceUntil is the level, in -dBov, down to which a packet counts as voice.
	voiceUntil = 60
	// voiceBit says in the level's header extension that there is voice
	// (RFC 6464 section 3).
	voiceBit = 0x80
	// longestPacket is the most that is read at once, in bytes.
	longestPacket = 1500
)

// participant is one of a call.
type participant struct {
	session *Session
	call    *call
	index   int // within the call
	peer    *join.Peer

	// The sender's.
	clip     *sound.Clip
	position int
	header   rtp.Header
	level    [1]byte

	mu      sync.Mutex
	streams []*stream
}

// call is what the participants of one call share.
type call struct {
	room  string
	first bool // its listeners decode

	mu    sync.Mutex
	marks []time.Time // when markers were sent, as the sender hears them
}

const (
	// markSlack is by how much a marker may seem to come before it was sent:
	// places are exact to less than a step of the detector.
	markSlack = 3 * time.Millisecond
	// travel is the time at the end of a window in which markers are not counted
	// that were sent then: they may come after it.
	travel = 500 * time.Millisecond
)

// counts says whether a marker that was sent at a time is one of the window's.
func (w *window) counts(sent time.Time) bool {
	return !sent.Before(w.start) && sent.Before(w.start.Add(w.length-travel))
}

// name is how a participant calls itself.
func (c *call) name(index int) string { return fmt.Sprintf("%s-p%d", c.room, index) }

// sent is when the marker was sent that was heard at a time.
func (c *call) sent(heard time.Time) (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := len(c.marks) - 1; i >= 0; i-- {
		if heard.Sub(c.marks[i]) > -markSlack {
			return c.marks[i], true
		}
	}
	return time.Time{}, false
}

// sentIn is how many markers of a window were sent.
func (c *call) sentIn(w *window) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, t := range c.marks {
		if w.counts(t) {
			n++
		}
	}
	return n
}

// newParticipant begins at a place of its own in what it says, so that speakers
// do not draw breath together.
func newParticipant(s *Session, c *call, index int) *participant {
	p := &participant{session: s, call: c, index: index, clip: s.plan.Voices.of(index, s.plan.Speakers, s.plan.Open)}
	p.header = rtp.Header{Version: 2, SequenceNumber: uint16(index), Timestamp: uint32(index)} //nolint:gosec // any number does
	if p.clip != nil {
		p.position = index * 37 % len(p.clip.Packets)
	}
	return p
}

// send sends the next packet of what is said.
func (p *participant) send(packet *rtp.Packet) error {
	said := &p.clip.Packets[p.position]
	p.position = (p.position + 1) % len(p.clip.Packets)
	p.header.SequenceNumber++
	p.header.Timestamp += media.FrameSize
	packet.Header, packet.Payload = p.header, said.Payload
	if id := p.peer.LevelID; id != 0 {
		p.level[0] = said.Level
		if said.Level < voiceUntil {
			p.level[0] |= voiceBit
		}
		if err := packet.SetExtension(id, p.level[:]); err != nil {
			return err
		}
	}
	if said.Marked {
		p.call.mu.Lock()
		p.call.marks = append(p.call.marks, time.Now().Add(said.Mark))
		p.call.mu.Unlock()
	}
	return p.peer.Voice.WriteRTP(packet)
}

// hear counts what comes until it ends.
func (p *participant) hear(track join.Stream) {
	st := &stream{call: p.call}
	if p.session.listens(p) {
		st.ear = p.session.newEar()
	}
	p.mu.Lock()
	p.streams = append(p.streams, st)
	p.mu.Unlock()
	buf := make([]byte, longestPacket)
	var header rtp.Header
	for {
		n, _, err := track.Read(buf)
		if err != nil {
			return
		}
		now := time.Now()
		if at, err := header.Unmarshal(buf[:n]); err == nil {
			st.take(p.session.window.Load(), now, &header, buf[at:n])
		}
	}
}
