package mix

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/botd-dev/botd/media"
)

// Config sets a Clock.
type Config struct {
	// Encoders makes the encoder of one stream in the given format. Nil means
	// that every port hears linear PCM only.
	Encoders func(media.Format) (media.Encoder, error)
	// Workers is how many bridges are ticked at the same time; zero is
	// GOMAXPROCS.
	Workers int
	// Speakers is how many ports of a bridge are heard at once, the loudest
	// ones; zero is 6.
	Speakers int
	// CatchUp is how many ticks that are late are made up for, one after the
	// other with 2 ms between them; what is later than that is left out. Zero
	// is 3.
	CatchUp int
	// Broken is told of a port that panicked and was taken out. It is called
	// within the tick: it may not block or call the bridge. Nil is nobody.
	Broken func(id string, cause error)
}

func (c Config) withDefaults() Config {
	if c.Workers <= 0 {
		c.Workers = runtime.GOMAXPROCS(0)
	}
	if c.Speakers <= 0 {
		c.Speakers = 6
	}
	if c.CatchUp <= 0 {
		c.CatchUp = 3
	}
	return c
}

// Clock ticks every bridge that has somebody or something on it, each 20 ms,
// all from one timeline whose deadlines are absolute. While there is no such
// bridge it sleeps.
type Clock struct {
	cfg      Config
	counters counters

	wake   chan struct{} // something is to be ticked
	quit   chan struct{}
	begin  chan struct{} // one for each helper that is to take part; closed with the last round
	own    sync.WaitGroup
	ahead  sync.WaitGroup // the goroutines of playbacks
	part   sync.WaitGroup // helpers at work in this round
	round  []*Bridge      // what is ticked in this round
	cursor atomic.Int64   // the next of round that nobody has taken

	mu      sync.Mutex
	closed  bool
	ticking []*Bridge
}

// NewClock starts a clock. Close stops it.
func NewClock(cfg Config) *Clock {
	c := &Clock{
		cfg:  cfg.withDefaults(),
		wake: make(chan struct{}, 1),
		quit: make(chan struct{}),
	}
	c.begin = make(chan struct{}, c.cfg.Workers)
	c.own.Go(c.run)
	for range c.cfg.Workers - 1 {
		c.own.Go(c.help)
	}
	return c
}

// Stats are the clock's counters as they are now.
func (c *Clock) Stats() Stats {
	s := c.counters.read()
	c.mu.Lock()
	defer c.mu.Unlock()
	s.Bridges = int64(len(c.ticking))
	return s
}

// Close stops the clock, then closes every bridge that has somebody on it, and
// waits until the sources that were being played have been let go of, or ctx
// ends.
func (c *Clock) Close(ctx context.Context) error {
	c.mu.Lock()
	if !c.closed {
		c.closed = true
		close(c.quit)
	}
	left := append([]*Bridge(nil), c.ticking...)
	c.mu.Unlock()
	c.own.Wait()
	for _, b := range left {
		b.Close()
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		c.ahead.Wait()
	}()
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// run makes the rounds. It takes part in each itself; helpers join where there
// is more than one bridge.
func (c *Clock) run() {
	defer close(c.begin)
	line := timeline{start: time.Now(), catchUp: int64(c.cfg.CatchUp)}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		if c.idle() {
			select {
			case <-c.wake:
				line.resume(time.Now())
				continue
			case <-c.quit:
				return
			}
		}
		due, skipped := line.next(time.Now())
		timer.Reset(pause(due))
		select {
		case <-timer.C:
		case <-c.quit:
			return
		}
		c.counters.late(time.Since(due), skipped)
		c.tick()
	}
}

// pause is how long to wait for a tick. Before one that is made up for there is
// a breath, in which a bot can answer what it heard in the tick before.
func pause(due time.Time) time.Duration {
	const breath = 2 * time.Millisecond
	if d := time.Until(due); d > 0 {
		return d
	}
	return breath
}

// tick makes one round: every bridge of the moment, each by one worker.
func (c *Clock) tick() {
	c.mu.Lock()
	c.round = append(c.round[:0], c.ticking...)
	c.mu.Unlock()
	helpers := min(c.cfg.Workers, len(c.round)) - 1
	c.cursor.Store(0)
	for range helpers {
		c.part.Add(1)
		c.begin <- struct{}{}
	}
	c.work()
	c.part.Wait()
	clear(c.round)
}

// help takes part in rounds until there are no more.
func (c *Clock) help() {
	for range c.begin {
		c.work()
		c.part.Done()
	}
}

// work ticks bridges until the round has none left.
func (c *Clock) work() {
	for {
		i := int(c.cursor.Add(1)) - 1
		if i >= len(c.round) {
			return
		}
		c.round[i].tick()
	}
}

func (c *Clock) idle() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.ticking) == 0
}

// start has b ticked from now on. It reports false once the clock is closed.
// Only b calls it, holding its lock, and only while it is not ticked.
func (c *Clock) start(b *Bridge) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	b.place = len(c.ticking)
	c.ticking = append(c.ticking, b)
	select {
	case c.wake <- struct{}{}:
	default:
	}
	return true
}

// stop undoes start.
func (c *Clock) stop(b *Bridge) {
	c.mu.Lock()
	defer c.mu.Unlock()
	last := len(c.ticking) - 1
	moved := c.ticking[last]
	c.ticking[b.place], moved.place = moved, b.place
	c.ticking[last] = nil
	c.ticking = c.ticking[:last]
}
