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
		follow(ctx, j, ofConnect+connection, yield, func(next *uint64, yield func(Entry) bool) error {
			return s.each(ctx, query{from: *next, subject: subject, limit: batchMessages}, func(e Entry) error {
				*next = e.Position + 1
				if e.Sequence > after && !yield(e) || e.Closing {
					return errEnough
				}
				return nil
			})
		})
	}
}

// FollowCall yields the records of a call whose call sequence is greater than
// after, those to come included, until ctx ends.
func (j *Journal) FollowCall(ctx context.Context, callID string, after uint64) iter.Seq2[call.Record, error] {
	return func(yield func(call.Record, error) bool) {
		follow(ctx, j, ofCallName+callID, yield, func(_ *uint64, yield func(Entry) bool) error {
			records, err := j.ReadCall(ctx, callID, after, batchMessages)
			if err != nil {
				return err
			}
			for _, r := range records {
				if after = r.CallSequence; !yield(Entry{Record: r}) {
					return errEnough
				}
			}
			return nil
		})
	}
}

// follow reads, waits for news, and reads again. read hands over what there is
// and says errEnough when there will be no more.
func follow(ctx context.Context, j *Journal, key string, yield func(call.Record, error) bool, read func(next *uint64, yield func(Entry) bool) error) {
	news, leave := j.watchers.add(key)
	defer leave()
	next := uint64(1)
	for {
		err := read(&next, func(e Entry) bool { return yield(e.Record, nil) })
		if errors.Is(err, errEnough) {
			return
		}
		if err != nil {
			yield(call.Record{}, fmt.Errorf("follow: %w", err))
			return
		}
		select {
		case <-news:
		case <-ctx.Done():
			yield(call.Record{}, ctx.Err())
			return
		}
	}
}
