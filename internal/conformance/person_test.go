package conformance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// people are those whom calls are placed to.
type people struct {
	mu    sync.Mutex
	calls *call.Registry
	all   map[string]*person
	byID  map[identity.ID]*person
}

func newPeople() *people {
	return &people{all: map[string]*person{}, byID: map[identity.ID]*person{}}
}

// live makes the people those of a server.
func (p *people) live(calls *call.Registry) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls = calls
	calls.Reach(p)
}

// hire puts a telephone on somebody's desk.
func (p *people) hire(name string, id identity.ID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	one := &person{name: name, id: id, calls: p.calls, rings: make(chan *call.Invitation, 20)}
	p.all[name], p.byID[id] = one, one
}

func (p *people) named(name string) (*person, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	one := p.all[name]
	if one == nil {
		return nil, fmt.Errorf("there is no %q", name)
	}
	return one, nil
}

// Ring rings the telephone of whoever is called.
func (p *people) Ring(inv *call.Invitation) bool {
	p.mu.Lock()
	one := p.byID[inv.To()]
	p.mu.Unlock()
	if one == nil {
		return false
	}
	select {
	case one.rings <- inv:
		return true
	default: // nobody picks up
		return false
	}
}

// person is somebody with a telephone. What it does is asked for, one thing
// after another.
type person struct {
	name  string
	id    identity.ID
	calls *call.Registry
	rings chan *call.Invitation

	mu      sync.Mutex       // held while something is done
	ringing *call.Invitation // the last that rang
	line    *line            // the last call
}

var errLate = errors.New("it does not happen")

// acts are what can be asked of a person.
var acts = map[string]func(*person, context.Context, wish) (any, error){
	"rings":   (*person).ring,
	"accept":  (*person).accept,
	"decline": (*person).decline,
	"missed":  (*person).missed,
	"call":    (*person).call,
	"join":    (*person).join,
	"press":   (*person).press,
	"hangup":  (*person).hangup,
	"ended":   (*person).ended,
	"muted":   (*person).muted,
	"sees":    (*person).sees,
	"say":     (*person).say,
	"hears":   (*person).hears,
	"pressed": (*person).wasPressed,
}

// wish is what a person is asked for. Everybody is named by raw id.
type wish struct {
	To      []string    `json:"to"`      // call: whom
	With    []string    `json:"with"`    // sees: whom
	Held    []string    `json:"held"`    // sees: who of them is on hold
	Group   string      `json:"group"`   // join: where, or
	Room    string      `json:"room"`    // join: where
	Tones   []call.Tone `json:"tones"`   // press: what
	Busy    bool        `json:"busy"`    // decline: how
	Dead    bool        `json:"dead"`    // call: by a line without sound
	Keyless bool        `json:"keyless"` // accept: by a line that takes no keys
	Text    string      `json:"text"`    // say: what, or
	Hertz   float64     `json:"hertz"`   // say, hears: which tone
	// Milliseconds is how long a tone is said.
	Milliseconds int  `json:"milliseconds"`
	Silence      bool `json:"silence"` // hears: nothing
}

// ring waits until the telephone rings and tells what it shows.
func (p *person) ring(ctx context.Context, _ wish) (any, error) {
	for {
		select {
		case inv := <-p.rings:
			if isOver(inv) {
				continue
			}
			p.ringing = inv
			return map[string]any{"from": string(inv.From()), "name": inv.Name(), "custom": inv.Custom()}, nil
		case <-ctx.Done():
			return nil, fmt.Errorf("%s's telephone rings: %w", p.name, errLate)
		}
	}
}

func isOver(inv *call.Invitation) bool {
	select {
	case <-inv.Done():
		return true
	default:
		return false
	}
}

// rung is the invitation that rings, or will.
func (p *person) rung(ctx context.Context) (*call.Invitation, error) {
	if p.ringing == nil || isOver(p.ringing) {
		if _, err := p.ring(ctx, wish{}); err != nil {
			return nil, err
		}
	}
	return p.ringing, nil
}

func (p *person) accept(ctx context.Context, w wish) (any, error) {
	inv, err := p.rung(ctx)
	if err != nil {
		return nil, err
	}
	p.line = newLine()
	p.line.keyless = w.Keyless
	_, err = inv.Accept(ctx, call.Acceptance{Leg: p.line, Name: p.name})
	return nil, err
}

func (p *person) decline(ctx context.Context, w wish) (any, error) {
	inv, err := p.rung(ctx)
	if err != nil {
		return nil, err
	}
	why := call.ReasonDeclined
	if w.Busy {
		why = call.ReasonBusy
	}
	return nil, inv.Reject(ctx, why)
}

// missed waits until what rang rings no more, and tells why.
func (p *person) missed(ctx context.Context, _ wish) (any, error) {
	select {
	case <-p.ringing.Done():
		return p.ringing.Reason(), nil
	case <-ctx.Done():
		return nil, fmt.Errorf("%s's telephone stops ringing: %w", p.name, errLate)
	}
}

func (p *person) call(ctx context.Context, w wish) (any, error) {
	p.line = newLine()
	p.line.dead = w.Dead
	to := make([]identity.ID, len(w.To))
	for i, id := range w.To {
		to[i] = identity.ID(id)
	}
	_, err := p.calls.Offer(ctx, call.Offer{Leg: p.line, From: p.id, Name: p.name, To: to})
	return nil, err
}

func (p *person) join(ctx context.Context, w wish) (any, error) {
	p.line = newLine()
	_, err := p.calls.Join(ctx, call.Joining{
		Leg: p.line, Group: w.Group, Room: w.Room, From: p.id, Name: p.name, Role: roleIn(w.Room),
	})
	return nil, err
}

// roleIn is what people are in rooms; in groups there are no roles.
func roleIn(room string) call.Role {
	if room == "" {
		return ""
	}
	return call.Presenter
}

func (p *person) press(_ context.Context, w wish) (any, error) {
	for _, tone := range w.Tones {
		p.line.participant().Tone(tone)
	}
	return nil, nil
}

func (p *person) hangup(ctx context.Context, _ wish) (any, error) {
	return nil, p.line.participant().Leave(ctx)
}

// ended waits until the call has ended for this person, and tells why.
func (p *person) ended(ctx context.Context, _ wish) (any, error) {
	select {
	case why := <-p.line.over:
		return why, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("%s's call ends: %w", p.name, errLate)
	}
}

// muted waits until somebody else has muted this person.
func (p *person) muted(ctx context.Context, _ wish) (any, error) {
	l := p.line
	if !l.until(ctx.Done(), func() bool { return l.mutes > 0 }) {
		return nil, fmt.Errorf("%s is muted: %w", p.name, errLate)
	}
	return nil, nil
}

// sees waits until those are in the call, and nobody else.
func (p *person) sees(ctx context.Context, w wish) (any, error) {
	l := p.line
	if !l.until(ctx.Done(), func() bool { return shows(l.roster, w) }) {
		return nil, fmt.Errorf("%s sees %v, of them on hold %v, but %+v: %w", p.name, w.With, w.Held, l.shown(), errLate)
	}
	return nil, nil
}

func shows(r call.Roster, w wish) bool {
	var with, held []string
	for _, m := range r.Members {
		if m.State != call.Present && m.State != call.OnHold {
			continue
		}
		with = append(with, string(m.Identity))
		if m.Held {
			held = append(held, string(m.Identity))
		}
	}
	return same(with, w.With) && same(held, w.Held)
}

// same compares without regard to order.
func same(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
