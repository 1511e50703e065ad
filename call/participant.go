package call

import (
	"cmp"
	"sync/atomic"
	"time"

	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
)

// Participant is somebody in a call: a person behind a leg, or the seat of an
// application. Its leg reports to it what happens.
type Participant struct {
	id       string
	call     *Call
	identity identity.ID
	heir     atomic.Pointer[Participant] // who it has become in another call

	// Below here, the call's loop only.
	name       string
	role       Role
	leg        Leg
	port       media.Port  // what is joined to the bridge; nil for a seat without sound
	seat       *Connection // whose seat it is, if an application's
	invitation *Invitation // while it is being invited
	arriving   *Invitation // taken, but not connected yet
	handover   *handover   // while it is being moved
	transfer   *transfer   // while it is being transferred
	state      State
	lobby      State // of lobbyTable; empty for who came past no lobby
	answered   bool  // its side has been taken: media may come
	flowing    bool  // its media has come
	selfMuted  bool
	forceMuted bool // muted by somebody else
	selfHeld   bool
	held       *holding // by an application
	plays      int      // what it plays to everybody, if an application's
	voiced     uint64   // the version of the talk that its leg was told
	replaced   bool     // somebody has taken its place: the call goes on without it
	reason     Reason
	wait       *time.Timer // for its media, or in the lobby
	lost       *time.Timer
	tones      []*toneListener

	joined bool     // it is on the bridge
	silent bool     // and the bridge does not mix what it says
	hears  []string // what the bridge was told of whom it hears
	denied []string // what it was refused because of its role
}

func (c *Call) newParticipant(id identity.ID, name string) *Participant {
	p := &Participant{id: c.newID(), call: c, identity: id, name: name, state: Idle}
	c.members = append(c.members, p)
	_ = p.step("dial") // from Idle it is always possible
	return p
}

// ID is the participant's id, unique in the call.
func (p *Participant) ID() string { return p.id }

// Identity is under whom the participant is listed.
func (p *Participant) Identity() identity.ID { return p.identity }

// Call is the serverCallId of the call.
func (p *Participant) Call() string { return p.call.id }

// step moves the participant along its table and says so.
func (p *Participant) step(what string) error {
	next, err := participantTable.after(p.state, what)
	if err != nil {
		return err
	}
	listed := p.present()
	p.state = next
	p.call.stale = true
	if listed || p.present() {
		p.call.changed()
	}
	p.say()
	return nil
}

// say writes the participant's state down for every connection.
func (p *Participant) say() {
	e := participantChanged{
		ParticipantID: p.id, Identifier: p.identity, State: p.state, Role: p.role,
		Muted: p.muted(), Held: p.state == OnHold,
	}
	if p.state == Gone {
		e.Reason, e.Quality = &p.reason, p.lastQuality()
	}
	p.each(e)
}

func (p *Participant) present() bool { return p.state == Present || p.state == OnHold }

// isThird says that the participant is on the way in, and makes a 1:1 call a
// group call by coming.
func (p *Participant) isThird() bool {
	inv := cmp.Or(p.invitation, p.arriving)
	return inv != nil && inv.promotes && p.state != Gone
}

// isTarget says that the participant is on the way in to take the place of the
// application: if it does not come, everybody stays where they are.
func (p *Participant) isTarget() bool {
	inv := cmp.Or(p.invitation, p.arriving)
	return inv != nil && inv.aside && p.state != Gone
}

// isVisitor says that the participant is the seat of an application that came
// to a running call: that it leaves means nothing for the others.
func (p *Participant) isVisitor() bool { return p.seat != nil && p.seat.kind == kindConnect }

func (p *Participant) member() Member {
	m := Member{
		ID: p.id, Identity: p.identity, Name: p.name, State: p.state, Role: p.role,
		Muted: p.muted(), Held: p.state == OnHold, HeldBySelf: p.selfHeld, Speaking: p.speaks(),
		Application: p.seat != nil, Reason: p.reason, leg: p.leg,
	}
	if p.leg != nil {
		m.Kind = p.leg.Kind()
	}
	return m
}

// take gives an invited or calling participant its leg.
func (p *Participant) take(leg Leg, muted bool) {
	p.leg, p.port, p.selfMuted = leg, leg.Port(), muted
	leg.Attach(p)
}

// accept lets the participant's media come, and waits for it.
func (p *Participant) accept() {
	if p.answered {
		return
	}
	p.answered = true
	if leg := p.leg; leg != nil {
		p.call.afterwards(leg.Accept)
	}
	p.awaitMedia()
}

// awaitMedia bounds how long media may take to come; in the lobby it is the
// lobby's time that counts.
func (p *Participant) awaitMedia() {
	if p.flowing || p.state == InLobby && p.lobby == waiting {
		return
	}
	disarm(&p.wait)
	d := p.call.registry.cfg.Timeouts.Establish
	p.call.arm(&p.wait, d, func() {
		p.call.expired("establish", d, p)
		p.leave(ReasonMediaFailed)
	})
}

