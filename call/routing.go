package call

import (
	"context"
	"slices"

	"github.com/botd-dev/botd/identity"
)

// Routing says who hears whom. What is played is not touched by it.
type Routing struct {
	Preset Preset `json:"preset"`
	// Coach hears everybody and is heard only by Coached.
	Coach   identity.ID   `json:"coach,omitempty"`
	Coached []identity.ID `json:"coached,omitempty"`
	// Participants are among themselves: they hear each other and nobody else
	// does. The others go on as usual.
	Participants []identity.ID `json:"participants,omitempty"`
	// Listeners hear Interpreter instead of Speaker. The others hear Speaker and
	// not Interpreter, who hears everybody.
	Interpreter identity.ID   `json:"interpreter,omitempty"`
	Speaker     identity.ID   `json:"speaker,omitempty"`
	Listeners   []identity.ID `json:"listeners,omitempty"`
	// Pairs are all there is to be heard.
	Pairs []Pair `json:"pairs,omitempty"`
}

// Preset is a kind of Routing.
type Preset string

// The presets.
const (
	HearAll         Preset = "all"
	HearCoach       Preset = "coach"
	HearPrivate     Preset = "private"
	HearInterpreter Preset = "interpreter"
	HearPairs       Preset = "pairs"
)

// Pair is one who hears another.
type Pair struct {
	Listener identity.ID `json:"listener"`
	Speaker  identity.ID `json:"speaker"`
}

// Hears says whether one hears the other. Nobody hears themselves.
func (r Routing) Hears(listener, speaker identity.ID) bool {
	switch r.Preset {
	case HearAll:
	case HearCoach:
		return speaker != r.Coach || slices.Contains(r.Coached, listener)
	case HearPrivate:
		return slices.Contains(r.Participants, listener) == slices.Contains(r.Participants, speaker)
	case HearInterpreter:
		return r.interpreted(listener, speaker)
	case HearPairs:
		return slices.Contains(r.Pairs, Pair{listener, speaker})
	}
	return true
}

func (r Routing) interpreted(listener, speaker identity.ID) bool {
	listens := slices.Contains(r.Listeners, listener)
	switch speaker {
	case r.Interpreter:
		return listens
	case r.Speaker:
		return !listens
	}
	return true
}

// Route changes who hears whom, for the whole call and for those who come
// later. The last one who says so has it.
func (cn *Connection) Route(ctx context.Context, r Routing, ref Reference) error {
	return cn.take(ctx, "audioRouting", ref, func() error {
		c := cn.call
		c.routing, c.rewire = r, true
		for _, other := range c.connections {
			other.emit(routingChanged{r})
		}
		return nil
	})
}

// wire tells the bridge who hears whom, where that has changed.
func (c *Call) wire() {
	if !c.rewire {
		return
	}
	c.rewire = false
	for _, p := range c.members {
		if !p.joined {
			continue
		}
		if hears := c.heardBy(p); (hears == nil) != (p.hears == nil) || !slices.Equal(hears, p.hears) {
			p.hears = hears
			c.bridge.Hear(p.id, hears)
		}
	}
}

// heardBy lists whom a participant hears; nil is everybody.
func (c *Call) heardBy(p *Participant) []string {
	if p.state == OnHold {
		return []string{}
	}
	if c.routing.Preset == "" || c.routing.Preset == HearAll {
		return nil
	}
	all, list := true, []string{}
	for _, other := range c.members {
		switch {
		case other == p || !other.joined:
		case c.routing.Hears(p.identity, other.identity):
			list = append(list, other.id)
		default:
			all = false
		}
	}
	if all && c.routing.Preset != HearPairs {
		return nil
	}
	return list
}
