package journal

import (
	"context"
	"fmt"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/call"
)

// recover reads what happened since the last checkpoint and closes every
// connection, and ends every call, that has been left open: whoever held it is
// gone.
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

// closeAll appends one closing record for each open connection and then one for
// each call. Dying in the middle of it does no harm: what has its record is not
// open any more.
func (s *shard) closeAll(ctx context.Context) error {
	calls, connections := s.index.lines()
	if len(calls) == 0 {
		return nil
	}
	s.journal.cfg.Log.Warn("calls were left open by the last run and are closed", zap.Int("shard", s.number),
		zap.Int("calls", len(calls)), zap.Int("connections", len(connections)))
	records, err := s.lastWords(ctx, calls, connections)
	if err != nil {
		return err
	}
	lines, _, err := s.encode(records)
	if err != nil {
		return err
	}
	written, err := s.write(ctx, lines)
	s.publish(written, func() {})
	if err != nil {
		return err
	}
	s.checkpoint(ctx)
	return nil
}

// lastWords are the records that close what was left open.
func (s *shard) lastWords(ctx context.Context, calls []callLine, connections []line) ([]call.Record, error) {
	sequences := make(map[string]uint64, len(calls))
	for _, l := range calls {
		sequences[l.Call] = l.Sequence
	}
	next := func(name string) uint64 { sequences[name]++; return sequences[name] }
	records := make([]call.Record, 0, len(calls)+len(connections))
	for _, l := range connections {
		first, err := s.at(ctx, l.First)
		if err != nil {
			return nil, fmt.Errorf("close connection %s: %w", l.Connection, err)
		}
		records = append(records, call.Interrupted(first.Record, l.Connected, l.Sequence+1, next(l.Call), s.journal.cfg.NewID(), s.journal.cfg.Now()))
	}
	for _, l := range calls {
		if !l.Going {
			continue
		}
		own, err := s.own(ctx, l)
		if err != nil {
			return nil, fmt.Errorf("end call %s: %w", l.Call, err)
		}
		records = append(records, call.InterruptedCall(own, call.Place{
			Next: func() uint64 { return next(l.Call) }, ID: s.journal.cfg.NewID, At: s.journal.cfg.Now(),
		})...)
	}
	return records, nil
}

// own are the records of a call that belong to none of its connections.
func (s *shard) own(ctx context.Context, l callLine) ([]call.Record, error) {
	var records []call.Record
	err := s.each(ctx, query{from: l.First, subject: subject(s.prefix, "", l.Call), limit: batchMessages}, func(e Entry) error {
		records = append(records, e.Record)
		return nil
	})
	if err == nil && len(records) == 0 {
		err = ErrUnknown
	}
	return records, err
}
