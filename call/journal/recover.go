package journal

import (
	"context"
	"fmt"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/call"
)

// recover reads what happened since the last checkpoint and closes every
// connection that has been left open: whoever held it is gone.
func (s *shard) recover(ctx context.Context) error {
	after, err := s.loadCheckpoint(ctx)
	if err != nil {
		return err
	}
	err = s.store.all(ctx, query{from: after + 1, limit: batchMessages}, s.store.last, func(m stored) error {
		e, err := s.entry(m)
		if err != nil {
			s.journal.cfg.Log.Error("a line of the log cannot be read", zap.Error(err))
			return nil
		}
		s.index.note(e)
		return nil
	})
	if err != nil {
		return err
	}
	return s.closeAll(ctx)
}

// closeAll appends one closing record for each open connection. Dying in the
// middle of it does no harm: those already closed are not open any more.
func (s *shard) closeAll(ctx context.Context) error {
	left := s.index.lines()
	if len(left) == 0 {
		return nil
	}
	sequences := make(map[string]uint64) // of calls
	records := make([]call.Record, 0, len(left))
	for _, l := range left {
		sequences[l.Call] = max(sequences[l.Call], l.CallSequence) + 1
		first, err := s.at(ctx, l.First)
		if err != nil {
			return fmt.Errorf("close connection %s: %w", l.Connection, err)
		}
		records = append(records, call.Interrupted(first.Record, l.Connected, l.Sequence+1, sequences[l.Call], s.journal.cfg.NewID(), s.journal.cfg.Now()))
	}
	s.journal.cfg.Log.Warn("connections were left open by the last run and are closed", zap.Int("shard", s.number), zap.Int("connections", len(records)))
	lines, _, err := s.encode(records)
	if err != nil {
		return err
	}
	if err := s.write(ctx, lines); err != nil {
		return err
	}
	s.checkpoint(ctx)
	return nil
}
