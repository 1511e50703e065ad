package call_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap/zaptest"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
)

const (
	alice identity.ID = "8:acs:r_alice"
	bob   identity.ID = "8:acs:r_bob"
	carol identity.ID = "8:acs:r_carol"
	app   identity.ID = "8:acs:r_app"
)

// book is a journal in memory: what is appended is durable at once.
type book struct {
	mu      sync.Mutex
	records []call.Record
	broken  error
	broke   bool
}

func (b *book) Append(_ string, records []call.Record, done func(error)) {
	b.mu.Lock()
	err := b.broken
	b.broke = b.broke || err != nil
	if err == nil {
		b.records = append(b.records, records...)
	}
	b.mu.Unlock()
	done(err)
}

// told lists the types of a connection's records, without their prefixes.
func (b *book) told(cn *call.Connection, contract bool) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var types []string
	for _, r := range b.records {
		if r.Connection == cn.ID() && (!contract || r.Contract()) {
			types = append(types, strings.TrimPrefix(r.Type, "Microsoft.Communication."))
		}
	}
	return types
}

// count is how often a connection was told of something.
func (b *book) count(cn *call.Connection, kind string) int {
	n := 0
	for _, name := range b.told(cn, true) {
		if name == kind {
			n++
		}
	}
	return n
}

func (b *book) last(kind string) call.Record {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range slices.Backward(b.records) {
		if strings.HasSuffix(r.Type, "."+kind) {
			return r
		}
	}
	return call.Record{}
}

// deaf is a bridge that keeps who is on it.
type deaf struct {
	mu    sync.Mutex
	on    map[string]bool
	muted map[string]bool
	hears map[string][]string
	tapes []*tape
	heard call.Heard
}

func (d *deaf) Join(id string, _ media.Port) { d.set(&d.on, id, true) }
func (d *deaf) Leave(id string) {
	d.set(&d.on, id, false)
	d.set(&d.muted, id, false)
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.hears, id)
}
func (d *deaf) Mute(id string)   { d.set(&d.muted, id, true) }
func (d *deaf) Unmute(id string) { d.set(&d.muted, id, false) }
func (d *deaf) Hear(id string, from []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.hears == nil {
		d.hears = map[string][]string{}
	}
	d.hears[id] = from
}

func (d *deaf) Close() {
	for _, t := range d.playing() {
		t.Stop()
	}
}

func (d *deaf) playing() []*tape {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(d.tapes), func(t *tape) bool { return t.stopped.Load() })
}

// passes says whether the one hears the other here.
func (d *deaf) passes(listener, speaker string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	from, limited := d.hears[listener]
	return d.on[listener] && d.on[speaker] && !d.muted[speaker] && (!limited || from == nil || slices.Contains(from, speaker))
}

func (d *deaf) Play(_ media.Source, to ...string) media.Playback {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tapes = append(d.tapes, &tape{to: to, done: make(chan struct{})})
	return d.tapes[len(d.tapes)-1]
}

func (d *deaf) Tap(media.TapOptions) (media.Tap, error) { return nil, errors.ErrUnsupported }

// tape is a playback that goes on until it is stopped.
type tape struct {
	media.Playback
	to      []string
	stopped atomic.Bool
	done    chan struct{}
}

func (t *tape) Stop() {
	if !t.stopped.Swap(true) {
		close(t.done)
	}
}

func (t *tape) Done() <-chan struct{} { return t.done }

func (d *deaf) set(m *map[string]bool, id string, v bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if *m == nil {
		*m = map[string]bool{}
	}
	(*m)[id] = v
}

// mouth is a port that says nothing.
type mouth struct{ media.Port }

// phone is a leg whose media flows as soon as it may.
type phone struct {
	p      *call.Participant
	silent bool // its media never comes

	mu       sync.Mutex
	roster   call.Roster
	speakers call.Speakers
	unheard  int // utterances
	quality  *call.Quality
	muted    int
	why      *call.Reason
}

func (l *phone) Kind() string               { return "fake" }
func (l *phone) Attach(p *call.Participant) { l.p = p }
func (l *phone) Port() media.Port           { return mouth{} }

func (l *phone) Accept() {
	if !l.silent {
		go l.p.Connected()
	}
}

func (l *phone) Show(r call.Roster) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.roster = r
}

func (l *phone) Speakers(s call.Speakers) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.speakers = s
}

func (l *phone) MutedSpeaking() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unheard++
}

