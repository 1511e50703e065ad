package call

import (
	"fmt"
	"strings"
	"time"
)

// Measured is a Leg that knows how well sound travels to and from its user; not
// every leg does. Any goroutine may ask, and it must not block.
type Measured interface {
	Leg
	// Quality is what was measured last; false before anything was.
	Quality() (Quality, bool)
}

// Quality is how well sound travels between the server and one participant.
// Packets are counted since the beginning; everything else is of the last five
// seconds in which there was sound.
type Quality struct {
	// Codec is the encoding name, in lower case.
	Codec string `json:"codec"`
	// Since is when measuring began.
	Since time.Time `json:"since"`
	// In is what comes from the participant, Out what it gets, by its own reports.
	In  Incoming `json:"in"`
	Out Outgoing `json:"out"`
}

// Travel is what both directions have in common. What is not known is left out.
type Travel struct {
	// Packets arrived, and Lost did not, or too late.
	Packets uint64 `json:"packets"`
	Lost    uint64 `json:"packetsLost"`
	// LostPercent is the part of them that was lost of late.
	LostPercent float64 `json:"lostPercent"`
	// JitterMs is that of RFC 3550, section 6.4.1.
	JitterMs float64 `json:"jitterMs"`
	// DelayMs is from mouth to ear, as far as it can be seen from here.
	DelayMs float64 `json:"delayMs,omitempty"`
	// MOS is the mean opinion by the E-model (ITU-T G.107), 1 to 4.5, WorstMOS the
	// lowest so far.
	MOS      float64 `json:"mos,omitempty"`
	WorstMOS float64 `json:"worstMos,omitempty"`
	// Grade is the quality in a word.
	Grade Grade `json:"grade"`
}

// Incoming is the sound of a participant as it comes in.
type Incoming struct {
	Travel
	// ConcealedPercent is the part of what was heard of it that was made up for
	// what was missing.
	ConcealedPercent float64 `json:"concealedPercent"`
}

// Outgoing is the sound of the call as it gets to a participant.
type Outgoing struct {
	Travel
	// RoundTripMs is to the participant and back.
	RoundTripMs float64 `json:"roundTripMs,omitempty"`
}

// Grade is a quality as a user is told it.
type Grade string

// The grades.
const (
	GradeUnknown Grade = "unknown"
	GradeGood    Grade = "good"
	GradePoor    Grade = "poor"
	GradeBad     Grade = "bad"
)

// ill says that a user notices.
func (g Grade) ill() bool { return g == GradePoor || g == GradeBad }

// Quality is how well the member's sound travels now; false for one whose leg
// does not know.
func (m Member) Quality() (Quality, bool) {
	if leg, ok := m.leg.(Measured); ok {
		return leg.Quality()
	}
	return Quality{}, false
}

// Rated reports that the grade of either direction has changed.
func (p *Participant) Rated(q Quality) {
	p.report(func(p *Participant) {
		if p.present() {
			p.each(participantQuality{p.id, p.identity, q})
		}
	})
}

// lastQuality is what the participant's leg measured at the end.
func (p *Participant) lastQuality() *Quality {
	leg, ok := p.leg.(Measured)
	if !ok {
		return nil
	}
	if q, ok := leg.Quality(); ok {
		return &q
	}
	return nil
}

// words says what the quality was, of somebody.
func (q Quality) words(who string) string {
	var says []string
	if g := q.In.Grade; g.ill() {
		says = append(says, fmt.Sprintf("the sound of %s came in %s (%s)", who, badly[g], q.In.words()))
	}
	if g := q.Out.Grade; g.ill() {
		says = append(says, fmt.Sprintf("what %s heard arrived %s (%s)", who, badly[g], q.Out.words()))
	}
	if len(says) == 0 {
		return fmt.Sprintf("The sound of %s was good again.", who)
	}
	text := strings.Join(says, "; ")
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// badly is a grade as an adverb.
var badly = map[Grade]string{GradePoor: "poorly", GradeBad: "badly"}

func (t Travel) words() string {
	return fmt.Sprintf("%g %% lost, jitter %g ms, MOS %.1f", t.LostPercent, t.JitterMs, t.MOS)
}
