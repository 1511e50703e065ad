package call_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
)

// acts is everything that anybody can do. Each act waits for its answer; what
// is refused is refused.
var acts = []func(ctx context.Context, m *model, a, b int){
	// Time.
	func(_ context.Context, _ *model, a, _ int) {
		time.Sleep(time.Duration([]int{1, 100, 249, 250, 1000, 31_000, 120_000, 600_000}[a%8]) * time.Millisecond)
	},
	// Who is rung.
	func(ctx context.Context, m *model, a, b int) { m.accept(ctx, a, b%4 == 0) },
	func(ctx context.Context, m *model, a, b int) { m.accept(ctx, a, false) },
	func(ctx context.Context, m *model, a, _ int) { m.answer(ctx, a) },
	func(ctx context.Context, m *model, a, _ int) { m.answer(ctx, a) },
	func(_ context.Context, m *model, a, _ int) {
		if inv, ok := m.ringing(a); ok {
			inv.Decline(call.ReasonBusy)
		}
	},
	func(ctx context.Context, m *model, a, _ int) {
		if inv, ok := m.ringing(a); ok {
			_ = inv.Reject(ctx, call.ReasonDeclined)
		}
	},
	func(ctx context.Context, m *model, a, b int) {
		if inv, ok := m.ringing(a); ok {
			_ = inv.Redirect(ctx, everyone[b])
		}
	},
	// People.
	func(ctx context.Context, m *model, a, _ int) {
		if m.plan.start == 5 {
			m.join(ctx, everyone[a%8])
		}
	},
	onLeg(func(_ context.Context, p *call.Participant, b int) {
		p.Gone([]call.Reason{call.ReasonLocal, call.ReasonMediaFailed}[b%2])
	}),
	onLeg(func(ctx context.Context, p *call.Participant, _ int) { _ = p.Leave(ctx) }),
	onLeg(func(_ context.Context, p *call.Participant, _ int) { p.Connected() }),
	onLeg(func(_ context.Context, p *call.Participant, _ int) { p.Lost() }),
	onLeg(func(_ context.Context, p *call.Participant, _ int) { p.Back() }),
	onLeg(func(_ context.Context, p *call.Participant, _ int) { p.SelfMute() }),
	onLeg(func(_ context.Context, p *call.Participant, _ int) { p.SelfUnmute() }),
	onLeg(func(_ context.Context, p *call.Participant, _ int) { p.Tone("one") }),
	onLeg(func(ctx context.Context, p *call.Participant, b int) { _ = p.Invite(ctx, everyone[b]) }),
	onLeg(func(ctx context.Context, p *call.Participant, b int) { _ = p.Remove(ctx, everyone[b]) }),
	onLeg(func(ctx context.Context, p *call.Participant, _ int) { _ = p.MuteOthers(ctx) }),
	onLeg(func(ctx context.Context, p *call.Participant, b int) {
		if b == 0 {
			_ = p.EndForEveryone(ctx)
		}
	}),
	onLeg(func(ctx context.Context, p *call.Participant, _ int) { _ = p.Hold(ctx) }),
	onLeg(func(ctx context.Context, p *call.Participant, _ int) { _ = p.Resume(ctx) }),
	onLeg(func(ctx context.Context, p *call.Participant, _ int) { _ = p.Admit(ctx) }),
	onLeg(func(ctx context.Context, p *call.Participant, b int) { _ = p.Return(ctx, everyone[b]) }),
	func(_ context.Context, m *model, a, b int) {
		if l, ok := pick(m, &m.legs, a); ok && b == 0 {
			l.breaks()
		}
	},
	// The disk.
	func(_ context.Context, m *model, a, b int) {
		if a == 0 && b < 4 {
			m.journal.breaks()
		}
	},
	// A room.
	func(ctx context.Context, m *model, a, b int) {
		if m.plan.start == 6 || m.plan.start == roomWithApplication {
			m.enter(ctx, everyone[a%8], roles[b%4], b < 4, a > 13)
		}
	},
	func(ctx context.Context, m *model, a, b int) { m.lobby(ctx, a, b) },
	func(ctx context.Context, m *model, a, b int) { m.lobby(ctx, a, b) },
	func(ctx context.Context, m *model, a, b int) { m.lobby(ctx, a, b) },
	// Applications.
	onConnection(func(ctx context.Context, m *model, cn *call.Connection, b int) { m.add(ctx, cn, b) }),
	onConnection(func(ctx context.Context, m *model, cn *call.Connection, b int) { m.add(ctx, cn, b) }),
	onConnection(func(ctx context.Context, m *model, cn *call.Connection, b int) {
		inv, ok := pick(m, &m.invited, b)
		if ok && b%4 != 0 {
			cn = inv.by // else it may be somebody else's
		}
		_ = cn.CancelAdd(ctx, inv.id, call.Reference{})
	}),
	onConnection(func(ctx context.Context, _ *model, cn *call.Connection, b int) {
		_ = cn.Remove(ctx, somebody(cn, b), call.Reference{})
	}),
	onConnection(func(ctx context.Context, _ *model, cn *call.Connection, b int) {
		_ = cn.Mute(ctx, []identity.ID{somebody(cn, b)}, call.Reference{})
	}),
	onConnection(func(ctx context.Context, m *model, cn *call.Connection, b int) { m.operate(ctx, cn, b) }),
	onConnection(func(ctx context.Context, m *model, cn *call.Connection, b int) { m.operate(ctx, cn, b) }),
	onConnection(func(ctx context.Context, m *model, cn *call.Connection, b int) { m.move(ctx, cn, b) }),
	onConnection(func(ctx context.Context, m *model, cn *call.Connection, b int) { m.move(ctx, cn, b) }),
	onConnection(func(ctx context.Context, m *model, cn *call.Connection, b int) { m.transfer(ctx, cn, b) }),
	onConnection(func(ctx context.Context, m *model, cn *call.Connection, b int) { m.transfer(ctx, cn, b) }),
	onConnection(func(ctx context.Context, _ *model, cn *call.Connection, b int) { control(ctx, cn, b) }),
	onConnection(func(ctx context.Context, _ *model, cn *call.Connection, b int) {
		_ = cn.Route(ctx, routings[b], call.Reference{})
	}),
	onConnection(func(ctx context.Context, m *model, cn *call.Connection, _ int) {
		m.connect(ctx, call.Locator{ServerCallID: cn.View().ServerCallID})
	}),
	onConnection(func(ctx context.Context, _ *model, cn *call.Connection, _ int) { _ = cn.CancelMedia(ctx) }),
	onConnection(func(ctx context.Context, _ *model, cn *call.Connection, _ int) { _ = cn.Leave(ctx) }),
	onConnection(func(ctx context.Context, _ *model, cn *call.Connection, b int) {
		if b == 0 {
			_ = cn.Terminate(ctx)
		}
	}),
	// Voices.
	func(_ context.Context, m *model, a, b int) { m.talk(a, b) },
	func(_ context.Context, m *model, a, b int) { m.talk(a, b) },
}

