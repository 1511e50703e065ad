package webhooks

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/call/journal"
)

// answerLimit is how much of an answer is read, in bytes.
const answerLimit = 64 << 10

// verdict is how an attempt ended.
type verdict int

const (
	told        verdict = iota // answered 2xx
	refused                    // to be told again
	gone                       // answered 410: never again
	unconfirmed                // sent whole, never answered
	aborted                    // we ended it before it was sent
	lost                       // the log does not have it any more
)

// failure is why an attempt was refused.
type failure struct {
	status     int // zero if there was no answer
	retryAfter time.Duration
	reason     string
}

// result is what an attempt reports to the loop.
type result struct {
	verdict verdict
	failure failure
	record  *call.Record
}

// attempt is one try to tell one event. What is above the line is fixed, or
// safe for all; what is below is the loop's.
type attempt struct {
	teller   *Teller
	queue    *queue
	endpoint *endpoint
	position uint64
	record   *call.Record
	message  message
	limit    time.Duration
	ack      bool
	cancel   context.CancelFunc
	sent     atomic.Bool

	hushed   bool
	finished bool
	silence  *list.Element
}

// try starts an attempt; its slot has been taken.
func (t *Teller) try(q *queue, o owed) {
	q.busy = true
	a := &attempt{teller: t, queue: q, endpoint: q.endpoint, position: o.position, record: o.record, limit: t.cfg.Limit, ack: q.ack}
	a.message = message{kind: q.kind, target: q.target, count: q.failures}
	if q.kind == resource {
		a.limit = t.cfg.ResourceLimit
		s, ok := t.subscribe.get(q.subscription)
		if !ok || s.Endpoint != q.uri { // it has been changed since it was asked
			q.busy = false
			t.vacate(q.endpoint)
			t.pump(q)
			return
		}
		a.message.subscription = s
	}
	ctx, cancel := context.WithTimeout(t.life, a.limit)
	a.cancel = cancel
	t.attempts.Go(func() {
		defer cancel()
		r := a.run(ctx, q.shard)
		t.do(func() { t.ended(a, r) })
	})
}

// run makes the request and judges what comes of it.
func (a *attempt) run(ctx context.Context, shard int) result {
	if a.record == nil {
		e, err := a.teller.cfg.Journal.At(ctx, shard, a.position)
		if errors.Is(err, journal.ErrUnknown) {
			return result{verdict: lost}
		}
		if err != nil {
			return result{verdict: refused, failure: failure{reason: err.Error()}}
		}
		a.record = &e.Record
	}
	started := time.Now()
	r := a.post(ctx)
	r.record = a.record
	a.teller.counts.attempt(r, time.Since(started))
	return r
}

// post sends one event and waits for the answer.
func (a *attempt) post(ctx context.Context) result {
	req, err := a.teller.request(ctx, a.message, *a.record)
	if err != nil {
		return a.broken(ctx, err)
	}
	var grace atomic.Pointer[time.Timer] // the answer may be here before it is set
	defer func() {
		if timer := grace.Load(); timer != nil {
			timer.Stop()
		}
	}()
	answer, err := a.teller.cfg.HTTP.Do(req.WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			if info.Err == nil && !a.sent.Swap(true) {
				grace.Store(time.AfterFunc(a.teller.cfg.Grace, a.quiet))
			}
		},
	})))
	if err != nil {
		return a.broken(ctx, err)
	}
	defer answer.Body.Close() //nolint:errcheck // nothing is lost
	return a.judge(ctx, answer)
}

// quiet reports that the endpoint has the event and says nothing.
func (a *attempt) quiet() { a.teller.do(func() { a.teller.hushed(a) }) }

// judge reads an answer. Every one but 2xx is a failure, a redirect like any
// other, and so is one that breaks off.
func (a *attempt) judge(ctx context.Context, answer *http.Response) result {
	_, err := io.Copy(io.Discard, io.LimitReader(answer.Body, answerLimit))
	switch {
	case answer.StatusCode == http.StatusGone:
		return result{verdict: gone, failure: failure{status: answer.StatusCode}}
	case answer.StatusCode/100 != 2:
		f := failure{status: answer.StatusCode, reason: answer.Status, retryAfter: a.teller.retryAfter(answer)}
		return result{verdict: refused, failure: f}
	case err != nil && ctx.Err() == nil:
		return result{verdict: refused, failure: failure{reason: fmt.Sprintf("the answer broke off: %v", err)}}
	}
	return result{verdict: told}
}

// broken judges an attempt without an answer.
func (a *attempt) broken(ctx context.Context, err error) result {
	var timeout net.Error
	silent := ctx.Err() != nil || errors.As(err, &timeout) && timeout.Timeout()
	switch {
	case a.sent.Load() && silent && !a.ack:
		return result{verdict: unconfirmed}
	case a.teller.life.Err() != nil:
		return result{verdict: aborted}
	case a.sent.Load() && silent:
		return result{verdict: refused, failure: failure{reason: "no answer in time"}}
	}
	return result{verdict: refused, failure: failure{reason: bare(err).Error()}}
}

// bare is an error without the address that it was about: what stands in its path
// or query may be a secret.
func bare(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

// retryAfter reads how long the endpoint wants to be left alone (RFC 9110,
// section 10.2.3), at most an hour.
func (t *Teller) retryAfter(answer *http.Response) time.Duration {
	h := answer.Header.Get("Retry-After")
	d := time.Duration(0)
	if seconds, err := strconv.ParseUint(h, 10, 31); err == nil {
		d = time.Duration(seconds) * time.Second //nolint:gosec // 31 bits
	} else if at, err := http.ParseTime(h); err == nil {
		d = at.Sub(t.cfg.Now())
	}
	return min(max(d, 0), time.Hour)
}
