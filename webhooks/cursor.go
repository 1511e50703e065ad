package webhooks

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// cursor is how far a destination has been told of a connection, as the ledger
// keeps it.
type cursor struct {
	Owner        string   `json:"o"`
	Dest         string   `json:"d"`
	Kind         kind     `json:"k"`
	Call         string   `json:"c,omitempty"`
	Connection   string   `json:"n,omitempty"`
	Shard        int      `json:"s"`
	URI          string   `json:"u,omitempty"` // if it is not Dest
	Main         bool     `json:"m,omitempty"`
	All          bool     `json:"a,omitempty"`
	Ack          bool     `json:"r,omitempty"`
	Subscription string   `json:"w,omitempty"`
	Told         uint64   `json:"t"`
	Again        []uint64 `json:"g,omitempty"`
	Silent       []uint64 `json:"q,omitempty"`
	// Open says that what follows Told must be read from the log, although the
	// floor has passed it.
	Open     bool `json:"p,omitempty"`
	Stopped  bool `json:"x,omitempty"`
	Closing  bool `json:"z,omitempty"`
	Failures int  `json:"f,omitempty"`
}

// line is a line of the ledger: changes, or all there is.
type line struct {
	Cursors []cursor `json:"cursors,omitempty"`
	// Floors, if any, are the positions up to which everything is told, shard
	// by shard, but for what an open cursor says.
	Floors []uint64 `json:"floors,omitempty"`
}

var errLedger = errors.New("not a line of the ledger")

func parseLine(data []byte, shards int) (line, error) {
	var l line
	if err := json.Unmarshal(data, &l); err != nil {
		return line{}, fmt.Errorf("%w: %w", errLedger, err)
	}
	if len(l.Floors) != 0 && len(l.Floors) != shards {
		return line{}, fmt.Errorf("%w: %d floors", errLedger, len(l.Floors))
	}
	for _, c := range l.Cursors {
		if c.Shard < 0 || c.Shard >= shards || c.Kind != callback && c.Kind != resource {
			return line{}, fmt.Errorf("%w: shard %d of kind %q", errLedger, c.Shard, c.Kind)
		}
	}
	return l, nil
}

// live reports whether a cursor says more than the floor does.
func (c cursor) live(floor uint64) bool {
	return c.Open || c.Stopped || len(c.Again) > 0 || len(c.Silent) > 0 || c.Told > floor
}

// cursor is what the ledger keeps of a queue.
func (q *queue) cursor() cursor {
	c := cursor{
		Owner: q.owner, Dest: q.dest, Kind: q.kind, Call: q.call, Connection: q.connection, Shard: q.shard,
		Main: q.main, All: q.all, Ack: q.ack, Subscription: q.subscription,
		Told: q.told, Again: slices.Clone(q.again), Silent: slices.Clone(q.silent),
		Open: q.parked && (len(q.owed) > 0 || q.behind > 0), Stopped: q.stopped, Closing: q.closing, Failures: q.failures,
	}
	if q.uri != q.dest {
		c.URI = q.uri
	}
	return c
}

// queue is what a cursor stands for after a restart.
func (c cursor) queue(floor uint64) *queue {
	q := &queue{
		key: key{c.Owner, c.Dest}, kind: c.Kind, call: c.Call, connection: c.Connection, shard: c.Shard, uri: c.URI,
		main: c.Main, all: c.All, ack: c.Ack, subscription: c.Subscription,
		told: c.Told, again: slices.Clone(c.Again), relapsed: time.Now(), stopped: c.Stopped, closing: c.Closing, failures: c.Failures,
	}
	if q.uri == "" {
		q.uri = c.Dest
	}
	if c.Open && c.Told < floor {
		q.read, q.behind = c.Told, floor
		if c.Kind == resource {
			q.behind = c.Told + 1
		}
	}
	q.parked = q.behind > 0
	return q
}
