package journal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nuid"
)

const (
	// patience is how long one try to write may take.
	patience = 2 * time.Second
	// batchMessages and batchBytes limit what is in flight. The store takes at
	// most 1,000 messages in an atomic batch.
	batchMessages = 500
	batchBytes    = 4 << 20
)

// message is what is written under a subject, and where it came to stand.
type message struct {
	subject string
	data    []byte
	at      uint64
}

// store is one stream with one writer: us. Every write names the sequence it
// expects to follow, so that a write whose answer was lost is never repeated
// unseen.
type store struct {
	nc   *nats.Conn
	name string
	// last is the sequence of the newest message. The writer's alone.
	last   uint64
	prices prices

	inbox string
	epoch uint64
	acks  chan *nats.Msg
	sub   *nats.Subscription
}

// openStore finds the end of a stream and makes ready to write there.
func openStore(ctx context.Context, nc *nats.Conn, name string) (*store, error) {
	s := &store{nc: nc, name: name, inbox: nats.NewInbox(), acks: make(chan *nats.Msg, 2*batchMessages)}
	sub, err := nc.ChanSubscribe(s.inbox+".*", s.acks)
	if err != nil {
		return nil, fmt.Errorf("subscribe to answers: %w", err)
	}
	s.sub = sub
	state, err := s.state(ctx, "")
	if err != nil {
		s.close()
		return nil, err
	}
	s.last = state.LastSeq
	return s, nil
}

func (s *store) close() { _ = s.sub.Unsubscribe() } // fails only without a connection

// append writes the messages once, in order, and returns how many of them are
// durable: all, or fewer with the reason. It does not try again.
func (s *store) append(ctx context.Context, messages []message) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	s.epoch++
	write, batched := s.singles, s.prices.batched(len(messages))
	if batched {
		write = s.batch
	}
	began := time.Now()
	n, err := write(ctx, messages)
	if err == nil {
		s.prices.paid(n, batched, time.Since(began))
	}
	return n, err
}

// singles sends messages one after another without waiting in between. Each
// expects the one before it, so after a failure none of the rest is taken.
func (s *store) singles(ctx context.Context, messages []message) (int, error) {
	for i, m := range messages {
		out := nats.NewMsg(m.subject)
		out.Data = m.data
		out.Reply = s.reply(i)
		out.Header.Set("Nats-Expected-Last-Sequence", strconv.FormatUint(s.last+uint64(i), 10)) //nolint:gosec // small
		if err := s.nc.PublishMsg(out); err != nil {
			return 0, fmt.Errorf("write to %s: %w", s.name, err)
		}
	}
	for i := range messages {
		if err := s.await(ctx, i); err != nil {
			return i, err
		}
		s.last++
		messages[i].at = s.last
	}
	return len(messages), nil
}

// batch sends messages as one atomic batch: all or none, with one sync.
func (s *store) batch(ctx context.Context, messages []message) (int, error) {
	id := nuid.Next()
	for i, m := range messages {
		out := nats.NewMsg(m.subject)
		out.Data = m.data
		out.Header.Set("Nats-Batch-Id", id)
		out.Header.Set("Nats-Batch-Sequence", strconv.Itoa(i+1))
		if i == 0 {
			out.Header.Set("Nats-Expected-Last-Sequence", strconv.FormatUint(s.last, 10))
		}
		if i == len(messages)-1 {
			out.Header.Set("Nats-Batch-Commit", "1")
			out.Reply = s.reply(i)
		}
		if err := s.nc.PublishMsg(out); err != nil {
			return 0, fmt.Errorf("write to %s: %w", s.name, err)
		}
	}
	if err := s.await(ctx, len(messages)-1); err != nil {
		return 0, err
	}
	for i := range messages {
		s.last++
		messages[i].at = s.last
	}
	return len(messages), nil
}

// reply is where the answer to message i of this try goes.
func (s *store) reply(i int) string {
	return s.inbox + "." + strconv.FormatUint(s.epoch, 36) + "-" + strconv.Itoa(i)
}

// await waits for the answer to message i of this try; those of earlier tries
// are late and mean nothing any more.
func (s *store) await(ctx context.Context, i int) error {
	want := s.reply(i)
	for {
		select {
		case m := <-s.acks:
			if m.Subject == want {
				return s.judge(m)
			}
		case <-ctx.Done():
			return fmt.Errorf("write to %s: %w", s.name, ctx.Err())
		}
	}
}

var errRefused = errors.New("the store refused")

// judge reads an answer of the store.
func (s *store) judge(m *nats.Msg) error {
	if status := m.Header.Get("Status"); status != "" {
		return fmt.Errorf("write to %s: %w: status %s", s.name, errRefused, status)
	}
	var answer struct {
		Error *struct {
			Code        int    `json:"err_code"`
			Description string `json:"description"`
		} `json:"error"`
	}
	if err := json.Unmarshal(m.Data, &answer); err != nil {
		return fmt.Errorf("write to %s: %w", s.name, err)
	}
	if answer.Error != nil {
		return fmt.Errorf("write to %s: %w: %d %s", s.name, errRefused, answer.Error.Code, answer.Error.Description)
	}
	return nil
}

// state is where a stream begins and ends, and what it holds.
type state struct {
	FirstSeq uint64            `json:"first_seq"`
	LastSeq  uint64            `json:"last_seq"`
	Bytes    uint64            `json:"bytes"`
	Messages uint64            `json:"messages"`
	Subjects map[string]uint64 `json:"subjects"`
}

// state asks the stream; with a filter it lists the subjects that match.
func (s *store) state(ctx context.Context, filter string) (state, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var request []byte
	if filter != "" {
		request = fmt.Appendf(nil, `{"subjects_filter":%q}`, filter)
	}
	m, err := s.nc.RequestWithContext(ctx, "$JS.API.STREAM.INFO."+s.name, request)
	if err != nil {
		return state{}, fmt.Errorf("state of %s: %w", s.name, err)
	}
	var answer struct {
		State state           `json:"state"`
		Error json.RawMessage `json:"error"`
	}
	if err := json.Unmarshal(m.Data, &answer); err != nil {
		return state{}, fmt.Errorf("state of %s: %w", s.name, err)
	}
	if answer.Error != nil {
		return state{}, fmt.Errorf("state of %s: %w: %s", s.name, errRefused, answer.Error)
	}
	return answer.State, nil
}

// settle finds out, after a write whose outcome is unknown, how many of the
// messages are in the stream, by reading its tail.
func (s *store) settle(ctx context.Context, messages []message) (int, error) {
	now, err := s.state(ctx, "")
	if err != nil {
		return 0, err
	}
	done := 0
	for s.last < now.LastSeq {
		last := s.last
		_, err := s.fetch(ctx, query{from: s.last + 1, limit: batchMessages}, func(m stored) error {
			if done < len(messages) && m.subject == messages[done].subject && bytes.Equal(m.data, messages[done].data) {
				messages[done].at = m.sequence
				done++
			}
			s.last = m.sequence
			return nil
		})
		if err != nil {
			return done, err
		}
		if s.last == last { // what is left of the tail was removed
			s.last = now.LastSeq
		}
	}
	return done, nil
}

// purge removes what came before the given sequence.
func (s *store) purge(ctx context.Context, before uint64) error {
	ctx, cancel := context.WithTimeout(ctx, 10*patience)
	defer cancel()
	m, err := s.nc.RequestWithContext(ctx, "$JS.API.STREAM.PURGE."+s.name, fmt.Appendf(nil, `{"seq":%d}`, before))
	if err != nil {
		return fmt.Errorf("shorten %s: %w", s.name, err)
	}
	return s.judge(m)
}
