package call_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media"
)

// slow is a journal that takes a second for a commit without records.
type slow struct{ call.Journal }

func (s slow) Append(id string, records []call.Record, done func(error)) {
	if len(records) > 0 {
		s.Journal.Append(id, records, done)
		return
	}
	time.AfterFunc(time.Second, func() { s.Journal.Append(id, nil, done) })
}

func TestAVoiceThatIsGivenUpOnASlowDiskDoesNotStay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, func(cfg *call.Config) { cfg.Journal = slow{cfg.Journal} }, alice, app)
		_, cn := h.answered()
		spoke := make(chan error, 2)
		speak := func(patience time.Duration) call.Operation {
			return call.Operation{Name: "voice", Beside: true, Run: func(ctx context.Context, s *call.Stage) call.Event {
				ctx, cancel := context.WithTimeout(ctx, patience)
				defer cancel()
				hush, err := s.Speak(ctx, media.NewPair())
				spoke <- err
				if err == nil {
					hush()
				}
				return done{"spoke"}
			}}
		}
		h.want(cn.Start(h.Context(), speak(time.Millisecond)), nil)
		if err := <-spoke; !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the impatient one: %v", err)
		}
		h.pass(10 * time.Second)
		h.want(cn.Start(h.Context(), speak(time.Minute)), nil)
		h.want(<-spoke, nil)
		h.want(h.Close(h.Context()), nil)
	})
}