func (l *phone) Quality() (call.Quality, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.quality == nil {
		return call.Quality{}, false
	}
	return *l.quality, true
}

func (l *phone) Mute() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.muted++
}

func (l *phone) Unmute() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.muted--
}

func (l *phone) Hangup(why call.Reason) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.why = &why
}

func (l *phone) ended() call.Reason {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.why == nil {
		return call.Reason{Message: "not ended"}
	}
	return *l.why
}

// bell rings for some and keeps the invitations.
type bell struct {
	mu    sync.Mutex
	where map[identity.ID]bool
	rang  []*call.Invitation
}

func (b *bell) Ring(inv *call.Invitation) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.where[inv.To()] {
		return false
	}
	b.rang = append(b.rang, inv)
	return true
}

func (b *bell) latest() *call.Invitation {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.rang) == 0 {
		return nil
	}
	return b.rang[len(b.rang)-1]
}

// house is everything a call needs, faked.
type house struct {
	*testing.T
	*call.Registry
	book *book
	bell *bell

	phones atomic.Bool // rooms allow calls to them

	mu      sync.Mutex
	bridges []*deaf
}

func (h *house) bridge(heard call.Heard) call.Bridge {
	h.mu.Lock()
	defer h.mu.Unlock()
	d := &deaf{heard: heard}
	h.bridges = append(h.bridges, d)
	return d
}

// hears says whether one would hear the other, on whichever bridge they are.
func (h *house) hears(listener, speaker *phone) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.ContainsFunc(h.bridges, func(d *deaf) bool { return d.passes(listener.p.ID(), speaker.p.ID()) })
}

// inHouse runs a test in virtual time; at its end every call must be over.
func inHouse(t *testing.T, f func(h *house)) {
	synctest.Test(t, func(t *testing.T) {
		h := &house{T: t, book: &book{}, bell: &bell{where: map[identity.ID]bool{alice: true, bob: true, carol: true, app: true}}}
		h.Registry = call.NewRegistry(call.Config{
			Journal: h.book, NewBridge: h.bridge, DialOut: func(string) bool { return h.phones.Load() },
			Now: time.Now, Random: rand.Reader, Log: zaptest.NewLogger(t),
			IncomingContext: func(id string, _ time.Time) string { return id },
		})
		h.Reach(h.bell)
		f(h)
		h.want(h.Close(h.Context()), nil)
		if n := h.Counts(); n != (call.Counts{}) {
			t.Errorf("left over: %+v", n)
		}
		h.checkLog()
	})
}

// checkLog holds the log against what is true of every log.
func (h *house) checkLog() {
	h.Helper()
	calls, connections, closed := map[string]uint64{}, map[string]uint64{}, map[string]bool{}
	for _, r := range h.book.records {
		calls[r.Call]++
		if r.CallSequence != calls[r.Call] {
			h.Errorf("%s has call sequence %d, want %d", r.Type, r.CallSequence, calls[r.Call])
		}
		if r.Connection == "" {
			continue
		}
		connections[r.Connection]++
		if r.Sequence != connections[r.Connection] {
			h.Errorf("%s has sequence %d, want %d", r.Type, r.Sequence, connections[r.Connection])
		}
		if closed[r.Connection] {
			h.Errorf("%s after the closing event", r.Type)
		}
		if (r.Telling != nil) != (r.Sequence == 1) {
			h.Errorf("%s, record %d, telling %v", r.Type, r.Sequence, r.Telling)
		}
		closed[r.Connection] = r.Closing
	}
	for cn, done := range closed {
		if !done && !h.book.broke {
			h.Errorf("connection %s has no closing event", cn)
		}
	}
}

func (h *house) offer(from identity.ID, to ...identity.ID) *phone {
	h.Helper()
	leg := &phone{}
	if _, err := h.Offer(h.Context(), call.Offer{Leg: leg, From: from, To: to}); err != nil {
		h.Fatalf("offer: %v", err)
	}
	synctest.Wait()
	return leg
}

// answered is a call from alice to the application, connected.
func (h *house) answered() (*phone, *call.Connection) {
	h.Helper()
	leg := h.offer(alice, app)
	cn, err := h.bell.latest().Answer(h.Context(), call.Seat{OperationContext: "hello"})
	if err != nil {
		h.Fatalf("answer: %v", err)
	}
	synctest.Wait()
	return leg, cn
}

