package jitter

import "github.com/botd-dev/botd/media"

const (
	// lie is by how many dB a level that is told must miss the one that is heard.
	lie = 10
	// inaudible is the level, in -dBov, beyond which differences do not count.
	inaudible = 60
	// A lie counts as much as lieWeight honest levels; who is that far behind as
	// five lies bring them is not believed.
	lieWeight, distrust = 4, 20
	// amends is for how many packets in a row, 10 s of them, somebody must tell
	// the truth to be believed again.
	amends = 500
	// Of those who are heard and believed one packet in checkHeard is checked; of
	// those who say that they are quiet and are not decoded, one in checkQuiet.
	checkHeard, checkQuiet = 4, 50
)

// trust is whether the levels that a sender tells (RFC 6464) are believed.
type trust struct {
	lost    bool
	lies    int // honest levels taken off
	honest  int // in a row
	heard   int // since one was checked
	unheard int
}

// compare takes the level that was told and the one that was heard.
func (t *trust) compare(told, heard uint8) {
	if diff := int(min(told, inaudible)) - int(min(heard, inaudible)); diff > lie || diff < -lie {
		t.lies, t.honest = min(t.lies+lieWeight, distrust), 0
	} else {
		t.lies, t.honest = max(t.lies-1, 0), t.honest+1
	}
	switch {
	case t.lies >= distrust:
		t.lost = true
	case t.lost && t.honest >= amends:
		t.lost, t.lies = false, 0
	}
}

// judge compares what was just decoded with what its packet told.
func (r *Receiver) judge() {
	t := &r.trust
	if t.heard++; !r.item.Leveled || !t.lost && t.lies == 0 && t.heard < checkHeard {
		return
	}
	t.heard = 0
	before := t.lost
	t.compare(r.item.Level, media.Level(&r.voice.frame))
	if t.lost != before {
		r.buf.count(func(s *Stats, _ int) { s.Untrusted = !s.Untrusted }, 1)
	}
}

// suspect reports whether to decode a packet that nobody hears, only to see
// whether it is as quiet as it says. The decoder has missed what was before it:
// if that misleads it, the packets right after it clear that up.
func (r *Receiver) suspect() bool {
	if r.item.Kind != Sound || !r.item.Leveled || r.item.Level < quiet {
		return false
	}
	t := &r.trust
	if t.unheard++; t.unheard < checkQuiet && t.lies == 0 {
		return false
	}
	t.unheard, t.heard = 0, checkHeard
	r.passed.count = 0
	return true
}
