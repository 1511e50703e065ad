package journal

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"
)

// reviveEvery is how long the store is left alone between two restarts.
const reviveEvery = 3 * time.Second

// revive restarts the store if it can be. Shards in the same trouble ask at
// once; one of them does it and the others wait.
func (j *Journal) revive(ctx context.Context) {
	if j.cfg.Reopen == nil {
		return
	}
	j.revival.Lock()
	defer j.revival.Unlock()
	if time.Since(j.revived) < reviveEvery {
		return
	}
	if err := j.cfg.Reopen(ctx); err != nil {
		j.cfg.Log.Error("the store cannot be opened again", zap.Error(err))
	}
	j.revived = time.Now()
}

// Probe writes a little and waits for it to be on the disk: the only way to
// know that the log can be written.
func (j *Journal) Probe(ctx context.Context) error {
	if _, err := j.js.Publish(ctx, j.cfg.Name+".check.probe", []byte("probe")); err != nil {
		return fmt.Errorf("probe the log: %w", err)
	}
	return nil
}