func onLeg(f func(ctx context.Context, p *call.Participant, b int)) func(context.Context, *model, int, int) {
	return func(ctx context.Context, m *model, a, b int) {
		if l, ok := pick(m, &m.legs, a); ok {
			f(ctx, l.participant(), b)
		}
	}
}

func onConnection(f func(ctx context.Context, m *model, cn *call.Connection, b int)) func(context.Context, *model, int, int) {
	return func(ctx context.Context, m *model, a, b int) {
		if cn, ok := pick(m, &m.connections, a); ok {
			f(ctx, m, cn, b)
		}
	}
}

var roles = []call.Role{call.Attendee, call.Presenter, call.Consumer, call.Collaborator}

// routings are some of who may hear whom.
var routings = [8]call.Routing{
	{},
	{Preset: call.HearAll},
	{Preset: call.HearCoach, Coach: alice, Coached: []identity.ID{bob}},
	{Preset: call.HearCoach, Coach: carol},
	{Preset: call.HearPrivate, Participants: []identity.ID{alice, carol}},
	{Preset: call.HearInterpreter, Interpreter: bob, Speaker: alice, Listeners: []identity.ID{carol}},
	{Preset: call.HearPairs, Pairs: []call.Pair{{Listener: alice, Speaker: bob}, {Listener: bob, Speaker: carol}}},
	{Preset: call.HearPairs},
}

// somebody is one of those in the call of a connection, or in none.
func somebody(cn *call.Connection, n int) identity.ID {
	if there := cn.View().Participants; len(there) > 0 && n < 7 {
		return there[n%len(there)].Identifier
	}
	return everyone[n%len(everyone)]
}

// ringing is an invitation that rings, if there is one; else one that did.
func (m *model) ringing(n int) (*call.Invitation, bool) {
	m.mu.Lock()
	pending := slices.DeleteFunc(slices.Clone(m.rang), func(inv *call.Invitation) bool {
		select {
		case <-inv.Done():
			return true
		default:
			return false
		}
	})
	m.mu.Unlock()
	if len(pending) == 0 || n == 15 {
		return pick(m, &m.rang, n)
	}
	return pending[n%len(pending)], true
}

// inRoom are those in the room's call, or in its lobby.
func (m *model) inRoom(waiting bool) []call.Member {
	if waiting {
		return m.Waiting(room)
	}
	for _, v := range m.Calls() {
		if v.RoomID == room {
			return v.Members
		}
	}
	return nil
}

