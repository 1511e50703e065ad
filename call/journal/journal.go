package journal

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"github.com/botd-dev/botd/call"
)

// Journal is the log. It fits call.Journal.
type Journal struct {
	cfg      Config
	js       jetstream.JetStream
	shards   []*shard
	taps     taps
	watchers watchers
	full     atomic.Bool
	grown    atomic.Uint64 // bytes, since the log was last measured
	keep     atomic.Pointer[func(shard int) uint64]
	results  *Bucket

	revival sync.Mutex
	revived time.Time // guarded by revival

	stop    context.CancelFunc
	writers sync.WaitGroup
	keeper  sync.WaitGroup
}

var _ call.Journal = (*Journal)(nil)

func (c Config) withDefaults() Config {
	c.Name = cmp.Or(c.Name, "botd")
	c.Shards = cmp.Or(c.Shards, 16)
	c.Replicas = cmp.Or(c.Replicas, 1)
	c.Retention = cmp.Or(c.Retention, 7*24*time.Hour)
	c.MaxBytes = cmp.Or(c.MaxBytes, 10<<30)
	c.Reserve = cmp.Or(c.Reserve, 0.05)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.NewID == nil {
		c.NewID = uuid.NewString
	}
	if c.Log == nil {
		c.Log = zap.NewNop()
	}
	return c
}

// Open opens the log, closes every connection that the last process left open,
// and is then ready to be appended to.
func Open(ctx context.Context, cfg Config) (*Journal, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	js, err := jetstream.New(cfg.Conn, jetstream.WithDefaultTimeout(5*time.Second))
	if err != nil {
		return nil, fmt.Errorf("open the log: %w", err)
	}
	j := &Journal{cfg: cfg.withDefaults(), js: js}
	if err := j.open(ctx); err != nil {
		for _, s := range j.shards {
			s.store.close()
		}
		return nil, fmt.Errorf("open the log: %w", err)
	}
	j.start()
	return j, nil
}

// open makes the streams, reads what is open and closes it.
func (j *Journal) open(ctx context.Context) error {
	if err := j.makeStreams(ctx); err != nil {
		return err
	}
	for n := range j.cfg.Shards {
		s, err := j.openShard(ctx, n)
		if err != nil {
			return err
		}
		j.shards = append(j.shards, s)
	}
	g, recovery := errgroup.WithContext(ctx)
	g.SetLimit(4)
	for _, s := range j.shards {
		g.Go(func() error { return s.recover(recovery) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return j.openResults(ctx)
}

func (j *Journal) openShard(ctx context.Context, n int) (*shard, error) {
	st, err := openStore(ctx, j.cfg.Conn, j.stream(n))
	if err != nil {
		return nil, err
	}
	s := &shard{journal: j, number: n, prefix: j.prefix(n), store: st, index: newIndex(), wake: make(chan struct{}, 1)}
	s.head.Store(st.last)
	return s, nil
}

// start runs the writers and the one who keeps the log in its limits.
func (j *Journal) start() {
	ctx, stop := context.WithCancel(context.Background())
	j.stop = stop
	for _, s := range j.shards {
		j.writers.Go(func() { s.run(ctx) })
	}
	j.keeper.Go(func() { j.housekeeping(ctx) })
}

// Append fits call.Journal: it queues the records of one turn of a call and
// returns at once.
func (j *Journal) Append(callID string, records []call.Record, done func(error)) {
	t := turn{call: callID, records: records, done: done, at: j.cfg.Now()}
	if !j.shard(callID).push(t) && done != nil {
		done(ErrClosed)
	}
}

func (j *Journal) shard(callID string) *shard { return j.shards[shardOf(callID, len(j.shards))] }

// Shards is the number of parts the log has.
func (j *Journal) Shards() int { return len(j.shards) }

// Head is the position of the newest durable record of a shard. Those who tap
// the log may not have been handed it yet.
func (j *Journal) Head(shard int) uint64 { return j.shards[shard].head.Load() }

// Close writes what is queued and lets go of the log. What is not durable when
// ctx ends is answered with ErrClosed.
func (j *Journal) Close(ctx context.Context) error {
	for _, s := range j.shards {
		s.close()
	}
	written := make(chan struct{})
	go func() { j.writers.Wait(); close(written) }()
	var err error
	select {
	case <-written:
		for _, s := range j.shards {
			s.checkpoint(ctx)
		}
	case <-ctx.Done():
		err = fmt.Errorf("close the log: %w", ctx.Err())
	}
	j.stop()
	<-written
	j.keeper.Wait()
	for _, s := range j.shards {
		s.store.close()
	}
	return err
}
