package rest

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/call/journal"
)

// How many events a page has.
const (
	usualPage   = 100
	largestPage = 1000
)

// eventList is a page of the log. Cursor is what to ask for next, also when
// there is nothing more yet; NextLink is there if there is more.
type eventList struct {
	Value    []event `json:"value"`
	Cursor   string  `json:"cursor"`
	NextLink string  `json:"nextLink,omitempty"`
}

// connectionEvents reads the log of a connection, also of one that has ended;
// "after" is the connection's sequence.
func (s *Server) connectionEvents() action {
	return s.log(func(ctx context.Context, q *request, limit int) (page, error) {
		after, err := number(q, "after", 0)
		if err != nil {
			return page{}, err
		}
		records, err := s.cfg.Log.Read(ctx, q.params["callConnectionId"], after, limit)
		return paged(records, after, ofConnection), err
	}, func(ctx context.Context, q *request) (iter.Seq2[journal.Line, error], error) {
		after, err := number(q, "after", 0)
		return lines(s.cfg.Log.Follow(ctx, q.params["callConnectionId"], after), ofConnection), err
	})
}

// allEvents reads the log of all calls, "after" being a cursor, or that of one
// call where the query names it, "after" being the call's sequence.
func (s *Server) allEvents() action {
	return s.log(func(ctx context.Context, q *request, limit int) (page, error) {
		id, named, err := q.call()
		if err != nil {
			return page{}, err
		}
		if !named {
			records, cursor, err := s.cfg.Log.ReadAll(ctx, q.query.Get("after"), limit)
			return page{records, cursor}, err
		}
		after, err := number(q, "after", 0)
		if err != nil {
			return page{}, err
		}
		records, err := s.cfg.Log.ReadCall(ctx, id, after, limit)
		return paged(records, after, ofCall), err
	}, func(ctx context.Context, q *request) (iter.Seq2[journal.Line, error], error) {
		if !q.query.Has("call") {
			return s.cfg.Log.FollowAll(ctx, q.query.Get("after")), nil
		}
		after, err := number(q, "after", 0)
		return lines(s.cfg.Log.FollowCall(ctx, q.query.Get("call"), after), ofCall), err
	})
}

// call is the call that the query names, if it does.
func (q *request) call() (id string, named bool, err error) {
	id = q.query.Get("call")
	if len(id) > maxName {
		return "", true, &mistake{"call", fmt.Sprintf("it is longer than %d bytes", maxName)}
	}
	return id, q.query.Has("call"), nil
}

// page is some records and where the next ones begin.
type page struct {
	records []call.Record
	cursor  string
}

func ofConnection(r call.Record) uint64 { return r.Sequence }
func ofCall(r call.Record) uint64       { return r.CallSequence }

// paged is a page whose cursor is the sequence of its last record.
func paged(records []call.Record, after uint64, sequence func(call.Record) uint64) page {
	if n := len(records); n > 0 {
		after = sequence(records[n-1])
	}
	return page{records, strconv.FormatUint(after, 10)}
}

// lines gives records their cursors.
func lines(records iter.Seq2[call.Record, error], sequence func(call.Record) uint64) iter.Seq2[journal.Line, error] {
	return func(yield func(journal.Line, error) bool) {
		for r, err := range records {
			if !yield(journal.Line{Record: r, Cursor: strconv.FormatUint(sequence(r), 10)}, err) {
				return
			}
		}
	}
}

// log answers with a page, or with a stream to those who accept one.
func (s *Server) log(
	read func(context.Context, *request, int) (page, error),
	follow func(context.Context, *request) (iter.Seq2[journal.Line, error], error),
) action {
	return action{out: reflect.TypeFor[eventList](), status: http.StatusOK, do: func(ctx context.Context, q *request) (answer, error) {
		if strings.Contains(q.header.Get("Accept"), "text/event-stream") {
			q.resume()
			if _, err := read(ctx, q, 1); err != nil { // while it can still be told
				return answer{}, err
			}
			events, err := follow(ctx, q)
			return stream(ctx, events), err
		}
		limit, err := q.limit()
		if err != nil {
			return answer{}, err
		}
		p, err := read(ctx, q, limit)
		if err != nil {
			return answer{}, err
		}
		return ok(http.StatusOK, s.list(q, p, limit)), nil
	}}
}

const headerLastEvent = "Last-Event-ID"

// resume goes on where a broken stream ended: browsers repeat the id of the
// last event they saw (HTML, section 9.2.4).
func (q *request) resume() {
	if last := q.header.Get(headerLastEvent); last != "" {
		q.query.Set("after", last)
	}
}

func (s *Server) list(q *request, p page, limit int) eventList {
	list := eventList{Value: make([]event, len(p.records)), Cursor: p.cursor}
	for i, r := range p.records {
		list.Value[i] = eventOf(r)
	}
	if len(p.records) == limit {
		list.NextLink = s.next(q, p.cursor)
	}
	return list
}