// pass lets time go by until nothing happens any more.
func (h *house) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// accept lets whoever rings last come in.
func (h *house) accept() *phone {
	h.Helper()
	leg := &phone{}
	if _, err := h.bell.latest().Accept(h.Context(), call.Acceptance{Leg: leg}); err != nil {
		h.Fatalf("accept: %v", err)
	}
	synctest.Wait()
	return leg
}

func (h *house) want(got, want any) {
	h.Helper()
	g, _ := json.Marshal(got)
	w, _ := json.Marshal(want)
	if string(g) != string(w) {
		h.Errorf("got  %s\nwant %s", g, w)
	}
}

func TestAnAnsweredCallIsConnectedThenListed(t *testing.T) {
	inHouse(t, func(h *house) {
		_, cn := h.answered()
		h.want(h.book.told(cn, true), []string{"CallConnected", "ParticipantsUpdated"})
		h.want(cn.View().State, call.Connected)
		h.want(cn.View().Participants, []call.Listed{{Identifier: alice}, {Identifier: app}})
		h.want(cn.View().Source, alice)
	})
}

func TestAnApplicationThatLeavesA1To1CallEndsIt(t *testing.T) {
	inHouse(t, func(h *house) {
		leg, cn := h.answered()
		h.want(cn.Leave(h.Context()), nil)
		synctest.Wait()
		h.want(leg.ended(), call.ReasonEnded)
		h.want(h.book.told(cn, true), []string{"CallConnected", "ParticipantsUpdated", "CallDisconnected"})
		if _, err := h.Connection(cn.ID()); !errors.Is(err, call.ErrNoCall) {
			h.Errorf("it can still be read: %v", err)
		}
		if err := cn.Leave(h.Context()); !errors.Is(err, call.ErrEnded) {
			h.Errorf("leaving twice: %v", err)
		}
	})
}

func TestACallerWhoHangsUpWhileItRingsTakesTheInvitationAlong(t *testing.T) {
	inHouse(t, func(h *house) {
		leg := h.offer(alice, app)
		inv := h.bell.latest()
		leg.p.Gone(call.ReasonLocal)
		synctest.Wait()
		h.want(inv.Reason(), call.ReasonCallerGone)
		_, err := inv.Answer(h.Context(), call.Seat{})
		if !errors.Is(err, call.ErrNoCall) {
			h.Errorf("answering too late: %v", err)
		}
	})
}

func TestTheFirstToAnswerHasTheCall(t *testing.T) {
	inHouse(t, func(h *house) {
		h.offer(alice, bob)
		inv := h.bell.latest()
		h.accept()
		h.want(inv.Reason(), call.ReasonElsewhere)
		if _, err := inv.Accept(h.Context(), call.Acceptance{Leg: &phone{}}); !errors.Is(err, call.ErrNoCall) {
			h.Errorf("the second one: %v", err)
		}
	})
}

func TestNobodyRegisteredFailsAtOnce(t *testing.T) {
	inHouse(t, func(h *house) {
		leg := h.offer(alice, "8:acs:r_nobody")
		h.want(leg.ended(), call.ReasonUnavailable)
		leg = h.offer(alice, "4:+15551230001")
		h.want(leg.ended(), call.ReasonUnreachable)
	})
}

func TestRingingEndsWithTheEstablishmentTimeout(t *testing.T) {
	inHouse(t, func(h *house) {
		began := time.Now()
		leg := h.offer(alice, bob)
		inv := h.bell.latest()
		<-inv.Done()
		h.want(time.Since(began), 85*time.Second)
		synctest.Wait()
		h.want(leg.ended(), call.ReasonNoAnswer)
	})
}

func TestOneTargetOfTwoIsEnoughToConnectAGroupCall(t *testing.T) {
	inHouse(t, func(h *house) {
		cn, err := h.Create(h.Context(), call.Creation{Seat: call.Seat{As: app}, To: []identity.ID{alice, bob}})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		h.want(cn.View().State, call.Connecting)
		h.accept()
		h.want(cn.View().State, call.Connected)
		h.bell.rang[0].Decline(call.ReasonDeclined)
		synctest.Wait()
		h.want(cn.View().State, call.Connected)
	})
}

func TestACreatedCallThatNobodyTakesFails(t *testing.T) {
	inHouse(t, func(h *house) {
		cn, err := h.Create(h.Context(), call.Creation{Seat: call.Seat{As: app}, To: []identity.ID{alice, bob}})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		for _, inv := range h.bell.rang {
			inv.Decline(call.ReasonDeclined)
		}
		synctest.Wait()
		h.want(h.book.told(cn, true), []string{"CreateCallFailed"})
	})
}

