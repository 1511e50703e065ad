package bottest

import (
	"bytes"
	"encoding/json"
	"strconv"
	"sync"
	"time"

	"github.com/botd-dev/botd/call"
)

// entry is one line of the log of a run: an event as "botd events" prints it, or
// what somebody did or heard, whose types begin with "bottest.".
type entry struct {
	ID           string          `json:"id,omitempty"`
	Source       string          `json:"source"`
	Type         string          `json:"type"`
	Subject      string          `json:"subject,omitempty"`
	Time         time.Time       `json:"time"`
	Sequence     string          `json:"sequence,omitempty"`
	CallSequence string          `json:"callsequence,omitempty"`
	Data         json.RawMessage `json:"data"`
}

// journal is the log of a run. It fits call.Journal: what is written is durable
// at once.
type journal struct {
	mu      sync.Mutex
	entries []entry
	sealed  bool
}

// Append fits call.Journal.
func (j *journal) Append(_ string, records []call.Record, done func(error)) {
	for _, r := range records {
		j.add(entryOf(r))
	}
	done(nil)
}

// add writes one line, until the play is over.
func (j *journal) add(e entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.sealed {
		j.entries = append(j.entries, e)
	}
}

func (j *journal) seal() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.sealed = true
}

// from are the lines from the given one on.
func (j *journal) from(at int) []entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.entries[min(at, len(j.entries)):]
}

// lines is the log as JSON lines.
func (j *journal) lines() []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, e := range j.from(0) {
		_ = enc.Encode(e) // a buffer takes everything, and an entry can be written
	}
	return b.Bytes()
}

func entryOf(r call.Record) entry {
	e := entry{
		ID: r.ID, Source: "calling/calls/" + r.Call, Type: r.Type, Subject: r.Subject, Time: r.Time.UTC(),
		CallSequence: strconv.FormatUint(r.CallSequence, 10), Data: r.Data,
	}
	if r.Connection != "" {
		e.Source = "calling/callConnections/" + r.Connection
		e.Sequence = strconv.FormatUint(r.Sequence, 10)
	}
	return e
}

// did is what somebody did, heard or met with.
type did struct {
	Who  string `json:"who"`
	What string `json:"what,omitempty"`
}

// note writes down what somebody on the stage did.
func (j *journal) note(at time.Time, who, does, what string) {
	data, _ := json.Marshal(did{who, what}) // it is text
	j.add(entry{Source: "bottest", Type: "bottest." + does, Time: at.UTC(), Data: data})
}
