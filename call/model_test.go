package call_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"pgregory.net/rapid"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
)

// TestWhateverHappensTheLogStaysTrue lets everybody do anything at any time, in
// calls of one to eight, and holds the log against what is true of every call.
// With -race it plays 2,000 plans, without it 100,000.
func TestWhateverHappensTheLogStaysTrue(t *testing.T) {
	rounds := 1000
	if raceEnabled {
		rounds = 20
	}
	const parts = 4
	for part := range parts {
		t.Run(fmt.Sprint("part ", part+1), func(t *testing.T) {
			t.Parallel()
			for range rounds / parts { // a hundred plans each
				rapid.Check(t, func(rt *rapid.T) {
					m := newModel(drawPlan(rt))
					synctest.Test(t, m.run)
					if len(m.wrong) > 0 {
						rt.Fatalf("%s", strings.Join(m.wrong, "\n"))
					}
				})
			}
		})
	}
}

// plan is what will happen. It is drawn whole before anything does, so that a
// failure can be made smaller.
type plan struct {
	start int // who begins
	slow  bool
	steps []planned
}

// planned is one act. a and b choose among who and what is there by then.
type planned struct {
	act, a, b int
	together  bool // with the next one, in no particular order
}

func drawPlan(rt *rapid.T) plan {
	step := rapid.Custom(func(t *rapid.T) planned {
		return planned{
			act: rapid.IntRange(0, len(acts)-1).Draw(t, "act"), a: rapid.IntRange(0, 7).Draw(t, "a"),
			b: rapid.IntRange(0, 7).Draw(t, "b"), together: rapid.Bool().Draw(t, "together"),
		}
	})
	return plan{
		start: rapid.IntRange(0, 8).Draw(rt, "start"), slow: rapid.Bool().Draw(rt, "slow"),
		steps: rapid.SliceOfN(step, 1, 40).Draw(rt, "steps"),
	}
}

// model is a house with everybody who ever came into it.
type model struct {
	*call.Registry
	plan    plan
	journal *ledger

	mu          sync.Mutex
	bridges     []*deaf
	rang        []*call.Invitation
	legs        []*modelLeg
	connections []*call.Connection
	invited     []string       // ids of additions
	started     []string       // operations that were taken on
	moving      map[string]int // participants that are to be moved, by connection
	wrong       []string
}

func newModel(p plan) *model { return &model{plan: p, moving: map[string]int{}} }

func (m *model) run(t *testing.T) {
	m.journal = newLedger(m.plan.slow)
	m.Registry = call.NewRegistry(call.Config{
		Journal: m.journal, NewBridge: m.bridge, Now: time.Now, Random: rand.Reader, Log: zap.NewNop(),
		IncomingContext: func(id string, _ time.Time) string { return id },
	})
	m.Reach(m)
	m.begin(t.Context())
	var group sync.WaitGroup
	for _, s := range m.plan.steps {
		group.Go(func() { acts[s.act](t.Context(), m, s.a, s.b) })
		if !s.together {
			group.Wait()
			synctest.Wait()
			if !m.plan.slow { // what can be read is as new as what is
				m.checkEars()
			}
		}
	}
	group.Wait()
	time.Sleep(time.Second)
	synctest.Wait()
	m.checkEars()
	m.checkRest()
	if err := m.Close(t.Context()); err != nil {
		m.fail("close: %v", err)
	}
	time.Sleep(time.Minute) // what does not know when to stop does
	m.journal.close()
	synctest.Wait()
	m.checkEnd()
}

func (m *model) fail(format string, args ...any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.wrong = append(m.wrong, fmt.Sprintf(format, args...))
}

// Ring reaches everybody but the one who is never there.
func (m *model) Ring(inv *call.Invitation) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if inv.To() == "8:acs:r_nobody" {
		return false
	}
	m.rang = append(m.rang, inv)
	return true
}

func (m *model) bridge(heard call.Heard) call.Bridge {
	m.mu.Lock()
	defer m.mu.Unlock()
	d := &deaf{heard: heard}
	m.bridges = append(m.bridges, d)
	return d
}

// everyone is who may be called.
var everyone = []identity.ID{alice, bob, carol, app, "8:acs:r_dave", "8:acs:r_nobody", "4:+15551230001", "8:acs:r_eve"}

