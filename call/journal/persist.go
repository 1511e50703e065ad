package journal

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"
)

// persist tries until all messages are in the stream. After a try whose outcome
// is unknown it reads the tail before it goes on: nothing twice, nothing lost.
func (j *Journal) persist(ctx context.Context, to *store, messages []message) error {
	doubt := false
	for tries := 1; len(messages) > 0; {
		step := to.append
		if doubt {
			step = to.settle
		}
		n, err := step(ctx, messages)
		messages = messages[n:]
		doubt = err != nil
		if err == nil {
			continue
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%w: %w", ErrClosed, err)
		}
		j.trouble(ctx, to.name, tries, err)
		tries++
	}
	return nil
}

func (j *Journal) trouble(ctx context.Context, stream string, tries int, err error) {
	j.cfg.Log.Warn("the log cannot be written; it is tried again", zap.String("stream", stream), zap.Int("tries", tries), zap.Error(err))
	if j.cfg.Metrics.Failed != nil {
		j.cfg.Metrics.Failed(err)
	}
	if tries > 1 {
		j.revive(ctx)
	}
	pause(ctx, min(50*time.Millisecond<<min(tries, 5), time.Second))
}

// pause waits, or less if ctx ends.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