// arrive lets the participant hear and be heard.
func (p *Participant) arrive() {
	p.flowing = true
	if p.state == InLobby {
		p.enter()
		return
	}
	if p.step("media") != nil {
		return
	}
	disarm(&p.wait)
	p.call.met = true
	if inv := p.arriving; inv != nil {
		p.call.group = p.call.group || inv.promotes
		p.arriving = nil
		defer inv.joined(p)
	}
	p.call.added(p)
	p.reheld() // who comes from another call may hold this one
	p.sound()
}

// sound puts the participant on the bridge.
func (p *Participant) sound() {
	if p.port == nil || p.joined {
		return
	}
	b := p.call.soundBridge()
	p.joined, p.silent, p.hears = true, false, nil
	p.call.rewire = true
	p.call.wire() // before it is there: not a frame goes where it should not
	p.voice()
	b.Join(p.id, p.port)
	if p.silent {
		b.Mute(p.id) // for bridges that forget who is not there
	}
}

// hush takes the participant off the bridge: nothing of it is mixed after the
// coming tick.
func (p *Participant) hush() {
	if p.joined {
		p.joined = false
		p.call.bridge.Leave(p.id)
		p.call.rewire = true
	}
}

// voice has the bridge mix what the participant says, or not.
func (p *Participant) voice() {
	silent := p.muted() || p.state == OnHold
	if !p.joined || silent == p.silent {
		return
	}
	p.silent = silent
	if silent {
		p.call.bridge.Mute(p.id)
		return
	}
	p.call.bridge.Unmute(p.id)
}

// drop takes the participant out of the call: it is not heard any more, its
// leg is told why, unless it goes on in another call.
func (p *Participant) drop(why Reason) {
	if p.state == Gone {
		return
	}
	p.hush()
	disarm(&p.wait)
	disarm(&p.lost)
	p.unhold()
	p.leaveLobby()
	moved := p.handover.settled()
	p.reason = why
	was := p.present()
	_ = p.step("gone") // possible from every other state
	if was {
		p.call.removed(p)
	}
	p.missed(moved, why)
	p.call.forsaken()
	if leg := p.leg; leg != nil && !moved {
		p.call.reply(func(error) { leg.Hangup(why) })
	}
}

// missed tells whoever waited for the participant that it will not come, or
// not be transferred.
func (p *Participant) missed(moved bool, why Reason) {
	if inv := p.arriving; inv != nil {
		p.arriving = nil
		p.call.lastFail = why
		inv.missed(why)
	}
	if t := p.transfer; t != nil {
		t.lostTransferee(moved, why)
	}
}

// leave is drop, with what it means for the call: in a 1:1 call the first to
// leave ends it.
func (p *Participant) leave(why Reason) {
	if p.state == Gone {
		return
	}
	stays := p.isThird() || p.isVisitor() || p.isTarget() || p.replaced
	p.drop(why)
	if !stays {
		p.call.part(why)
	}
}

// report takes in what the leg saw. What a leg says to a participant that has
// been moved meanwhile is meant for whom it has become.
func (p *Participant) report(f func(*Participant)) {
	taken := p.call.postAs("participant "+p.id, func() {
		if h := p.handover; h.taken() {
			go h.forward(f)
			return
		}
		f(p)
	})
	if heir := p.heir.Load(); heir != nil && !taken {
		heir.report(f)
	}
}

// Ringing reports that the participant is being alerted.
func (p *Participant) Ringing() { p.report(func(p *Participant) { _ = p.step("ringing") }) }

// Connected reports that the participant's media flows.
func (p *Participant) Connected() {
	p.report(func(p *Participant) {
		if p.answered && p.state != Gone {
			p.arrive()
		}
	})
}

// Gone reports that the participant has left by itself, or was lost.
func (p *Participant) Gone(why Reason) { p.report(func(p *Participant) { p.leave(why) }) }

// Lost reports that nothing has been received for a while. The call goes on;
// the participant is removed when it does not come back in time.
func (p *Participant) Lost() {
	p.report(func(p *Participant) { p.miss() })
}

// miss bounds how long a lost participant may stay away.
func (p *Participant) miss() {
	if p.lost != nil || p.state == Gone {
		return
	}
	d := p.call.registry.cfg.Timeouts.Reconnect
	p.call.arm(&p.lost, d, func() {
		p.call.expired("reconnect", d, p)
		p.leave(ReasonMediaLost)
	})
	p.each(participantLost{p.id, p.identity})
}

// Back reports that packets come again after Lost.
func (p *Participant) Back() {
	p.report(func(p *Participant) { p.found() })
}

func (p *Participant) found() {
	if p.lost == nil {
		return
	}
	disarm(&p.lost)
	p.each(participantBack{participantLost{p.id, p.identity}})
}

// each tells every connection; without any it is written down all the same.
func (p *Participant) each(e Event) {
	for _, cn := range p.call.connections {
		cn.emit(e)
	}
	if len(p.call.connections) == 0 {
		p.call.note(e)
	}
}

// toneListener is who waits for a participant's keys. What does not fit in the
// buffer is lost to it: nobody types 64 keys ahead.
type toneListener struct{ tones chan Tone }

// Tone reports a key that the participant pressed.
func (p *Participant) Tone(t Tone) {
	p.report(func(p *Participant) {
		if !p.present() {
			return
		}
		p.each(toneHeard{p.id, p.identity, t})
		p.key(t)
		for _, l := range p.tones {
			select {
			case l.tones <- t:
			default:
			}
		}
	})
}
