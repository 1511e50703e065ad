package journal

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"
)

// stream names the stream of a shard, prefix begins its subjects.
func (j *Journal) stream(n int) string { return fmt.Sprintf("%s_log_%d", j.cfg.Name, n) }
func (j *Journal) prefix(n int) string { return fmt.Sprintf("%s.log.%d.", j.cfg.Name, n) }
func (j *Journal) checks() string      { return j.cfg.Name + "_check" }

// makeStreams makes what does not exist yet. The streams never throw anything
// away by themselves: what may go is decided by housekeeping.
func (j *Journal) makeStreams(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(4)
	for n := range j.cfg.Shards {
		g.Go(func() error {
			return j.makeStream(ctx, jetstream.StreamConfig{
				Name:               j.stream(n),
				Subjects:           []string{j.prefix(n) + ">"},
				AllowAtomicPublish: true,
			})
		})
	}
	g.Go(func() error {
		return j.makeStream(ctx, jetstream.StreamConfig{
			Name:              j.checks(),
			Subjects:          []string{j.cfg.Name + ".check.>"},
			MaxMsgsPerSubject: 1,
		})
	})
	return g.Wait()
}

func (j *Journal) makeStream(ctx context.Context, cfg jetstream.StreamConfig) error {
	cfg.Storage = jetstream.FileStorage
	cfg.Retention = jetstream.LimitsPolicy
	cfg.Replicas = j.cfg.Replicas
	cfg.AllowDirect = true
	if cfg.MaxMsgsPerSubject == 0 {
		cfg.Discard = jetstream.DiscardNew
	}
	if _, err := j.js.CreateOrUpdateStream(ctx, cfg); err != nil {
		return fmt.Errorf("stream %s: %w", cfg.Name, err)
	}
	return nil
}
