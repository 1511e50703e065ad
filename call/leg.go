package call

import "github.com/botd-dev/botd/media"

// Leg is the way one participant is reached: a browser, a phone, a bot.
//
// The call's goroutine calls it, so no method may block, and none may call the
// Participant before it has returned. What the leg sees happen (ringing, media,
// a key, the end) it reports to the Participant it was attached to, from a
// goroutine of its own.
type Leg interface {
	// Kind names the transport in logs and metrics: "browser", "phone", "bot".
	Kind() string
	// Attach tells the leg which participant it is. It comes first, and again
	// when the participant has been moved: to another call, as another
	// Participant, which from then on is the one to report to.
	Attach(p *Participant)
	// Accept lets media flow: the call has been answered. The leg reports
	// Participant.Connected when it does flow.
	Accept()
	// Port is the leg's side of the bridge; the same one every time.
	Port() media.Port
	// Show gives the leg's user the call as it now looks. Only durable states
	// are shown.
	Show(v Roster)
	// Mute tells that the participant was muted by somebody else, Unmute that
	// this was undone.
	Mute()
	Unmute()
	// Hangup ends the leg, for the reason given. It is the last call.
	Hangup(why Reason)
}

// Keypad is a Leg that can press keys for its other side to hear, as
// telephone-events (RFC 4733).
type Keypad interface {
	Leg
	// Press has keys pressed after those that are waiting already. done is closed
	// when the last of them has been sent, which is never if the leg ends before.
	// It is an error if the other side takes no telephone-events.
	Press(tones ...Tone) (done <-chan struct{}, err error)
}

// KeyTeller is a Leg that may have to do without telephone-events.
type KeyTeller interface {
	Leg
	// TellsKeys reports whether the other side can send telephone-events. Where
	// it cannot, its keys are to be looked for in its sound.
	TellsKeys() bool
}

// Ringer reaches somebody: leg/browser the clients that are registered,
// leg/phone phones, bot/local the bots in this process, webhooks the
// applications that subscribed.
type Ringer interface {
	// Ring alerts whoever answers for inv.To and reports whether there is
	// anybody. It must not block; whoever answers later does so with
	// Invitation.Accept, Answer or Decline, until Invitation.Done is closed.
	Ring(inv *Invitation) bool
}

// Bridge is the sound of one call. media/mix fits it.
type Bridge interface {
	// Join makes a port hear and be heard under the given id.
	Join(id string, p media.Port)
	// Leave takes the port out; nothing of it is mixed after the coming tick.
	Leave(id string)
	// Mute stops mixing what the port says; it goes on hearing.
	Mute(id string)
	// Unmute undoes Mute.
	Unmute(id string)
	// Hear limits what a port hears of the others to those named; an empty list
	// is nobody, nil undoes the limit. What is played is not limited.
	Hear(id string, from []string)
	// Play mixes src into what the ports named in to hear; into what everybody
	// hears if there are none. It ends with the source, Stop, or the bridge.
	Play(src media.Source, to ...string) media.Playback
	// Tap listens to one port or to the mix without being noticed. It may come
	// before Join; what somebody says who is muted is not in it.
	Tap(opts media.TapOptions) (media.Tap, error)
	// Close ends every playback and every tap and lets go of every port.
	Close()
}
