package rest

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

func (s *Server) create(ctx context.Context, q *request, r automation.CreateRequest) (*call.Connection, error) {
	var err error
	if r.Subscriber, err = subscriber(q.header); err != nil {
		return nil, err
	}
	return s.cfg.Automation.Create(ctx, r)
}

func (s *Server) take(ctx context.Context, q *request, r automation.AnswerRequest) (*call.Connection, error) {
	var err error
	if r.Subscriber, err = subscriber(q.header); err != nil {
		return nil, err
	}
	return s.cfg.Automation.Answer(ctx, r)
}

// The headers that say how events are to be told, and what they may say.
const (
	headerEvents = "botd-events"
	everyEvent   = "all"
	headerAck    = "botd-ack"
	ackRequired  = "required"
)

// subscriber reads them. What may not be said is refused: it was meant to be of
// effect.
func subscriber(h http.Header) (automation.Subscriber, error) {
	for name, only := range map[string]string{headerEvents: everyEvent, headerAck: ackRequired} {
		if given := h.Get(name); given != "" && given != only {
			return automation.Subscriber{}, &mistake{name, "it may only be " + only}
		}
	}
	return automation.Subscriber{AllEvents: h.Get(headerEvents) != "", AckRequired: h.Get(headerAck) != ""}, nil
}

// catchUp is how long a read waits for minSequence.
const catchUp = 2 * time.Second

func (s *Server) properties(ctx context.Context, q *request) (automation.Properties, error) {
	cn, err := s.connectionAt(ctx, q)
	if err != nil {
		return automation.Properties{}, err
	}
	return automation.PropertiesOf(cn), nil
}

// connectionAt finds the connection and, where the query has a minSequence,
// waits until what can be read of it is not older than that.
func (s *Server) connectionAt(ctx context.Context, q *request) (*call.Connection, error) {
	cn, err := s.connection(q)
	if err != nil || !q.query.Has("minSequence") {
		return cn, err
	}
	least, err := number(q, "minSequence", 0)
	if err != nil {
		return nil, err
	}
	if !waits(ctx, catchUp, func() bool { return cn.View().Sequence >= least }) {
		return nil, fmt.Errorf("minSequence %d: %w", least, errBehind)
	}
	return cn, nil
}

// number reads a parameter of the query that counts something.
func number(q *request, name string, otherwise uint64) (uint64, error) {
	if !q.query.Has(name) {
		return otherwise, nil
	}
	n, err := strconv.ParseUint(q.query.Get(name), 10, 64)
	if err != nil {
		return 0, &mistake{name, "it must be a number"}
	}
	return n, nil
}

// participantList is a page of participants; the whole list is one page.
type participantList struct {
	Value []call.Listed `json:"value"`
}

func (s *Server) participants(ctx context.Context, q *request) (participantList, error) {
	cn, err := s.connectionAt(ctx, q)
	if err != nil {
		return participantList{}, err
	}
	return participantList{append([]call.Listed{}, s.cfg.Automation.Participants(cn)...)}, nil
}

func (s *Server) participant(ctx context.Context, q *request) (call.Listed, error) {
	cn, err := s.connectionAt(ctx, q)
	if err != nil {
		return call.Listed{}, err
	}
	id, err := identity.Parse(q.params["participantRawId"])
	if err != nil {
		return call.Listed{}, &mistake{"participantRawId", err.Error()}
	}
	return s.cfg.Automation.Participant(cn, id)
}
