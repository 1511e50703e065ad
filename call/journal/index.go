package journal

import (
	"cmp"
	"slices"
	"sync"

	"github.com/botd-dev/botd/call"
)

// index knows which connections of a shard have no closing record yet: enough
// to write one if the process dies, and no more. Ten thousand idle connections
// stand here, so an entry is small.
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

// talk is a call with an open connection.
type talk struct {
	name        string
	sequence    uint64 // of its newest record
	connections int
}

func newIndex() *index {
	return &index{connections: make(map[string]*open), calls: make(map[string]*talk)}
}

// note keeps the index true to a record that has become durable.
func (x *index) note(e Entry) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.noted++
	if t := x.calls[e.Call]; t != nil {
		t.sequence = e.CallSequence
	}
	if e.Connection == "" {
		return
	}
	o := x.connections[e.Connection]
	switch {
	case o == nil && e.Closing:
		return
	case o == nil:
		o = x.add(e.Connection, e.Call, e.Position)
		o.talk.sequence = e.CallSequence
	case e.Closing:
		x.remove(e.Connection, o)
		return
	}
	o.sequence = e.Sequence
	o.connected = o.connected || e.Type == call.CallConnected{}.Type()
}

func (x *index) add(connection, name string, first uint64) *open {
	t := x.calls[name]
	if t == nil {
		t = &talk{name: name}
		x.calls[name] = t
	}
	t.connections++
	o := &open{first: first, talk: t}
	x.connections[connection] = o
	return o
}

func (x *index) remove(connection string, o *open) {
	delete(x.connections, connection)
	if o.talk.connections--; o.talk.connections == 0 {
		delete(x.calls, o.talk.name)
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

// oldest is where the oldest open connection begins; zero if there is none.
func (x *index) oldest() uint64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	var first uint64
	for _, o := range x.connections {
		if first == 0 || o.first < first {
			first = o.first
		}
	}
	return first
}

// line is an open connection as a checkpoint holds it.
type line struct {
	Connection   string `json:"c"`
	Call         string `json:"k"`
	First        uint64 `json:"f"`
	Sequence     uint64 `json:"s"`
	CallSequence uint64 `json:"n"`
	Connected    bool   `json:"u,omitempty"`
}

// lines lists the open connections in the order in which they were opened, and
// begins to count anew.
func (x *index) lines() []line {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.noted = 0
	lines := make([]line, 0, len(x.connections))
	for id, o := range x.connections {
		lines = append(lines, line{id, o.talk.name, o.first, o.sequence, o.talk.sequence, o.connected})
	}
	slices.SortFunc(lines, func(a, b line) int { return cmp.Compare(a.First, b.First) })
	return lines
}

// restore puts back what lines listed.
func (x *index) restore(lines []line) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, l := range lines {
		o := x.add(l.Connection, l.Call, l.First)
		o.sequence, o.connected, o.talk.sequence = l.Sequence, l.Connected, l.CallSequence
	}
}

func (x *index) due() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.noted >= checkpointEvery
}
