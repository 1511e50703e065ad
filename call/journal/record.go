package journal

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/botd-dev/botd/call"
)

// largest is the size limit of a record as JSON, in bytes.
const largest = 1<<20 - 4096

var (
	// ErrTooLarge means that a record does not fit into the log.
	ErrTooLarge = errors.New("the record is too large")
	// ErrMalformed means that something in the log is not a record.
	ErrMalformed = errors.New("not a record")
)

func encode(r call.Record) ([]byte, error) {
	data, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("record %s: %w: %w", r.ID, ErrMalformed, err)
	}
	if len(data) > largest {
		return nil, fmt.Errorf("record %s of %d bytes: %w", r.ID, len(data), ErrTooLarge)
	}
	return data, nil
}

func decode(data []byte) (call.Record, error) {
	var r call.Record
	if err := json.Unmarshal(data, &r); err != nil {
		return call.Record{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if r.ID == "" || r.Type == "" || (r.Connection == "") != (r.Sequence == 0) {
		return call.Record{}, fmt.Errorf("%w: no id, type or sequence", ErrMalformed)
	}
	return r, nil
}

// Entry is a record with the place where it stands in the log.
type Entry struct {
	call.Record
	// Shard is the part of the log, Position the place in it.
	Shard    int
	Position uint64
}

func (s *shard) entry(m stored) (Entry, error) {
	r, err := decode(m.data)
	if err != nil {
		return Entry{}, fmt.Errorf("%s at %d: %w", s.store.name, m.sequence, err)
	}
	return Entry{r, s.number, m.sequence}, nil
}
