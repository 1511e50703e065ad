package rest

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/call"
)

// callList is a page of running calls, the oldest first.
type callList struct {
	Value    []automation.CallInfo `json:"value"`
	NextLink string                `json:"nextLink,omitempty"`
}

// overviewRoutes are what is going on.
func (s *Server) overviewRoutes() []route {
	f := beyond
	return []route{
		{method: get, path: "/calling/calls", name: "listCalls", family: f, action: read(s.listCalls)},
		{method: get, path: "/calling/calls/{serverCallId}", name: "getServerCall", family: f, action: read(s.serverCall)},
		{method: get, path: "/calling/calls/{serverCallId}/why", name: "explainCall", family: f, action: read(s.why)},
	}
}

func (s *Server) listCalls(_ context.Context, q *request) (callList, error) {
	limit, err := q.limit()
	if err != nil {
		return callList{}, err
	}
	from, err := q.spot()
	if err != nil {
		return callList{}, err
	}
	list := callList{Value: []automation.CallInfo{}}
	for _, c := range s.cfg.Automation.Calls() {
		if !from.before(c) {
			continue
		}
		if len(list.Value) == limit {
			last := list.Value[limit-1]
			list.NextLink = s.next(q, spot{last.StartedAt, last.ServerCallID}.String())
			break
		}
		list.Value = append(list.Value, c)
	}
	return list, nil
}

// before says whether a call comes after the spot in the list.
func (p spot) before(c automation.CallInfo) bool {
	if p.name == "" {
		return true
	}
	order := p.at.Compare(c.StartedAt)
	return order < 0 || order == 0 && p.name < c.ServerCallID
}

// serverCall describes a call: a running one as it is, one that is over as the
// log has it.
func (s *Server) serverCall(ctx context.Context, q *request) (automation.CallInfo, error) {
	id := q.params["serverCallId"]
	least, err := number(q, "minSequence", 0)
	if err != nil {
		return automation.CallInfo{}, err
	}
	var found automation.CallInfo
	waits(ctx, catchUp, func() bool {
		found, err = s.cfg.Automation.Call(id)
		return err != nil || found.Sequence >= least
	})
	if errors.Is(err, call.ErrNoCall) {
		found, err = automation.PastCall(id, s.recorded(ctx, id))
	}
	if err == nil && found.Sequence < least {
		err = fmt.Errorf("minSequence %d: %w", least, errBehind)
	}
	return found, err
}

// why explains how a call came to its end, from its log.
func (s *Server) why(ctx context.Context, q *request) (call.Explanation, error) {
	id := q.params["serverCallId"]
	var records []call.Record
	for r, err := range s.recorded(ctx, id) {
		if err != nil {
			return call.Explanation{}, err
		}
		records = append(records, r)
	}
	if len(records) == 0 {
		return call.Explanation{}, fmt.Errorf("serverCallId %s: %w", id, call.ErrNoCall)
	}
	return call.Explain(records), nil
}

// recorded reads the whole log of a call.
func (s *Server) recorded(ctx context.Context, id string) iter.Seq2[call.Record, error] {
	return func(yield func(call.Record, error) bool) {
		for after := uint64(0); ; {
			page, err := s.cfg.Log.ReadCall(ctx, id, after, largestPage)
			if err != nil {
				yield(call.Record{}, err)
				return
			}
			for _, r := range page {
				if after = r.CallSequence; !yield(r, nil) {
					return
				}
			}
			if len(page) < largestPage {
				return
			}
		}
	}
}
