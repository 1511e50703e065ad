package automation

import "github.com/botd-dev/botd/call"

// company is who can be heard besides the application, as an operation follows it.
type company struct {
	stage *call.Stage
	who   map[string]call.Audible
	order []call.Audible
	other <-chan struct{} // closed when it is another
}

func newCompany(s *call.Stage) *company {
	c := &company{stage: s}
	c.look()
	return c
}

func (c *company) look() {
	c.order, c.other = c.stage.Attendance()
	c.who = make(map[string]call.Audible, len(c.order))
	for _, p := range c.order {
		c.who[p.ParticipantID] = p
	}
}

// changed looks again, if there is something to see.
func (c *company) changed() bool {
	select {
	case <-c.other:
		c.look()
		return true
	default:
		return false
	}
}

// find finds somebody by the id of the participant.
func (c *company) find(participant string) (call.Audible, bool) {
	p, ok := c.who[participant]
	if !ok && c.changed() {
		p, ok = c.who[participant]
	}
	return p, ok
}

// ids are the raw ids of all, people first.
func (c *company) ids() []string {
	var people, applications []string
	for _, p := range c.order {
		if p.Application {
			applications = append(applications, string(p.Identity))
			continue
		}
		people = append(people, string(p.Identity))
	}
	return append(people, applications...)
}
