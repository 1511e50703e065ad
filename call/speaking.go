package call

import (
	"slices"
	"sync"
	"time"

	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
)

const (
	// dominancePause is the shortest time between two changes of the dominant
	// speakers that are written down.
	dominancePause = time.Second
	// dominants is how many dominant speakers are kept: as many as are seen in a
	// large call. Where more speak at once there are more.
	dominants = 4
	// small is how many participants a call may have for all of them to be shown
	// a new roster whenever somebody begins or stops to speak. In larger ones
	// Attentive.Speakers alone tells it.
	small = 16
)

// Heard is where a bridge tells its call who speaks. Neither function blocks, so
// a tick may call them.
type Heard struct {
	// Speaking tells who speaks, by the ids that they joined under, the loudest
	// first, each time that has changed. Nobody is muted or on hold among them.
	// The slice is lent.
	Speaking func(ids []string)
	// MutedSpeaking tells, once an utterance, of somebody who speaks and is not
	// heard because the bridge has them muted.
	MutedSpeaking func(id string)
}

// Attentive is a Leg whose user is told who speaks; not every leg is. Like the
// methods of Leg, neither may block.
type Attentive interface {
	Leg
	// Speakers tells who speaks, and who did last, each time that has changed.
	Speakers(s Speakers)
	// MutedSpeaking tells that the leg's user speaks, and that nobody hears it
	// because they are muted. It comes once an utterance.
	MutedSpeaking()
}

// Speakers are the dominant speakers of a call, as one participant is told.
type Speakers struct {
	// Call is the serverCallId.
	Call string
	// Self is the participant who is told.
	Self string
	// Dominant are those who speak, the loudest first, and behind them those who
	// did before, the last first. It is shared, and not to be changed.
	Dominant []Speaker
}

// Speaker is one of them.
type Speaker struct {
	ID       string      `json:"participantId"`
	Identity identity.ID `json:"identifier"`
	// Speaking says that they speak just now.
	Speaking bool `json:"isSpeaking"`
}

// hearsay is what a bridge has said and the loop has not heard yet. Only the
// last word on who speaks counts.
type hearsay struct {
	mu       sync.Mutex
	coming   bool // the loop will be told
	news     bool
	speaking []string
	muted    []string
}

// talk is who speaks in a call. Only the loop looks at it, but for hearsay.
type talk struct {
	hearsay  hearsay
	loudest  []string // who the bridge says speaks
	stale    bool     // who speaks may be others
	dominant []Speaker
	version  uint64      // how often that was another
	written  []Speaker   // what applications were told last
	pause    *time.Timer // after that
}

// heard takes what the bridge says to the loop, without waiting for it.
func (c *Call) heard() Heard {
	h := &c.talk.hearsay
	return Heard{
		Speaking: func(ids []string) {
			c.hearing(func() { h.news, h.speaking = true, append(h.speaking[:0], ids...) })
		},
		MutedSpeaking: func(id string) {
			c.hearing(func() { h.muted = append(h.muted, id) })
		},
	}
}

func (c *Call) hearing(note func()) {
	h := &c.talk.hearsay
	h.mu.Lock()
	defer h.mu.Unlock()
	note()
	if !h.coming {
		h.coming = true
		go c.postAs("speakers", c.listen)
	}
}

// listen takes in what the bridge has said.
func (c *Call) listen() {
	h := &c.talk.hearsay
	h.mu.Lock()
	h.coming = false
	if h.news {
		h.news, c.talk.loudest = false, slices.Clone(h.speaking)
		c.talk.stale = true
	}
	muted := h.muted
	h.muted = nil
	h.mu.Unlock()
	for _, id := range muted {
		c.unheard(id)
	}
}

// unheard tells somebody that they speak and are muted.
func (c *Call) unheard(id string) {
	for _, p := range c.members {
		if leg, ok := p.leg.(Attentive); ok && p.id == id && p.present() && p.muted() {
			c.afterwards(leg.MutedSpeaking)
		}
	}
}