func TestAddingSomebodyMakesItAGroupCallForGood(t *testing.T) {
	inHouse(t, func(h *house) {
		caller, cn := h.answered()
		id, err := cn.Add(h.Context(), call.Addition{To: bob, Context: "bring bob"})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		h.want(h.bell.latest().ID(), id)
		added := h.accept()
		time.Sleep(time.Second)
		h.want(h.book.told(cn, true), []string{
			"CallConnected", "ParticipantsUpdated", "AddParticipantSucceeded", "ParticipantsUpdated",
		})
		h.want(cn.Leave(h.Context()), nil)
		synctest.Wait()
		h.want(caller.ended().Message, "not ended")
		caller.p.Gone(call.ReasonLocal)
		added.p.Gone(call.ReasonLocal)
		synctest.Wait()
		h.want(h.Counts(), call.Counts{})
	})
}

func TestAnAdditionThatIsDeclinedLeavesTheCallAsItWas(t *testing.T) {
	inHouse(t, func(h *house) {
		caller, cn := h.answered()
		if _, err := cn.Add(h.Context(), call.Addition{To: bob}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		h.bell.latest().Decline(call.ReasonDeclined)
		synctest.Wait()
		h.want(h.book.told(cn, true), []string{"CallConnected", "ParticipantsUpdated", "AddParticipantFailed"})
		h.want(cn.View().State, call.Connected)
		h.want(cn.Leave(h.Context()), nil) // 1:1 still: it ends
		synctest.Wait()
		h.want(caller.ended(), call.ReasonEnded)
	})
}

func TestACancelledAdditionTellsOnlyThat(t *testing.T) {
	inHouse(t, func(h *house) {
		_, cn := h.answered()
		id, err := cn.Add(h.Context(), call.Addition{To: bob})
		if err != nil {
			t.Fatal(err)
		}
		h.want(cn.CancelAdd(h.Context(), id, call.Reference{Context: "no"}), nil)
		h.want(cn.CancelAdd(h.Context(), id, call.Reference{Context: "again"}), nil)
		synctest.Wait()
		h.want(h.book.told(cn, true), []string{
			"CallConnected", "ParticipantsUpdated", "CancelAddParticipantSucceeded", "CancelAddParticipantFailed",
		})
	})
}

func TestAMutedParticipantIsListedSoAndMayUnmuteItself(t *testing.T) {
	inHouse(t, func(h *house) {
		leg, cn := h.answered()
		h.want(cn.Mute(h.Context(), []identity.ID{alice}, call.Reference{}), nil)
		h.want(cn.Mute(h.Context(), []identity.ID{alice}, call.Reference{}), nil)
		synctest.Wait()
		h.want(leg.muted, 1)
		h.want(cn.View().Participants[0].Muted, true)
		leg.p.SelfUnmute()
		synctest.Wait()
		h.want(cn.View().Participants[0].Muted, false)
		if err := cn.Mute(h.Context(), []identity.ID{alice, carol}, call.Reference{}); !errors.Is(err, call.ErrNoParticipant) {
			h.Errorf("muting somebody who is not there: %v", err)
		}
		h.want(cn.View().Participants[0].Muted, false)
	})
}

func TestRosterChangesAreToldAtOnceAndThenAtMostFourTimesASecond(t *testing.T) {
	inHouse(t, func(h *house) {
		leg, cn := h.answered()
		time.Sleep(time.Second)
		before := len(h.book.told(cn, true))
		for range 100 {
			leg.p.SelfMute()
			leg.p.SelfUnmute()
			time.Sleep(10 * time.Millisecond)
		}
		leg.p.SelfMute()
		time.Sleep(time.Second)
		if n := len(h.book.told(cn, true)) - before; n < 4 || n > 6 {
			h.Errorf("told %d times in a second of changes", n)
		}
		var last call.ParticipantsUpdated
		if err := json.Unmarshal(h.book.last("ParticipantsUpdated").Data, &last); err != nil {
			t.Fatal(err)
		}
		h.want(last.Participants, cn.View().Participants)
	})
}

func TestAProgramThatRedirectsForEverIsStopped(t *testing.T) {
	inHouse(t, func(h *house) {
		leg := h.offer(alice, bob)
		for i := range 7 {
			err := h.bell.latest().Redirect(h.Context(), []identity.ID{carol, bob}[i%2])
			synctest.Wait()
			if err != nil {
				h.want(i, 6)
				break
			}
		}
		h.want(leg.ended(), call.ReasonUnavailable)
	})
}

func TestARedirectedParticipantKeepsTheNameItWasCalledBy(t *testing.T) {
	inHouse(t, func(h *house) {
		cn, err := h.Create(h.Context(), call.Creation{Seat: call.Seat{As: app}, To: []identity.ID{bob}})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		h.want(h.bell.latest().Redirect(h.Context(), carol), nil)
		synctest.Wait()
		h.want(h.bell.latest().To(), carol)
		h.accept()
		h.want(cn.View().Participants, []call.Listed{{Identifier: app}, {Identifier: bob}})
	})
}

func TestGroupMembersMeetUnderTheGroupsID(t *testing.T) {
	inHouse(t, func(h *house) {
		one, two := &phone{}, &phone{}
		for leg, who := range map[*phone]identity.ID{one: alice, two: bob} {
			if _, err := h.Join(h.Context(), call.Joining{Leg: leg, Group: "standup", From: who}); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		h.want(h.Counts().Calls, 1)
		h.want(len(one.roster.Members), 2)
		one.p.Gone(call.ReasonLocal)
		synctest.Wait()
		h.want(two.ended().Message, "not ended")
		two.p.Gone(call.ReasonLocal)
		synctest.Wait()
		h.want(h.Counts(), call.Counts{})
	})
}

func TestALostParticipantIsRemovedAtTheReconnectTimeout(t *testing.T) {
	inHouse(t, func(h *house) {
		leg, cn := h.answered()
		leg.p.Lost()
		time.Sleep(60 * time.Second)
		leg.p.Back()
		time.Sleep(300 * time.Second)
		h.want(cn.View().State, call.Connected)
		leg.p.Lost()
		time.Sleep(121 * time.Second)
		h.want(leg.ended(), call.ReasonMediaLost)
		h.want(h.book.told(cn, true), []string{"CallConnected", "ParticipantsUpdated", "CallDisconnected"})
	})
}

func TestApplicationsAmongThemselvesAreGivenAWhile(t *testing.T) {
	inHouse(t, func(h *house) {
		cn, err := h.Create(h.Context(), call.Creation{Seat: call.Seat{As: app}, To: []identity.ID{bob}})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		other, err := h.bell.latest().Answer(h.Context(), call.Seat{})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		h.want(other.View().State, call.Connected)
		time.Sleep(29 * time.Second)
		h.want(cn.View().State, call.Connected)
		time.Sleep(2 * time.Second)
		h.want(h.Counts(), call.Counts{})
	})
}

func TestMediaThatNeverComesIsAFailedAnswer(t *testing.T) {
	inHouse(t, func(h *house) {
		leg := &phone{silent: true}
		if _, err := h.Offer(h.Context(), call.Offer{Leg: leg, From: alice, To: []identity.ID{app}}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		cn, err := h.bell.latest().Answer(h.Context(), call.Seat{})
		if err != nil {
			t.Fatal(err)
		}
		leg.p.Gone(call.ReasonMediaFailed)
		synctest.Wait()
		h.want(h.book.told(cn, true), []string{"AnswerFailed"})
	})
}

type done struct{ Name string }

func (d done) Type() string { return "test." + d.Name }

// until is an operation that runs until it is cancelled, or for a while.
func until(name string, d time.Duration) call.Operation {
	return call.Operation{
		Name: name, Canceled: done{name + " never ran"}, Failed: done{name + " failed"},
		Run: func(ctx context.Context, _ *call.Stage) call.Event {
			select {
			case <-ctx.Done():
				time.Sleep(time.Second) // a slow provider; no real second passes
				return done{name + " canceled"}
			case <-time.After(d):
				return done{name + " completed"}
			}
		},
	}
}

func TestOperationsForTheWholeCallQueueUp(t *testing.T) {
	inHouse(t, func(h *house) {
		_, cn := h.answered()
		for _, op := range []string{"a", "b", "c"} {
			h.want(cn.Start(h.Context(), until(op, time.Second)), nil)
		}
		time.Sleep(1500 * time.Millisecond)
		h.want(cn.CancelMedia(h.Context()), nil)
		time.Sleep(2 * time.Second)
		got := slices.DeleteFunc(h.book.told(cn, false), func(s string) bool { return !strings.HasPrefix(s, "test.") })
		h.want(got, []string{"test.a completed", "test.c never ran", "test.b canceled"})
	})
}

func TestLeavingWaitsForWhatIsPlaying(t *testing.T) {
	inHouse(t, func(h *house) {
		leg, cn := h.answered()
		h.want(cn.Start(h.Context(), until("play", time.Hour)), nil)
		leg.p.Gone(call.ReasonLocal)
		time.Sleep(2 * time.Second)
		got := h.book.told(cn, false)
		h.want(got[len(got)-2:], []string{"test.play canceled", "CallDisconnected"})
	})
}

func TestTwoOperationsForOneParticipantExcludeEachOther(t *testing.T) {
	inHouse(t, func(h *house) {
		_, cn := h.answered()
		op := until("prompt", time.Hour)
		op.To = []identity.ID{alice}
		h.want(cn.Start(h.Context(), op), nil)
		if err := cn.Start(h.Context(), op); !errors.Is(err, call.ErrIncompatible) {
			h.Errorf("the second one: %v", err)
		}
		h.want(cn.Start(h.Context(), until("announcement", time.Second)), nil)
		op.To = []identity.ID{carol}
		if err := cn.Start(h.Context(), op); !errors.Is(err, call.ErrNoParticipant) {
			h.Errorf("to somebody who is not there: %v", err)
		}
	})
}

func TestAPanicInAnOperationIsItsFailureAlone(t *testing.T) {
	inHouse(t, func(h *house) {
		_, cn := h.answered()
		op := until("bad", 0)
		op.Run = func(context.Context, *call.Stage) call.Event { panic("planted") }
		h.want(cn.Start(h.Context(), op), nil)
		synctest.Wait()
		h.want(h.book.last("bad failed").Connection, cn.ID())
		h.want(cn.View().State, call.Connected)
	})
}

func TestNothingIsAnsweredThatIsNotDurable(t *testing.T) {
	inHouse(t, func(h *house) {
		_, cn := h.answered()
		h.book.broken = errors.New("disk full")
		err := cn.Mute(h.Context(), []identity.ID{alice}, call.Reference{})
		if !errors.Is(err, call.ErrNotDurable) {
			h.Errorf("got %v", err)
		}
		h.want(cn.View().Participants[0].Muted, false)
		h.book.broken = nil // too late: what follows would leave a gap
		synctest.Wait()
		h.want(h.Counts(), call.Counts{})
		h.want(h.book.told(cn, true), []string{"CallConnected", "ParticipantsUpdated"})
	})
}

func TestEveryTransitionIsInTheTable(t *testing.T) {
	for _, c := range []struct {
		name     string
		from     call.State
		on       string
		to       call.State
		possible bool
	}{
		{"media makes it connected", call.Connecting, "established", call.Connected, true},
		{"a failed transfer brings it back", call.Transferring, "transfer failed", call.Connected, true},
		{"nothing connects twice", call.Connected, "established", call.Connected, false},
		{"an ended connection stays ended", call.Disconnected, "leave", call.Disconnected, false},
		{"a word that is in no table changes nothing", call.Connected, "dance", call.Connected, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := call.ConnectionAfter(c.from, c.on)
			if got != c.to || (err == nil) != c.possible || err != nil && !errors.Is(err, call.ErrWrongState) {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

func TestAConnectionWhoseProcessDiedIsClosedByWhatItWas(t *testing.T) {
	inHouse(t, func(h *house) {
		_, cn := h.answered()
		h.book.mu.Lock()
		var first call.Record
		for _, r := range h.book.records {
			if r.Connection == cn.ID() && r.Sequence == 1 {
				first = r
			}
		}
		h.book.mu.Unlock()
		for connected, want := range map[bool]string{true: "CallDisconnected", false: "AnswerFailed"} {
			r := call.Interrupted(first, connected, 9, 12, "id", time.Now())
			h.want(r.Type, "Microsoft.Communication."+want)
			h.want([]any{r.Closing, r.Sequence, r.CallSequence, r.Connection}, []any{true, 9, 12, cn.ID()})
			var data map[string]any
			if err := json.Unmarshal(r.Data, &data); err != nil {
				t.Fatal(err)
			}
			h.want(data["operationContext"], "hello")
			h.want(data["serverCallId"], first.Call)
			h.want(data["resultInformation"].(map[string]any)["subCode"], 9999)
		}
	})
}
