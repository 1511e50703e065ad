package rest

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"
)

// The headers of a repeatable request (rest.md section 4).
const (
	headerRepeatID    = "Repeatability-Request-ID"
	headerFirstSent   = "Repeatability-First-Sent"
	headerRepeatState = "Repeatability-Result"
)

// retention is how long a result is kept for those who ask again.
const retention = 5 * time.Minute

// patience is how long a repeatable request may take. It goes on when the
// client has gone, for the client will ask again.
const patience = 30 * time.Second

// Results keep the results of repeatable requests beyond the process.
// *journal.Journal fits it.
type Results interface {
	Remember(ctx context.Context, key string, value []byte, ttl time.Duration) error
	Recall(ctx context.Context, key string) (value []byte, found bool, err error)
}

// memo is what is kept under a repeatability id. Without an answer it says
// that the request was begun, and not how it ended; Void, that it came to nothing
// that counts.
type memo struct {
	Mark   string  `json:"mark"`
	Answer *answer `json:"answer,omitempty"`
	Void   bool    `json:"void,omitempty"`
}

// repeats makes repeatable requests happen once.
type repeats struct {
	results Results
	now     func() time.Time
	log     *zap.Logger

	mu      sync.Mutex
	running map[string]*turn
}

// turn is a request under way; done is closed when it is over.
type turn struct {
	mark string
	done chan struct{}
}

// repetition names a request that can be repeated.
type repetition struct {
	key  string
	mark string
	sent time.Time
	// begun has the request noted before it runs: after a crash in between,
	// a second one is not made.
	begun bool
	// room says why it cannot run now, if it cannot; nil is that it can. It is
	// asked before anything is noted, and not for what has run already.
	room func() error
}

// repetitionOf reads the headers. ok is false where there are none.
func repetitionOf(r *http.Request, caller string, body []byte) (repetition, bool, error) {
	id, sent := r.Header.Get(headerRepeatID), r.Header.Get(headerFirstSent)
	switch {
	case id == "" && sent == "":
		return repetition{}, false, nil
	case sent == "":
		return repetition{}, false, &mistake{headerFirstSent, "it must come with " + headerRepeatID}
	case id == "":
		return repetition{}, false, &mistake{headerRepeatID, "it must come with " + headerFirstSent}
	}
	parsed, err := uuid.Parse(id)
	if err != nil {
		return repetition{}, false, &mistake{headerRepeatID, "it must be a UUID"}
	}
	at, err := http.ParseTime(sent)
	if err != nil {
		return repetition{}, false, &mistake{headerFirstSent, "it must be a date as in RFC 9110 section 5.6.7"}
	}
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%s\n%s\n", r.Method, requestTarget(r)) // a hash takes everything
	h.Write(body)
	mark := base64.RawStdEncoding.EncodeToString(h.Sum(nil))
	return repetition{key: caller + "/" + parsed.String(), mark: mark, sent: at}, true, nil
}

// once runs the request unless it has run already; then it gives the answer of
// that time. While the first is under way the second waits for it.
func (p *repeats) once(ctx context.Context, rep repetition, run func(context.Context) answer) (answer, error) {
	for {
		t, mine := p.enter(rep)
		if t.mark != rep.mark {
			return answer{}, &mistake{headerRepeatID, "it was used for another request"}
		}
		if mine {
			defer p.leave(rep.key, t)
			return p.first(ctx, rep, run)
		}
		select {
		case <-t.done:
		case <-ctx.Done():
			return answer{}, ctx.Err()
		}
	}
}

// enter returns the turn of the request, and whether it is the caller's.
func (p *repeats) enter(rep repetition) (*turn, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t := p.running[rep.key]; t != nil {
		return t, false
	}
	t := &turn{rep.mark, make(chan struct{})}
	p.running[rep.key] = t
	return t, true
}

func (p *repeats) leave(key string, t *turn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.running, key)
	close(t.done)
}

// first answers from what is kept, or runs the request and keeps its answer.
func (p *repeats) first(ctx context.Context, rep repetition, run func(context.Context) answer) (answer, error) {
	kept, err := p.recall(ctx, rep)
	switch {
	case err != nil:
		return answer{}, err
	case kept != nil:
		return *kept, nil
	case rep.room != nil:
		if err := rep.room(); err != nil {
			return answer{}, err
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if rep.begun {
		if err := p.remember(ctx, rep.key, memo{Mark: rep.mark}); err != nil {
			return answer{}, err
		}
	}
	a := run(ctx)
	note := rep.ended(ctx, a)
	if note.Void && !rep.begun {
		return a, nil
	}
	if err := p.remember(context.WithoutCancel(ctx), rep.key, note); err != nil {
		p.log.Error("the result of a repeatable request is not kept", zap.Error(err))
	}
	return a, nil
}

// ended is what is kept of a request that ran within ctx. What was given up when
// that had passed may still be done: it has no answer that counts.
func (rep repetition) ended(ctx context.Context, a answer) memo {
	switch {
	case !passing(a):
		return memo{Mark: rep.mark, Answer: &a}
	case ctx.Err() != nil:
		return memo{Mark: rep.mark}
	default:
		return memo{Mark: rep.mark, Void: true}
	}
}

// passing answers are those after which SDKs try again, and should.
func passing(a answer) bool {
	return a.Status >= 500 || a.Status == http.StatusTooManyRequests
}

// recall returns the answer that is kept, or nil if the request is to run.
func (p *repeats) recall(ctx context.Context, rep repetition) (*answer, error) {
	data, found, err := p.results.Recall(ctx, rep.key)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errStore, err)
	}
	if !found {
		if p.now().Sub(rep.sent) > retention {
			return nil, errTooOld
		}
		return nil, nil
	}
	var m memo
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("%w: %w", errStore, err)
	}
	switch {
	case m.Mark != rep.mark:
		return nil, &mistake{headerRepeatID, "it was used for another request"}
	case m.Void:
		return nil, nil
	case m.Answer == nil:
		return nil, errInterrupted
	}
	return m.Answer, nil
}

func (p *repeats) remember(ctx context.Context, key string, m memo) error {
	data, err := json.Marshal(m)
	if err == nil {
		err = p.results.Remember(ctx, key, data, retention)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errStore, err)
	}
	return nil
}
