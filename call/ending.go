package call

import "slices"

// end ends the call for everybody. First the participants go, so that every
// connection is told of all of them before it is closed.
func (c *Call) end(why Reason) {
	if c.over {
		return
	}
	c.over, c.why = true, why
	members := slices.Clone(c.members)
	for _, p := range members {
		if inv := p.invitation; inv != nil {
			inv.cancel(why)
		}
	}
	for _, p := range members {
		p.drop(why)
	}
	for _, cn := range slices.Clone(c.connections) {
		cn.leave(why)
	}
	c.noteEnd(why)
}

// part is what it means for the call that somebody has left: in a 1:1 call the
// first to leave ends it. While a third is being asked in, that is seen when
// they have come or will not.
func (c *Call) part(why Reason) {
	if !c.group && c.parted == nil {
		c.parted = &why
	}
	c.conclude()
}

// conclude ends a call in which nobody is left to talk to.
func (c *Call) conclude() {
	if c.over || c.expects || c.hollow {
		return
	}
	people, invited, seats := c.census()
	switch {
	case c.parted != nil && !c.isGroup():
		c.end(*c.parted)
	case people == 0 && seats == 0 && invited > 0: // they would meet nobody
		c.end(ReasonCallerGone)
	case people+invited > 0:
		disarm(&c.empty)
	case seats == 0 || c.nobodyCame():
		c.end(c.lastWord())
	case c.empty == nil:
		c.arm(&c.empty, c.registry.cfg.Timeouts.Empty, func() {
			c.expired("empty-call", c.registry.cfg.Timeouts.Empty, nil)
			c.end(ReasonEmpty)
		})
	}
}

// census counts who is in the call, who is being asked in, and the seats of
// applications. A caller counts for as long as somebody may answer.
func (c *Call) census() (people, invited, seats int) {
	for _, p := range c.members {
		switch {
		case p.state == Gone:
		case p.seat != nil:
			seats++
		case p.invitation != nil:
			invited++
		case p.answered || c.pending():
			people++
		}
	}
	return people, invited, seats
}

// isGroup says whether the call goes on when one of two leaves: it is a group
// call, or somebody is just being asked in as a third.
func (c *Call) isGroup() bool {
	return c.group || slices.ContainsFunc(c.members, (*Participant).isThird)
}

// pending says that somebody may still answer.
func (c *Call) pending() bool { return len(c.invitations) > 0 }

// nobodyCame says that no connection was ever established and none can be.
func (c *Call) nobodyCame() bool { return !c.pending() && !c.established }

// lastWord is why a call without anybody ends.
func (c *Call) lastWord() Reason {
	if !c.met && c.lastFail != (Reason{}) {
		return c.lastFail
	}
	return ReasonEmpty
}
