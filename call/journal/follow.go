package journal

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/botd-dev/botd/call"
)

// Follow yields the records of a connection whose sequence is greater than
// after, those to come included, and ends with the closing one. It fails when
// ctx ends, and with ErrUnknown if the connection is not in the log.
func (j *Journal) Follow(ctx context.Context, connection string, after uint64) iter.Seq2[call.Record, error] {
	return func(yield func(call.Record, error) bool) {
		s, subject, err := j.find(ctx, connection)
		if err != nil {
			yield(call.Record{}, err)
			return
		}
		s.follow(ctx, s.ofConnection(connection, subject), after, yield)
	}
}

// FollowCall yields the records of a call whose call sequence is greater than
// after, those to come included, until ctx ends. It fails with ErrUnknown if
// the call is not in the log.
func (j *Journal) FollowCall(ctx context.Context, callID string, after uint64) iter.Seq2[call.Record, error] {
	return func(yield func(call.Record, error) bool) {
		s := j.shard(callID)
		p := s.ofCall(callID)
		_, known, err := s.page(ctx, p, after, 0)
		if err == nil && !known {
			err = fmt.Errorf("call %s: %w", callID, ErrUnknown)
		}
		if err != nil {
			yield(call.Record{}, err)
			return
		}
		s.follow(ctx, p, after, yield)
	}
}

// reader is somebody in the middle of a passage.
type reader struct {
	passage
	after uint64 // what is numbered up to here is not wanted
	next  uint64 // where to go on in the shard
	yield func(call.Record, error) bool
}

// read hands over an entry that has not been seen yet. errEnough when there
// will be no more, or no more is wanted.
func (r *reader) read(e Entry) error {
	if e.Position < r.next {
		return nil
	}
	r.next = e.Position + 1
	if r.number(e) > r.after && !r.yield(e.Record, nil) || r.over(e) {
		return errEnough
	}
	return nil
}

// follow reads what there is, then what comes. News is handed over as it is
// written; the log is read again only by somebody who is too slow for that.
func (s *shard) follow(ctx context.Context, p passage, after uint64, yield func(call.Record, error) bool) {
	watch := s.journal.watchers.add(p.key)
	defer watch.leave()
	r := reader{p, after, s.begin(p, after), yield}
	entries, missed := []Entry(nil), true
	for {
		if err := s.catchUp(ctx, &r, entries, missed); err != nil {
			if !errors.Is(err, errEnough) {
				yield(call.Record{}, fmt.Errorf("follow: %w", err))
			}
			return
		}
		select {
		case <-watch.news:
			entries, missed = watch.take()
		case <-ctx.Done():
			yield(call.Record{}, ctx.Err())
			return
		}
	}
}

// catchUp reads the entries, or the log where they are not all.
func (s *shard) catchUp(ctx context.Context, r *reader, entries []Entry, missed bool) error {
	if missed {
		return s.each(ctx, query{from: r.next, subject: r.subject, limit: batchMessages}, r.read)
	}
	for _, e := range entries {
		if err := r.read(e); err != nil {
			return err
		}
	}
	return nil
}
