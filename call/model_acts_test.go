package call_test

import (
	"context"
	"fmt"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// acts is everything that anybody can do. Each act waits for its answer; what
// is refused is refused.
var acts = []func(ctx context.Context, m *model, a, b int){
	// Time.
	func(_ context.Context, _ *model, a, _ int) {
		time.Sleep(time.Duration([]int{1, 10, 100, 249, 250, 1000, 31_000, 120_000}[a]) * time.Millisecond)
	},
	// Who is rung.
	func(ctx context.Context, m *model, a, b int) { m.accept(ctx, a, b%4 == 0) },
	func(ctx context.Context, m *model, a, b int) { m.accept(ctx, a, false) },
	func(ctx context.Context, m *model, a, _ int) { m.answer(ctx, a) },
	func(ctx context.Context, m *model, a, _ int) { m.answer(ctx, a) },
	func(_ context.Context, m *model, a, _ int) {
		if inv, ok := pick(m, &m.rang, a); ok {
			inv.Decline(call.ReasonBusy)
		}
	},
	func(ctx context.Context, m *model, a, _ int) {
		if inv, ok := pick(m, &m.rang, a); ok {
			_ = inv.Reject(ctx, call.ReasonDeclined)
		}
	},
	func(ctx context.Context, m *model, a, b int) {
		if inv, ok := pick(m, &m.rang, a); ok {
			_ = inv.Redirect(ctx, everyone[b])
		}
	},
	// People.
	func(ctx context.Context, m *model, a, _ int) {
		if m.plan.start == 5 {
			m.join(ctx, everyone[a])
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
	// Applications.
	onConnection(func(ctx context.Context, m *model, cn *call.Connection, b int) { m.add(ctx, cn, b) }),
	onConnection(func(ctx context.Context, m *model, cn *call.Connection, b int) { m.add(ctx, cn, b) }),
	onConnection(func(ctx context.Context, m *model, cn *call.Connection, b int) {
		if id, ok := pick(m, &m.invited, b); ok {
			_ = cn.CancelAdd(ctx, id, call.Reference{})
		}
	}),
	onConnection(func(ctx context.Context, _ *model, cn *call.Connection, b int) {
		_ = cn.Remove(ctx, everyone[b], call.Reference{})
	}),
	onConnection(func(ctx context.Context, _ *model, cn *call.Connection, b int) {
		_ = cn.Mute(ctx, []identity.ID{everyone[b]}, call.Reference{})
	}),
	onConnection(func(ctx context.Context, m *model, cn *call.Connection, b int) { m.operate(ctx, cn, b) }),
	onConnection(func(ctx context.Context, m *model, cn *call.Connection, b int) { m.operate(ctx, cn, b) }),
	onConnection(func(ctx context.Context, _ *model, cn *call.Connection, _ int) { _ = cn.CancelMedia(ctx) }),
	onConnection(func(ctx context.Context, _ *model, cn *call.Connection, _ int) { _ = cn.Leave(ctx) }),
	onConnection(func(ctx context.Context, _ *model, cn *call.Connection, b int) {
		if b == 0 {
			_ = cn.Terminate(ctx)
		}
	}),
}

func onLeg(f func(ctx context.Context, p *call.Participant, b int)) func(context.Context, *model, int, int) {
	return func(ctx context.Context, m *model, a, b int) {
		if l, ok := pick(m, &m.legs, a); ok {
			f(ctx, l.p, b)
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

func (m *model) accept(ctx context.Context, a int, silent bool) {
	if inv, ok := pick(m, &m.rang, a); ok {
		_, _ = inv.Accept(ctx, call.Acceptance{Leg: m.leg(silent)})
	}
}

func (m *model) answer(ctx context.Context, a int) {
	inv, ok := pick(m, &m.rang, a)
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
	m.invited = append(m.invited, id)
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
	if cn.Start(ctx, op) == nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.started[at] = cn.ID() + "/" + name
	}
}
