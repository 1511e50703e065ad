package call

import (
	"context"
	"io"
	"sync"
)

// Feed is the records of one connection for somebody in this process, each
// once it is durable, in order, none left out. It holds what has not been read
// yet; a connection makes some thirty records in its life.
type Feed struct {
	mu      sync.Mutex
	records []Record
	closed  bool
	news    chan struct{} // holds one token while there is something to read
}

// NewFeed makes a feed to hand over in a Seat.
func NewFeed() *Feed { return &Feed{news: make(chan struct{}, 1)} }

func (f *Feed) push(r Record) {
	f.mu.Lock()
	f.records = append(f.records, r)
	f.mu.Unlock()
	f.signal()
}

func (f *Feed) close() {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.signal()
}

func (f *Feed) signal() {
	select {
	case f.news <- struct{}{}:
	default:
	}
}

// Next waits for the next record; io.EOF after the closing one. It has one
// reader.
func (f *Feed) Next(ctx context.Context) (Record, error) {
	for {
		f.mu.Lock()
		if len(f.records) > 0 {
			r := f.records[0]
			f.records = f.records[1:]
			f.mu.Unlock()
			return r, nil
		}
		closed := f.closed
		f.mu.Unlock()
		if closed {
			return Record{}, io.EOF
		}
		select {
		case <-f.news:
		case <-ctx.Done():
			return Record{}, ctx.Err()
		}
	}
}