// begin makes the first call.
func (m *model) begin(ctx context.Context) {
	switch m.plan.start {
	case 0:
		m.offer(ctx, bob)
	case 1:
		m.offer(ctx, app)
	case 2:
		m.offer(ctx, bob, app, bob, alice)
	case 3:
		m.create(ctx, bob)
	case 4:
		m.create(ctx, alice, bob, carol)
	case 5:
		m.join(ctx, alice)
	case 6: // a room with a lobby
		m.enter(ctx, alice, call.Presenter, false)
		m.enter(ctx, bob, call.Attendee, true)
		m.enter(ctx, carol, call.Consumer, false)
	case 7: // two calls of the application
		m.offer(ctx, app)
		m.create(ctx, bob)
		synctest.Wait()
		m.answer(ctx, 0)
		m.accept(ctx, 1, false)
	case 8: // a conference, and somebody who calls
		m.create(ctx, bob, carol, "8:acs:r_dave", "8:acs:r_eve")
		m.offer(ctx, app)
		synctest.Wait()
		for i := range 5 {
			m.accept(ctx, i, false)
			m.answer(ctx, i)
		}
	}
	synctest.Wait()
}

// enter joins the room.
func (m *model) enter(ctx context.Context, who identity.ID, role call.Role, lobby bool) {
	_, err := m.Join(ctx, call.Joining{Leg: m.leg(false), Room: room, From: who, Role: role, Lobby: lobby})
	if err != nil {
		m.fail("enter: %v", err)
	}
}

func (m *model) offer(ctx context.Context, to ...identity.ID) {
	if _, err := m.Offer(ctx, call.Offer{Leg: m.leg(false), From: alice, To: to}); err != nil {
		m.fail("offer: %v", err)
	}
}

func (m *model) create(ctx context.Context, to ...identity.ID) {
	cn, err := m.Create(ctx, call.Creation{Seat: call.Seat{As: app, OperationContext: "create"}, To: to})
	if err != nil {
		m.fail("create: %v", err)
		return
	}
	m.seated(cn)
}

func (m *model) join(ctx context.Context, who identity.ID) {
	if _, err := m.Join(ctx, call.Joining{Leg: m.leg(false), Group: "standup", From: who}); err != nil {
		m.fail("join: %v", err)
	}
}

func (m *model) seated(cn *call.Connection) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.connections = append(m.connections, cn)
}

// pick chooses one of those there are; ok is false if there are none.
func pick[T any](m *model, list *[]T, n int) (one T, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(*list) == 0 {
		return one, false
	}
	return (*list)[n%len(*list)], true
}

// modelLeg is a leg that counts how often it ended.
type modelLeg struct {
	m      *model
	silent bool

	mu   sync.Mutex
	p    *call.Participant
	ends int
}

func (m *model) leg(silent bool) *modelLeg { return &modelLeg{m: m, silent: silent} }

func (l *modelLeg) Kind() string     { return "model" }
func (l *modelLeg) Port() media.Port { return mouth{} }
func (l *modelLeg) Mute()            {}
func (l *modelLeg) Unmute()          {}

func (l *modelLeg) Attach(p *call.Participant) {
	l.mu.Lock()
	moved := l.p != nil
	l.p = p
	l.mu.Unlock()
	if moved {
		return
	}
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	l.m.legs = append(l.m.legs, l)
}

// Show holds what somebody is shown against what they may see: in the lobby
// only themselves, and the lobby only if they decide about it.
func (l *modelLeg) Show(r call.Roster) {
	var self call.Member
	for _, p := range r.Members {
		if p.ID == r.Self {
			self = p
		}
	}
	for _, p := range r.Members {
		hidden := self.State == call.InLobby || p.State == call.InLobby && !self.Role.May(call.Moderate)
		if p.ID != r.Self && hidden {
			l.m.fail("%s, %q as %s, sees %s in %q", self.Identity, self.State, self.Role, p.Identity, p.State)
		}
	}
	if self.ID == "" {
		l.m.fail("somebody is shown a call without them")
	}
}

func (l *modelLeg) participant() *call.Participant {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.p
}

func (l *modelLeg) Accept() {
	if !l.silent {
		go l.participant().Connected()
	}
}

func (l *modelLeg) Hangup(call.Reason) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ends++
}

// ledger is a journal that may take its time.
type ledger struct {
	book
	turns chan func()
	turn  map[string]int // the number of the turn of each record
	heard map[string]said
}

func newLedger(slow bool) *ledger {
	l := &ledger{turn: map[string]int{}, heard: map[string]said{}}
	if slow {
		l.turns = make(chan func(), 10_000)
		go l.write()
	}
	return l
}

func (l *ledger) write() {
	for f := range l.turns {
		time.Sleep(time.Millisecond)
		f()
	}
}

func (l *ledger) close() {
	if l.turns != nil {
		close(l.turns)
	}
}

func (l *ledger) Append(id string, records []call.Record, done func(error)) {
	l.mu.Lock()
	for _, r := range records {
		l.turn[r.ID] = int(records[0].CallSequence) //nolint:gosec // small
	}
	l.mu.Unlock()
	if l.turns == nil {
		l.book.Append(id, records, done)
		return
	}
	l.turns <- func() { l.book.Append(id, records, done) }
}
