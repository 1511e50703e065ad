package quality

// Grade is a quality in one word, as a user is told it.
type Grade uint8

// The grades, with what ITU-T G.109 says of users at the ratings they begin at.
const (
	Unknown Grade = iota // nothing to judge yet
	Good                 // from 70 %: at most some users are dissatisfied
	Poor                 // from 50 %: many are
	Bad                  // nearly all are
)

// names are how grades are spelled on the wire.
var names = [...]string{"unknown", "good", "poor", "bad"}

// String is "unknown", "good", "poor" or "bad".
func (g Grade) String() string { return names[g] }

// The ratings, as parts of the best, at which users become dissatisfied (G.109,
// Table 1).
const (
	goodPercent = 70
	poorPercent = 50
)

func gradeOf(percent float64) Grade {
	switch {
	case percent >= goodPercent:
		return Good
	case percent >= poorPercent:
		return Poor
	}
	return Bad
}

// patience is how many samples in a row must be better before it is told: a
// network at the edge is not told of every five seconds.
const patience = 2

// Grader follows the samples of one direction and tells when its grade is
// another. It becomes worse at once, and better when it has been for two
// samples. Samples that cannot be judged change nothing.
type Grader struct {
	grade  Grade
	better int // samples in a row
}

// Grade is the present one.
func (g *Grader) Grade() Grade { return g.grade }

// Take takes the next sample and reports whether the grade has changed.
func (g *Grader) Take(s Sample) bool {
	if !s.Judged() {
		return false
	}
	next := gradeOf(s.Percent)
	switch {
	case next == g.grade:
		g.better = 0
		return false
	case g.grade != Unknown && next < g.grade:
		if g.better++; g.better < patience {
			return false
		}
	}
	g.grade, g.better = next, 0
	return true
}
