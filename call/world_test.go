package call_test

import (
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

// newHouse is one in which somebody can be rung; change says what is to be
// otherwise in its configuration, nil is nothing.
func newHouse(t *testing.T, change func(*call.Config), there ...identity.ID) *house {
	t.Helper()
	h := &house{T: t, book: &book{}, bell: &bell{where: map[identity.ID]bool{}}}
	for _, who := range there {
		h.bell.where[who] = true
	}
	h.open(change)
	return h
}

// open makes the registry, in place of one that was there.
func (h *house) open(change func(*call.Config)) {
	h.Helper()
	cfg := call.Config{
		Journal: h.book, NewBridge: h.bridge, DialOut: func(string) bool { return h.phones.Load() },
		Now: time.Now, Random: rand.Reader, Log: zaptest.NewLogger(h),
		IncomingContext: func(id string, _ time.Time) string { return id },
	}
	if change != nil {
		change(&cfg)
	}
	h.Registry = call.NewRegistry(cfg)
	h.Reach(h.bell)
}

// inHouse runs a test in virtual time; at its end every call must be over.
func inHouse(t *testing.T, f func(h *house)) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, nil, alice, bob, carol, app)
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