// lobby is what is decided about a room from outside.
func (m *model) lobby(ctx context.Context, a, b int) {
	who := everyone[a%8]
	if there := m.inRoom(b < 3); len(there) > 0 && a > 3 {
		who = there[a%len(there)].Identity
	}
	switch b {
	case 0, 1:
		_ = m.Admit(ctx, room, []identity.ID{who})
	case 2:
		_ = m.Refuse(ctx, room, []identity.ID{who})
	case 3, 4, 5:
		_ = m.Return(ctx, room, []identity.ID{who})
	case 6:
		_ = m.Assign(ctx, room, who, roles[a%4])
	case 7:
		_ = m.Expel(ctx, room, who, call.ReasonUnlisted)
	}
}

// control is what an application changes about people.
func control(ctx context.Context, cn *call.Connection, b int) {
	who := somebody(cn, b)
	_ = cn.Unmute(ctx, []identity.ID{who}, call.Reference{})
	_ = cn.Unhold(ctx, call.Hold{Who: somebody(cn, (b+2)%8)})
	switch b {
	case 0:
		_ = cn.Hold(ctx, call.Hold{Who: who})
	case 2, 4:
		_ = cn.Hold(ctx, call.Hold{Who: who, Music: func(context.Context) (media.Source, error) {
			time.Sleep(time.Duration(len(who)%3) * 10 * time.Second) // longer than anybody waits for it
			return media.SourceFunc(func(*media.Frame) error { return nil }), nil
		}})
	case 5:
		_ = cn.Fill(ctx, nil)
	case 6:
		_ = cn.Unfill(ctx)
	case 1:
		_ = cn.Hold(ctx, call.Hold{
			Who: who, Explain: func(error) call.Result { return call.Result{Code: 400, Subcode: 8536, Message: "none"} },
			Music: func(context.Context) (media.Source, error) {
				time.Sleep(time.Millisecond)
				return nil, errors.New("no music")
			},
		})
	case 3, 7:
		_ = cn.MuteAll(ctx, []identity.ID{who}, call.Reference{})
	}
}

// move brings one or two over from the call of another connection.
func (m *model) move(ctx context.Context, cn *call.Connection, b int) {
	src, ok := pick(m, &m.connections, b)
	if !ok {
		return
	}
	who := []identity.ID{somebody(src, b), somebody(src, (b+1)%8)}
	if cn.Move(ctx, call.Move{From: src.ID(), Who: who}) == nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.moving[cn.ID()] += len(who)
	}
}

// transfer hands somebody over: to one who is called, or into another call.
func (m *model) transfer(ctx context.Context, cn *call.Connection, b int) {
	tr := call.Transfer{Target: everyone[b]}
	if b&1 != 0 {
		tr.Transferee = somebody(cn, b)
	}
	if other, ok := pick(m, &m.connections, b); ok && b >= 5 {
		tr.Target, tr.TargetCall = "", other.ID()
	}
	_ = cn.Transfer(ctx, tr)
}

func (m *model) accept(ctx context.Context, a int, silent bool) {
	if inv, ok := m.ringing(a); ok {
		_, _ = inv.Accept(ctx, call.Acceptance{Leg: m.leg(silent)})
	}
}

func (m *model) answer(ctx context.Context, a int) {
	inv, ok := m.ringing(a)
	if !ok {
		return
	}
	if cn, err := inv.Answer(ctx, call.Seat{OperationContext: "answer"}); err == nil {
		m.seated(cn)
	}
}

func (m *model) add(ctx context.Context, cn *call.Connection, b int) {
	id, err := cn.Add(ctx, call.Addition{To: everyone[b], Timeout: 20 * time.Second})
	if err != nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.invited = append(m.invited, addition{cn, id})
}

// operate starts an operation: for all or one, listening or not, interrupting
// or not.
func (m *model) operate(ctx context.Context, cn *call.Connection, b int) {
	m.mu.Lock()
	name := fmt.Sprintf("op%d", len(m.started))
	m.started = append(m.started, "")
	at := len(m.started) - 1
	m.mu.Unlock()
	op := until(name, 5*time.Second)
	op.Interrupt = b&1 != 0
	if b&2 != 0 {
		op.To = []identity.ID{alice}
	}
	if b&4 != 0 {
		op.Listen = bob
	}
	switch b {
	case 5: // longer than its connection waits for it
		op.Run = func(ctx context.Context, _ *call.Stage) call.Event {
			<-ctx.Done()
			time.Sleep(20 * time.Second)
			return done{name + " canceled"}
		}
	case 6:
		op.Run = func(context.Context, *call.Stage) call.Event { panic("planted") }
	}
	if cn.Start(ctx, op) == nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.started[at] = cn.ID() + "/" + name
	}
}

// talk has a bridge say of somebody that they speak, of somebody muted that they
// do, or of everybody that they are silent, whether they are still on it or not.
func (m *model) talk(a, b int) {
	d, ok := pick(m, &m.bridges, a)
	if !ok {
		return
	}
	ids := d.ever()
	switch {
	case len(ids) == 0 || b == 0:
		d.heard.Speaking(nil)
	case b == 1:
		d.heard.MutedSpeaking(ids[a%len(ids)])
	default:
		d.heard.Speaking(ids[b%len(ids):])
	}
}
