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
func (r Routing) Hears(listener, speaker identity.ID) bool { return r.ears().hear(listener, speaker) }

// ears are a Routing in which those it names are found at once.
type ears struct {
	Routing
	named map[identity.ID]bool // Coached, Participants, or Listeners
	pairs map[Pair]bool
}

func (r Routing) ears() ears {
	e := ears{Routing: r, named: map[identity.ID]bool{}, pairs: make(map[Pair]bool, len(r.Pairs))}
	lists := map[Preset][]identity.ID{HearCoach: r.Coached, HearPrivate: r.Participants, HearInterpreter: r.Listeners}
	for _, id := range lists[r.Preset] {
		e.named[id] = true
	}
	for _, p := range r.Pairs {
		e.pairs[p] = true
	}
	return e
}

func (e ears) hear(listener, speaker identity.ID) bool {
	switch e.Preset {
	case HearAll:
	case HearCoach:
		return speaker != e.Coach || e.named[listener]
	case HearPrivate:
		return e.named[listener] == e.named[speaker]
	case HearInterpreter:
		return e.interpreted(listener, speaker)
	case HearPairs:
		return e.pairs[Pair{listener, speaker}]
	}
	return true
}

func (e ears) interpreted(listener, speaker identity.ID) bool {
	switch speaker {
	case e.Interpreter:
		return e.named[listener]
	case e.Speaker:
		return !e.named[listener]
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
	routed := c.routing.ears()
	for _, p := range c.members {
		if !p.joined {
			continue
		}
		if from := c.heardBy(p, routed); (from == nil) != (p.hears == nil) || !slices.Equal(from, p.hears) {
			p.hears = from
			c.bridge.Hear(p.id, from)
		}
	}
}

// heardBy lists whom a participant hears; nil is everybody.
func (c *Call) heardBy(p *Participant, routed ears) []string {
	if p.state == OnHold {
		return []string{}
	}
	if routed.Preset == "" || routed.Preset == HearAll {
		return nil
	}
	all, list := true, []string{}
	for _, other := range c.members {
		switch {
		case other == p || !other.joined:
		case routed.hear(p.identity, other.identity):
			list = append(list, other.id)
		default:
			all = false
		}
	}
	if all && routed.Preset != HearPairs {
		return nil
	}
	return list
}
