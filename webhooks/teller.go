package webhooks

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/botd-dev/botd/call/journal"
)

// ErrClosed means that nothing is told any more.
var ErrClosed = errors.New("telling has ended")

// Teller tells what happened. One goroutine owns its state; a goroutine a shard
// reads the log, one writes the ledger, and each attempt has its own while it
// lasts. What owes nothing costs nothing.
type Teller struct {
	cfg       Config
	counts    *counts
	ledger    *ledger
	letters   *journal.Bucket
	subscribe *subscriptions
	feeders   []*feeder
	absences  *absences
	// needed is, for each shard, the oldest position that is not told.
	needed []atomic.Uint64

	inbox    chan func()
	done     chan struct{} // closed when the loop has returned
	attempts sync.WaitGroup
	// life ends the attempts.
	life context.Context //nolint:containedctx // of the attempts, which outlive no loop
	cut  context.CancelFunc

	// Below here, loop only.
	clock     *timers
	queues    map[key]*queue
	endpoints map[string]*endpoint
	owners    map[string]map[*queue]struct{} // the queues of a connection
	held      map[string]struct{}            // connections waiting to be released
	released  map[string]struct{}            // before they were known
	dirty     map[*queue]struct{}
	letter    []letter // to be written with the next flush
	flushing  bool
	armed     bool // a flush has been set
	fed       []uint64
	floors    []uint64
	moved     bool // a floor may rise
	looking   bool // for applications that stay away
	bodies    int
	filling   int      // queues that read the log
	unfilled  []*queue // that wait to
	loose     int      // events that are told, but not durably so
	unsaid    []*queue // that wait until fewer are
	weeds     []*queue // that may be owed what is too old
	weeding   bool
	draining  bool
	drained   chan struct{}
}

// New makes a teller that goes on where the last one ended.
func New(ctx context.Context, cfg Config) (*Teller, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	t := &Teller{
		cfg: cfg.withDefaults(), inbox: make(chan func()), done: make(chan struct{}), clock: newTimers(),
		queues: make(map[key]*queue), endpoints: make(map[string]*endpoint), owners: make(map[string]map[*queue]struct{}),
		held: make(map[string]struct{}), released: make(map[string]struct{}), dirty: make(map[*queue]struct{}),
		drained: make(chan struct{}), needed: make([]atomic.Uint64, cfg.Journal.Shards()), absences: newAbsences(cfg.Away),
	}
	t.life, t.cut = context.WithCancel(context.Background())
	t.counts = newCounts(t.cfg.Registerer)
	if err := t.load(ctx); err != nil {
		t.cut()
		return nil, fmt.Errorf("webhooks: %w", err)
	}
	cfg.Journal.Keep(func(shard int) uint64 { return t.needed[shard].Load() })
	return t, nil
}

// Run tells until ctx ends, which cuts what is under way, or until Close has
// drained it. It returns when everything it started has ended.
func (t *Teller) Run(ctx context.Context) error {
	var readers sync.WaitGroup
	reading, stop := context.WithCancel(ctx)
	for _, f := range t.feeders {
		readers.Go(func() { f.run(reading) })
	}
	readers.Go(func() { t.absences.run(reading) })
	t.loop(ctx)
	stop()
	t.cut()
	t.finish(&readers)
	return t.end(context.WithoutCancel(ctx))
}

// loop owns the state until it is over.
func (t *Teller) loop(ctx context.Context) {
	t.clock.in(sweepEvery, t.sweep)
	for {
		select {
		case f := <-t.inbox:
			f()
		case <-t.clock.timer.C:
			t.clock.run()
		case <-t.drained:
			return
		case <-ctx.Done():
			return
		}
		t.rest()
	}
}

// finish takes in what attempts and readers still report, until all have ended.
func (t *Teller) finish(readers *sync.WaitGroup) {
	t.draining = true
	ended := make(chan struct{})
	go func() {
		readers.Wait()
		t.attempts.Wait()
		close(ended)
	}()
	for {
		select {
		case f := <-t.inbox:
			f()
		case <-ended:
			close(t.done)
			return
		}
	}
}

// end writes down how far it came.
func (t *Teller) end(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	t.raise()
	err := t.flushNow(ctx)
	t.ledger.log.Close()
	for _, f := range t.feeders {
		f.stop()
	}
	return err
}

// do runs f in the loop; false if the loop has ended.
func (t *Teller) do(f func()) bool {
	select {
	case t.inbox <- f:
		return true
	case <-t.done:
		return false
	}
}

// ask runs f in the loop and waits until it has run.
func (t *Teller) ask(ctx context.Context, f func()) error {
	ran := make(chan struct{})
	select {
	case t.inbox <- func() { f(); close(ran) }:
	case <-t.done:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	<-ran
	return nil
}

// Close waits until all that can be told has been told, up to the end of the
// log as it is now, and then ends Run. Endpoints in back-off are not waited
// for. If ctx ends first, what is under way is cut.
func (t *Teller) Close(ctx context.Context) error {
	err := t.ask(ctx, func() {
		t.draining = true
		for conn := range t.held {
			t.release(conn)
		}
		t.rest()
	})
	if errors.Is(err, ErrClosed) {
		return nil
	}
	select {
	case <-t.drained:
	case <-t.done:
	case <-ctx.Done():
		err = fmt.Errorf("close the webhooks: %w", ctx.Err())
		t.do(t.drainOver)
	}
	<-t.done
	return err
}

// rest looks, after every step, whether draining is over.
func (t *Teller) rest() {
	if !t.draining {
		return
	}
	for _, f := range t.feeders {
		if t.fed[f.shard] < f.head() {
			return
		}
	}
	for _, q := range t.queues {
		if q.busy || q.ready() || q.waiting && q.pending() && !t.barred(q) {
			return
		}
	}
	t.drainOver()
}

// barred reports whether a waiting queue waits for a sick endpoint.
func (t *Teller) barred(q *queue) bool {
	g := q.endpoint.paths[q.target.path]
	return q.endpoint.gate.shut() || g != nil && g.shut()
}

func (t *Teller) drainOver() {
	select {
	case <-t.drained:
	default:
		close(t.drained)
	}
}
