package call

import "github.com/botd-dev/botd/identity"

// State is the state of a connection or of a participant, spelled as the
// contract spells it.
type State string

// Roster is who is in a call, as one participant is shown it.
type Roster struct {
	// Call is the serverCallId.
	Call string
	// Self is the participant whom this roster is shown to.
	Self string
	// Sequence grows with every change.
	Sequence uint64
	// Group says that the call goes on when one of two leaves.
	Group bool
	// Members are in the order in which they came.
	Members []Member
}

// Member is a participant as others see it.
type Member struct {
	// ID is the participant's id, unique in the call.
	ID       string
	Identity identity.ID
	// Name is the display name, which may be empty.
	Name  string
	State State
	Muted bool
	Held  bool
	// HeldBySelf says that the member itself holds the call.
	HeldBySelf bool
	// Role is the member's role, empty in a call without roles.
	Role Role
	// Kind is the kind of the member's leg: "browser", "phone", "bot"; empty
	// for one that has none yet.
	Kind string
	// Speaking says that the member is heard to speak just now.
	Speaking bool
	// Application marks the seat of an application: in the roster, but not a
	// person.
	Application bool
	// Reason says why a Disconnected member left.
	Reason Reason

	leg Leg
}

// Tone is a DTMF key, spelled as the contract spells it: "zero" to "nine",
// "a" to "d", "pound", "asterisk".
type Tone string
