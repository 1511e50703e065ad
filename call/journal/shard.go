package journal

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/botd-dev/botd/call"
)

// ErrClosed means that the log takes no more.
var ErrClosed = errors.New("the log is closed")

// turn is what one Append brought.
type turn struct {
	call    string
	records []call.Record
	done    func(error)
	err     error // why its records cannot be written
	at      time.Time
}

// shard is one part of the log: a stream, its writer, and what waits for it.
type shard struct {
	journal *Journal
	number  int
	prefix  string
	store   *store
	index   *index
	// bookmarks are where readers have left off.
	bookmarks bookmarks
	// writing measures the write that is under way.
	writing stopwatch
	// head is the newest record that is durable and known to readers.
	head atomic.Uint64

	mu     sync.Mutex
	queue  []turn
	closed bool
	// wake holds one token while there is something to do.
	wake chan struct{}
}

// push queues a turn; it reports false when the shard is closed.
func (s *shard) push(t turn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.queue = append(s.queue, t)
	s.signal()
	return true
}

func (s *shard) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// close lets the writer finish what is queued and return.
func (s *shard) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.signal()
}

// take waits for turns; none means that the shard is closed and empty.
func (s *shard) take(ctx context.Context) []turn {
	for {
		s.mu.Lock()
		turns, closed := s.queue, s.closed
		s.queue = nil
		s.mu.Unlock()
		if len(turns) > 0 || closed {
			return turns
		}
		select {
		case <-s.wake:
		case <-ctx.Done():
			s.close()
		}
	}
}

// run writes until the shard is closed. One batch is in flight at a time; what
// comes meanwhile waits and shares the next one.
func (s *shard) run(ctx context.Context) {
	for {
		turns := s.take(ctx)
		if len(turns) == 0 {
			return
		}
		s.commit(ctx, turns)
		if s.index.due() {
			s.checkpoint(ctx)
		}
	}
}

// commit writes turns and answers each as soon as it is durable.
func (s *shard) commit(ctx context.Context, turns []turn) {
	for len(turns) > 0 {
		group, lines := s.gather(turns)
		s.writing.start()
		written, err := s.write(ctx, lines)
		s.writing.stop()
		s.publish(written, func() {
			for _, t := range turns[:group] {
				s.answer(t, err)
			}
		})
		turns = turns[group:]
	}
}

func (s *shard) answer(t turn, err error) {
	if t.err == nil {
		t.err = err
	}
	if t.err == nil && s.journal.cfg.Metrics.Committed != nil {
		s.journal.cfg.Metrics.Committed(len(t.records), s.journal.cfg.Now().Sub(t.at))
	}
	if t.done != nil {
		t.done(t.err)
	}
}

// entryLine is a record on its way into the stream.
type entryLine struct {
	message
	record call.Record
}

// gather encodes as many turns as one batch holds, at least one.
func (s *shard) gather(turns []turn) (int, []entryLine) {
	var lines []entryLine
	bytes := 0
	for i := range turns {
		mine, size, err := s.encode(turns[i].records)
		if i > 0 && (len(lines)+len(mine) > batchMessages || bytes+size > batchBytes) {
			return i, lines
		}
		turns[i].err = err
		lines = append(lines, mine...)
		bytes += size
	}
	return len(turns), lines
}

// encode makes the lines of one turn. They stand in the log together or, if one
// of them cannot, not at all.
func (s *shard) encode(records []call.Record) ([]entryLine, int, error) {
	lines := make([]entryLine, 0, len(records))
	bytes := 0
	for _, r := range records {
		data, err := encode(r)
		if err != nil {
			return nil, 0, err
		}
		bytes += len(data)
		lines = append(lines, entryLine{message{subject: subject(s.prefix, r.Connection, r.Call), data: data}, r})
	}
	return lines, bytes, nil
}

// write makes lines durable, however long that takes, and returns those that
// are. It fails only when ctx ends.
func (s *shard) write(ctx context.Context, lines []entryLine) ([]Entry, error) {
	entries := make([]Entry, 0, len(lines))
	for len(lines) > 0 {
		part := lines[:min(len(lines), batchMessages)]
		messages := make([]message, len(part))
		for i := range part {
			messages[i] = part[i].message
		}
		if err := s.journal.persist(ctx, s.store, messages); err != nil {
			return entries, err
		}
		bytes := 0
		for i := range part {
			entries = append(entries, Entry{part[i].record, s.number, messages[i].at})
			bytes += len(messages[i].subject) + len(messages[i].data)
		}
		s.journal.grown.Add(uint64(bytes)) //nolint:gosec // positive
		lines = lines[len(part):]
	}
	return entries, nil
}

// publish makes durable records known: to the index, then with answer to those
// who appended them and change what can be read, and only then to those who tap
// the log or wait for it and may tell others, who read.
func (s *shard) publish(entries []Entry, answer func()) {
	if len(entries) == 0 {
		answer()
		return
	}
	for _, e := range entries {
		s.index.note(e)
	}
	tell := s.journal.taps.advance(s, entries)
	answer()
	tell()
	s.journal.watchers.tell(entries)
}