// voicing keeps count of what an application plays to everybody in the call,
// which is its way to speak.
func (s *Stage) voicing(pb media.Playback) {
	c, seat := s.cn.call, s.cn.seat
	heard := false
	c.postAs(s.who()+" begins", func() { heard = s.reachesAll(); seat.play(heard, 1) })
	<-pb.Done()
	c.postAs(s.who()+" is over", func() { seat.play(heard, -1) })
}

// reachesAll says that everybody hears what the operation plays.
func (s *Stage) reachesAll() bool {
	if len(s.to) == 0 {
		return true
	}
	return !slices.ContainsFunc(s.cn.call.members, func(p *Participant) bool {
		return p.seat == nil && p.present() && !slices.Contains(s.to, p.id)
	})
}

func (p *Participant) play(heard bool, more int) {
	if heard {
		p.plays += more
		p.call.talk.stale = true
	}
}

// speaks says that the participant is heard to speak: whatever a bridge says,
// nobody is who is muted or on hold.
func (p *Participant) speaks() bool {
	return p.state == Present && (p.plays > 0 || !p.muted() && slices.Contains(p.call.talk.loudest, p.id))
}

// speakers are those who speak, the loudest first; what applications play is
// behind people.
func (c *Call) speakers() []*Participant {
	var list []*Participant
	for _, id := range c.talk.loudest {
		if i := slices.IndexFunc(c.members, func(p *Participant) bool { return p.id == id }); i >= 0 && c.members[i].speaks() {
			list = append(list, c.members[i])
		}
	}
	for _, p := range c.members {
		if p.plays > 0 && p.speaks() && !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list
}

// attend works out who speaks, where that may have changed, and tells it.
func (c *Call) attend() {
	if c.talk.stale || c.stale {
		c.talk.stale = false
		c.dominate(c.speakers())
		c.duck()
	}
	c.tellSpeakers()
	c.writeSpeakers()
}

// dominate puts those who speak in front of those who did before.
func (c *Call) dominate(speaking []*Participant) {
	list := make([]Speaker, 0, dominants)
	for _, p := range speaking {
		list = append(list, Speaker{p.id, p.identity, true})
	}
	for _, was := range c.talk.dominant {
		is := func(s Speaker) bool { return s.ID == was.ID }
		if len(list) < dominants && !slices.ContainsFunc(list, is) && c.hasPresent(was.ID) {
			list = append(list, Speaker{was.ID, was.Identity, false})
		}
	}
	if slices.Equal(list, c.talk.dominant) {
		return
	}
	c.talk.dominant = list
	c.talk.version++
	c.stale = c.stale || len(c.members) <= small
}

func (c *Call) hasPresent(id string) bool {
	return slices.ContainsFunc(c.members, func(p *Participant) bool { return p.id == id && p.present() })
}

// tellSpeakers tells legs who speaks that do not know yet.
func (c *Call) tellSpeakers() {
	for _, p := range c.members {
		if p.voiced == c.talk.version || !p.present() || p.handover != nil {
			continue
		}
		p.voiced = c.talk.version
		leg, ok := p.leg.(Attentive)
		if !ok {
			continue
		}
		s := Speakers{Call: c.id, Self: p.id, Dominant: c.talk.dominant}
		c.afterwards(func() { leg.Speakers(s) })
	}
}

// writeSpeakers tells applications who the dominant speakers are: at once, and
// then again when the pause is over.
func (c *Call) writeSpeakers() {
	if len(c.connections) == 0 || c.talk.pause != nil || sameSpeakers(c.talk.written, c.talk.dominant) {
		return
	}
	c.talk.written = c.talk.dominant
	for _, cn := range c.connections {
		cn.emit(dominantSpeakersChanged{c.talk.dominant})
	}
	c.arm(&c.talk.pause, dominancePause, func() {}) // the turn itself looks again
}

// sameSpeakers says that two lists have the same people in the same order,
// whoever of them is silent at the moment.
func sameSpeakers(a, b []Speaker) bool {
	return slices.EqualFunc(a, b, func(a, b Speaker) bool { return a.ID == b.ID })
}
