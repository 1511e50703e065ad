package journal

import (
	"context"
	"errors"
	"fmt"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/call"
)

// ErrUnknown means that the log has nothing of that name.
var ErrUnknown = errors.New("not in the log")

var errEnough = errors.New("enough")

// Read returns up to limit records of a connection whose sequence is greater
// than after, oldest first. ErrUnknown if the connection is not in the log.
func (j *Journal) Read(ctx context.Context, connection string, after uint64, limit int) ([]call.Record, error) {
	s, subject, err := j.find(ctx, connection)
	if err != nil {
		return nil, err
	}
	records, _, err := s.page(ctx, s.ofConnection(connection, subject), after, limit)
	if err != nil {
		return nil, fmt.Errorf("read connection %s: %w", connection, err)
	}
	return records, nil
}

// find says in which shard and under which subject a connection stands. Open
// ones are known; of others every shard is asked.
func (j *Journal) find(ctx context.Context, connection string) (*shard, string, error) {
	for _, s := range j.shards {
		if callID, ok := s.index.call(connection); ok {
			return s, subject(s.prefix, connection, callID), nil
		}
	}
	for _, s := range j.shards {
		found := ""
		_, err := s.store.fetch(ctx, query{subject: s.prefix + token(connection) + ".*", limit: 1}, func(m stored) error {
			found = m.subject
			return nil
		})
		if err != nil {
			return nil, "", fmt.Errorf("find connection %s: %w", connection, err)
		}
		if found != "" {
			return s, found, nil
		}
	}
	return nil, "", fmt.Errorf("connection %s: %w", connection, ErrUnknown)
}

// ReadCall returns up to limit records of a call, of all its connections and
// of none, whose call sequence is greater than after, oldest first.
func (j *Journal) ReadCall(ctx context.Context, callID string, after uint64, limit int) ([]call.Record, error) {
	s := j.shard(callID)
	records, known, err := s.page(ctx, s.ofCall(callID), after, limit)
	if err != nil {
		return nil, fmt.Errorf("read call %s: %w", callID, err)
	}
	if !known {
		return nil, fmt.Errorf("call %s: %w", callID, ErrUnknown)
	}
	return records, nil
}

// Scan returns up to limit records of a shard that stand after a position.
func (j *Journal) Scan(ctx context.Context, shard int, after uint64, limit int) ([]Entry, error) {
	s := j.shards[shard]
	var entries []Entry
	err := s.each(ctx, query{from: after + 1, limit: limit}, func(e Entry) error {
		if entries = append(entries, e); len(entries) == limit {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, fmt.Errorf("scan: %w", err)
	}
	return entries, nil
}

// Lines returns up to limit records of one connection of a call that stand
// after a position and not after the last one given.
func (j *Journal) Lines(ctx context.Context, callID, connection string, after, last uint64, limit int) ([]Entry, error) {
	s := j.shard(callID)
	var entries []Entry
	err := s.each(ctx, query{from: after + 1, subject: subject(s.prefix, connection, callID), limit: limit}, func(e Entry) error {
		if e.Position > last || len(entries) == limit {
			return errEnough
		}
		entries = append(entries, e)
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, fmt.Errorf("read connection %s: %w", connection, err)
	}
	return entries, nil
}

// At returns the record at a position of a shard.
func (j *Journal) At(ctx context.Context, shard int, position uint64) (Entry, error) {
	return j.shards[shard].at(ctx, position)
}

// Opened returns the first record of a connection of a call.
func (j *Journal) Opened(ctx context.Context, callID, connection string) (call.Record, error) {
	entries, err := j.Lines(ctx, callID, connection, 0, ^uint64(0), 1)
	if err != nil {
		return call.Record{}, err
	}
	if len(entries) == 0 {
		return call.Record{}, fmt.Errorf("connection %s: %w", connection, ErrUnknown)
	}
	return entries[0].Record, nil
}

func (s *shard) at(ctx context.Context, position uint64) (Entry, error) {
	var found *Entry
	_, err := s.store.fetch(ctx, query{from: position, limit: 1}, func(m stored) error {
		if m.sequence != position {
			return nil
		}
		e, err := s.entry(m)
		found = &e
		return err
	})
	if err != nil {
		return Entry{}, err
	}
	if found == nil {
		return Entry{}, fmt.Errorf("%s at %d: %w", s.store.name, position, ErrUnknown)
	}
	return *found, nil
}

// each goes through the records under a subject that are known to be durable.
// A line that cannot be read is reported and passed over.
func (s *shard) each(ctx context.Context, q query, fn func(Entry) error) error {
	q.limit = min(max(q.limit, 1), batchMessages)
	return s.store.all(ctx, q, s.head.Load(), func(m stored) error {
		e, err := s.entry(m)
		if err != nil {
			s.journal.cfg.Log.Error("a line of the log cannot be read", zap.Error(err))
			return nil
		}
		return fn(e)
	})
}
