package call_test

import (
	"context"
	"crypto/rand"
	"errors"
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
	been := &visits{}
	t.Run("plans", func(t *testing.T) {
		const parts = 4
		for part := range parts {
			t.Run(fmt.Sprint("part ", part+1), func(t *testing.T) {
				t.Parallel()
				for range rounds / parts { // a hundred plans each
					rapid.Check(t, func(rt *rapid.T) {
						m := newModel(drawPlan(rt), been)
						synctest.Test(t, m.run)
						if len(m.wrong) > 0 {
							rt.Fatalf("%s", strings.Join(m.wrong, "\n"))
						}
					})
				}
			})
		}
	})
	if !raceEnabled && !t.Failed() {
		been.check(t)
	}
}

// model is a house with everybody who ever came into it.
type model struct {
	*call.Registry
	plan    plan
	been    *visits
	journal *ledger

	mu          sync.Mutex
	bridges     []*deaf
	joined      map[media.Port]bool // on some bridge
	rang        []*call.Invitation
	legs        []*modelLeg
	connections []*call.Connection
	invited     []addition
	started     []string       // operations that were taken on
	moving      map[string]int // participants that are to be moved, by connection
	wrong       []string
}

// addition is somebody who was added, by whom.
type addition struct {
	by *call.Connection
	id string
}

func newModel(p plan, been *visits) *model {
	return &model{plan: p, been: been, moving: map[string]int{}, joined: map[media.Port]bool{}}
}

func (m *model) run(t *testing.T) {
	m.journal = newLedger(m.plan.slow)
	m.Registry = call.NewRegistry(call.Config{
		Journal: m.journal, NewBridge: m.bridge, Now: time.Now, Random: rand.Reader, Log: zap.NewNop(),
		IncomingContext: func(id string, _ time.Time) string { return id }, Timeouts: waits(), MaxParticipants: m.plan.most(),
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
	if !m.journal.isLossy() { // else there are connections that nobody is told the end of
		m.checkRest()
	}
	if m.plan.patient {
		m.outwait()
	}
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
	return &watchedBridge{d, m, map[string]media.Port{}}
}

// everyone is who may be called.
var everyone = []identity.ID{alice, bob, carol, app, "8:acs:r_dave", "8:acs:r_nobody", "4:+15551230001", "8:acs:r_eve"}

const (
	starts = 10
	// roomWithApplication is a room with a lobby, to which an application comes.
	roomWithApplication = 9
)

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
	case 5: // a group of one to five
		for _, who := range everyone[:1+len(m.plan.steps)%5] {
			m.join(ctx, who)
		}
	case 6, roomWithApplication:
		m.enter(ctx, alice, call.Presenter, false, false)
		if m.plan.start == roomWithApplication {
			m.connect(ctx, call.Locator{RoomID: room})
		}
		m.enter(ctx, bob, call.Attendee, true, m.plan.slow)
		m.enter(ctx, carol, call.Consumer, false, false)
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

// enter joins the room, silent with a leg whose media does not come.
func (m *model) enter(ctx context.Context, who identity.ID, role call.Role, lobby, silent bool) {
	_, err := m.Join(ctx, call.Joining{Leg: m.leg(silent), Room: room, From: who, Role: role, Lobby: lobby})
	if err != nil && !m.mayRefuse(err) {
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
	_, err := m.Join(ctx, call.Joining{Leg: m.leg(false), Group: "standup", From: who})
	if err != nil && !m.mayRefuse(err) {
		m.fail("join: %v", err)
	}
}

// mayRefuse says whether somebody who joins may be told that.
func (m *model) mayRefuse(err error) bool {
	return errors.Is(err, call.ErrFull) || errors.Is(err, call.ErrConflict) || m.journal.isLossy() && errors.Is(err, call.ErrNotDurable)
}

func (m *model) connect(ctx context.Context, to call.Locator) {
	if cn, err := m.Connect(ctx, call.Connect{Locator: to}); err == nil {
		m.seated(cn)
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

// ledger is a journal that may take its time.
type ledger struct {
	book
	turns chan func()
	turn  map[string]int // the number of the turn of each record
	heard map[string]said
	lossy bool // it broke once
}

func newLedger(slow bool) *ledger {
	l := &ledger{turn: map[string]int{}, heard: map[string]said{}}
	if slow {
		l.turns = make(chan func(), 10_000)
		go l.write()
	}
	return l
}

// breaks has nothing be written for a while.
func (l *ledger) breaks() {
	l.set(errors.New("disk full"))
	go func() {
		time.Sleep(10 * time.Millisecond)
		l.set(nil)
	}()
}

func (l *ledger) set(broken error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken, l.lossy = broken, true
}

// isLossy says that it may have lost something.
func (l *ledger) isLossy() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lossy
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
