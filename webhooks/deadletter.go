package webhooks

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/call/journal"
)

// ErrUnknown means that no dead letter or subscription has that name.
var ErrUnknown = errors.New("no such letter or subscription")

// ErrUndelivered means that a redelivery was not acknowledged.
var ErrUndelivered = errors.New("not acknowledged")

// The states of a letter.
const (
	letterDead        = "dead"        // given up
	letterUnconfirmed = "unconfirmed" // sent whole, never answered
	letterGone        = "gone"        // the destination answered 410
)

// DeadLetter is an event that could not be told, or of which it is not known.
type DeadLetter struct {
	// ID names the letter.
	ID string `json:"id"`
	// State is "dead", "unconfirmed" or "gone".
	State string `json:"state"`
	// Reason says what happened last.
	Reason string `json:"reason,omitempty"`
	// Destination is where it was to be told, Subscription under which one if
	// it is a resource event.
	Destination  string `json:"destination"`
	Subscription string `json:"subscription,omitempty"`
	// EventID and the others say which event it is.
	EventID    string `json:"eventId,omitempty"`
	Type       string `json:"type,omitempty"`
	Call       string `json:"serverCallId"`
	Connection string `json:"callConnectionId,omitempty"`
	Sequence   uint64 `json:"sequence,omitempty"`
	// Since is when it was given up.
	Since time.Time `json:"since"`
	// Shard and Position are where it stands in the log.
	Shard    int    `json:"shard"`
	Position uint64 `json:"position"`
}

// letter is a dead letter as it is kept: with its event, which the log may let go
// of before. There is none where it was not at hand.
type letter struct {
	DeadLetter
	Record *call.Record `json:"record,omitempty"`
}

func (l letter) put(ctx context.Context, to *journal.Bucket, ttl time.Duration) error {
	data, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("dead letter: %w", err)
	}
	return to.PutFor(ctx, l.ID, data, ttl)
}

// write lists an event with the next flush.
func (t *Teller) write(q *queue, position uint64, r *call.Record, state, reason string) {
	l := letter{DeadLetter{
		State: state, Reason: reason, Destination: q.uri, Subscription: q.subscription, Call: q.call,
		Connection: q.connection, Since: t.cfg.Now().UTC(), Shard: q.shard, Position: position,
	}, r}
	if r != nil {
		l.EventID, l.Type, l.Sequence = r.ID, r.Type, r.Sequence
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d/%d/%s/%s", q.shard, position, q.owner, q.dest))
	l.ID = hex.EncodeToString(sum[:16])
	t.letter = append(t.letter, l)
	t.counts.letters.WithLabelValues(state).Inc()
}

// DeadLetters lists what could not be told, the oldest first.
func (t *Teller) DeadLetters(ctx context.Context) ([]DeadLetter, error) {
	var letters []DeadLetter
	err := t.letters.Each(ctx, func(_ string, data []byte) error {
		var l DeadLetter
		if err := json.Unmarshal(data, &l); err != nil {
			return err
		}
		letters = append(letters, l)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("dead letters: %w", err)
	}
	slices.SortFunc(letters, func(a, b DeadLetter) int { return a.place().compare(b.place()) })
	return letters, nil
}

// Redeliver tells a dead letter once more, under the same event id, and strikes
// it off the list if it is acknowledged. ErrUndelivered if it is not.
func (t *Teller) Redeliver(ctx context.Context, id string) error {
	data, ok, err := t.letters.Get(ctx, id)
	if err != nil {
		return fmt.Errorf("redeliver: %w", err)
	}
	if !ok {
		return fmt.Errorf("redeliver %s: %w", id, ErrUnknown)
	}
	var l letter
	if err := json.Unmarshal(data, &l); err != nil {
		return fmt.Errorf("redeliver: %w", err)
	}
	if err := t.again(ctx, l); err != nil {
		return fmt.Errorf("redeliver %s: %w", id, err)
	}
	return t.letters.Delete(ctx, id)
}

// again posts the event of a letter.
func (t *Teller) again(ctx context.Context, l letter) error {
	if l.Record == nil {
		e, err := t.cfg.Journal.At(ctx, l.Shard, l.Position)
		if err != nil {
			return err
		}
		l.Record = &e.Record
	}
	to, err := parseTarget(l.Destination)
	if err != nil {
		return err
	}
	m := message{kind: callback, target: to}
	if l.Subscription != "" {
		s, ok := t.subscribe.get(l.Subscription)
		if !ok {
			return fmt.Errorf("subscription %s: %w", l.Subscription, ErrUnknown)
		}
		if m.target, err = parseTarget(s.Endpoint); err != nil {
			return err
		}
		m.kind, m.subscription = resource, s
	}
	ctx, cancel := context.WithTimeout(ctx, t.cfg.Limit)
	defer cancel()
	req, err := t.request(ctx, m, *l.Record)
	if err != nil {
		return err
	}
	answer, err := t.cfg.HTTP.Do(req)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUndelivered, bare(err))
	}
	defer answer.Body.Close() //nolint:errcheck // nothing is lost
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("%w: %s", ErrUndelivered, answer.Status)
	}
	return nil
}
