package journal

import (
	"cmp"
	"slices"
	"sync"

	"github.com/botd-dev/botd/call"
)

// index knows which calls of a shard have not ended and which connections have
// no closing record yet: enough to write those records if the process dies, and
// no more. Ten thousand idle connections stand here, so an entry is small.
type index struct {
	mu          sync.Mutex
	connections map[string]*open
	calls       map[string]*talk
	// noted counts the records since the last checkpoint.
	noted int
}

// open is a connection that has not been closed.
type open struct {
	first     uint64 // where its first record stands
	sequence  uint64 // of its newest record
	talk      *talk
	connected bool
}

// talk is a call that has not ended, or has an open connection.
type talk struct {
	name        string
	first       uint64 // where its first known record stands
	sequence    uint64 // of its newest record
	connections int
	// going is set from the record that starts the call to the one that ends it.
	going bool
}

func newIndex() *index {
	return &index{connections: make(map[string]*open), calls: make(map[string]*talk)}
}

// note keeps the index true to a record that has become durable.
func (x *index) note(e Entry) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.noted++
	t := x.talkOf(e)
	if t == nil {
		return
	}
	t.sequence = e.CallSequence
	switch {
	case e.Starts():
		t.going = true
	case e.Ends():
		t.going = false
	case e.Connection != "":
		x.noteConnection(e, t)
	}
	x.settle(t)
}

// talkOf is the call of a record. Only its start and what opens a connection
// make it known: what comes when it is over does not begin it anew.
func (x *index) talkOf(e Entry) *talk {
	t := x.calls[e.Call]
	if t == nil && (e.Starts() || e.Connection != "" && !e.Closing) {
		t = &talk{name: e.Call, first: e.Position}
		x.calls[t.name] = t
	}
	return t
}

func (x *index) noteConnection(e Entry, t *talk) {
	o := x.connections[e.Connection]
	switch {
	case o == nil && e.Closing:
		return
	case o == nil:
		o = x.add(e.Connection, t, e.Position)
	case e.Closing:
		delete(x.connections, e.Connection)
		t.connections--
		return
	}
	o.sequence = e.Sequence
	o.connected = o.connected || e.Type == call.CallConnected{}.Type()
}

func (x *index) add(connection string, t *talk, first uint64) *open {
	t.connections++
	o := &open{first: first, talk: t}
	x.connections[connection] = o
	return o
}

// settle forgets a call of which nothing is left to be written.
func (x *index) settle(t *talk) {
	if !t.going && t.connections == 0 {
		delete(x.calls, t.name)
	}
}

// call finds the call of an open connection.
func (x *index) call(connection string) (string, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if o := x.connections[connection]; o != nil {
		return o.talk.name, true
	}
	return "", false
}

// began is where the first record of a call stands that has not ended; zero if
// it has.
func (x *index) began(name string) uint64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	if t := x.calls[name]; t != nil {
		return t.first
	}
	return 0
}

// oldest is where the oldest call that has not ended begins; zero if there is
// none.
func (x *index) oldest() uint64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	var first uint64
	for _, t := range x.calls {
		if first == 0 || t.first < first {
			first = t.first
		}
	}
	return first
}

// line is an open connection as a checkpoint holds it.
type line struct {
	Connection string `json:"c"`
	Call       string `json:"k"`
	First      uint64 `json:"f"`
	Sequence   uint64 `json:"s"`
	Connected  bool   `json:"u,omitempty"`
}

// callLine is a call as a checkpoint holds it.
type callLine struct {
	Call     string `json:"k"`
	First    uint64 `json:"f"`
	Sequence uint64 `json:"s"`
	Going    bool   `json:"g,omitempty"`
}

// lines lists the calls and the open connections, each in the order in which
// they began, and begins to count anew.
func (x *index) lines() ([]callLine, []line) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.noted = 0
	calls := make([]callLine, 0, len(x.calls))
	for name, t := range x.calls {
		calls = append(calls, callLine{name, t.first, t.sequence, t.going})
	}
	lines := make([]line, 0, len(x.connections))
	for id, o := range x.connections {
		lines = append(lines, line{id, o.talk.name, o.first, o.sequence, o.connected})
	}
	slices.SortFunc(calls, func(a, b callLine) int { return cmp.Compare(a.First, b.First) })
	slices.SortFunc(lines, func(a, b line) int { return cmp.Compare(a.First, b.First) })
	return calls, lines
}

// restore puts back what lines listed.
func (x *index) restore(calls []callLine, lines []line) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, l := range calls {
		x.calls[l.Call] = &talk{name: l.Call, first: l.First, sequence: l.Sequence, going: l.Going}
	}
	for _, l := range lines {
		if t := x.calls[l.Call]; t != nil {
			o := x.add(l.Connection, t, l.First)
			o.sequence, o.connected = l.Sequence, l.Connected
		}
	}
}

func (x *index) due() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.noted >= checkpointEvery
}
