package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
)

// fetchBytes limits how much one reading brings at once.
const fetchBytes = 4 << 20

// query says which messages of a stream are wanted: those from a sequence, or
// from a time, under a subject if one is named.
type query struct {
	from    uint64
	since   time.Time
	subject string
	limit   int
}

// stored is a message read back.
type stored struct {
	sequence uint64
	subject  string
	data     []byte
}

// request is a direct get of a batch, as the store's API spells it.
type request struct {
	Seq     uint64     `json:"seq,omitempty"`
	Since   *time.Time `json:"start_time,omitempty"`
	Subject string     `json:"next_by_subj,omitempty"`
	Batch   int        `json:"batch"`
	Bytes   int        `json:"max_bytes"`
}

var errCut = errors.New("the store sent less than it promised")

// fetch reads messages straight from the stream, without a consumer. It
// reports how many more match.
func (s *store) fetch(ctx context.Context, q query, each func(stored) error) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*patience)
	defer cancel()
	body, err := json.Marshal(q.request())
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", s.name, err)
	}
	inbox := s.nc.NewInbox()
	sub, err := s.nc.SubscribeSync(inbox)
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", s.name, err)
	}
	defer sub.Unsubscribe() //nolint:errcheck // fails only without a connection
	if err := s.nc.PublishRequest("$JS.API.DIRECT.GET."+s.name, inbox, body); err != nil {
		return 0, fmt.Errorf("read %s: %w", s.name, err)
	}
	for {
		m, err := sub.NextMsgWithContext(ctx)
		if err != nil {
			return 0, fmt.Errorf("read %s: %w", s.name, err)
		}
		switch status := m.Header.Get("Status"); status {
		case "":
			got, err := arrived(m)
			if err != nil {
				return 0, fmt.Errorf("read %s: %w", s.name, err)
			}
			if err := each(got); err != nil {
				return 0, err
			}
		case "204": // the end of the batch
			return strconv.ParseUint(m.Header.Get("Nats-Num-Pending"), 10, 64)
		case "404": // nothing matches
			return 0, nil
		default:
			return 0, fmt.Errorf("read %s: %w: status %s", s.name, errRefused, status)
		}
	}
}

func (q query) request() request {
	r := request{Subject: q.subject, Batch: q.limit, Bytes: fetchBytes}
	if q.since.IsZero() {
		r.Seq = max(q.from, 1)
		return r
	}
	since := q.since.UTC()
	r.Since = &since
	return r
}

func arrived(m *nats.Msg) (stored, error) {
	sequence, err := strconv.ParseUint(m.Header.Get("Nats-Sequence"), 10, 64)
	if err != nil {
		return stored{}, fmt.Errorf("%w: no sequence", errCut)
	}
	return stored{sequence, m.Header.Get("Nats-Subject"), m.Data}, nil
}

// all reads everything that matches, page by page of q.limit, up to and with the
// last sequence given.
func (s *store) all(ctx context.Context, q query, last uint64, each func(stored) error) error {
	for q.from <= last {
		read := false
		more, err := s.fetch(ctx, q, func(m stored) error {
			if read, q.from = true, m.sequence+1; m.sequence > last {
				return nil
			}
			return each(m)
		})
		if err != nil {
			return err
		}
		if !read || more == 0 {
			return nil
		}
	}
	return nil
}
