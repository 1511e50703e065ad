package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"
)

// checkpointEvery is the number of records a shard writes between two
// checkpoints: what a start must read at most, besides what is open.
const checkpointEvery = 4096

// checkpoint says which calls were going on after a record, and which of their
// connections were open.
type checkpoint struct {
	At    uint64     `json:"at"`
	Calls []callLine `json:"calls"`
	Open  []line     `json:"open"`
}

func (s *shard) checkpointSubject() string {
	return s.journal.cfg.Name + ".check." + strconv.Itoa(s.number)
}

// checkpoint writes down what is open. Failing costs nothing but a longer
// start, so it is only logged.
func (s *shard) checkpoint(ctx context.Context) {
	c := checkpoint{At: s.head.Load()}
	c.Calls, c.Open = s.index.lines()
	data, err := json.Marshal(c)
	if err == nil && int64(len(data)) > s.store.nc.MaxPayload()-headroom {
		err = ErrTooLarge
	}
	if err == nil {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		_, err = s.journal.js.Publish(ctx, s.checkpointSubject(), data)
	}
	if err != nil {
		s.journal.cfg.Log.Warn("no checkpoint was written; the next start will take longer", zap.Int("shard", s.number), zap.Error(err))
	}
}

// headroom is what a message's headers may take of its size limit, in bytes.
const headroom = 4096

// loadCheckpoint brings the index to the newest checkpoint and says after which
// record that is.
func (s *shard) loadCheckpoint(ctx context.Context) (uint64, error) {
	checks, err := s.journal.js.Stream(ctx, s.journal.checks())
	if err != nil {
		return 0, fmt.Errorf("checkpoints: %w", err)
	}
	m, err := checks.GetLastMsgForSubject(ctx, s.checkpointSubject())
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("checkpoint of shard %d: %w", s.number, err)
	}
	var c checkpoint
	if err := json.Unmarshal(m.Data, &c); err != nil || c.At > s.store.last || c.Calls == nil {
		s.journal.cfg.Log.Warn("a checkpoint is of no use", zap.Int("shard", s.number), zap.Error(err))
		return 0, nil
	}
	s.index.restore(c.Calls, c.Open)
	return c.At, nil
}
