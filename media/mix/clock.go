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
	// ones; zero is 4. Taps have no limit.
	Speakers int
	// CatchUp is how many ticks that are late are made up for, one after the
	// other with 2 ms between them; what is later than that is left out. Zero
	// is 3.
	CatchUp int
	// Alarm wakes the clock when it is time, and is closed with it. Nil is a timer
	// of Go's own, as virtual time needs it.
	Alarm Alarm
	// Manual has the clock tick only when Step is called, and not by itself: for
	// a run that is to be repeatable.
	Manual bool
	// Broken is told of a port that panicked and was taken out. It is called
	// within the tick: it may not block or call the bridge. Nil is nobody.
	Broken func(id string, cause error)
	// Fetch is called before each round of ticks, so that what is to be heard in
	// them can be taken from where it waits. It may not block. Nil is nothing.
	Fetch func()
	// Flush is called by a worker after each tick of a bridge in which somebody
	// was handed something to send or to hear. It may not block. Nil is nothing.
	Flush func()
}

func (c Config) withDefaults() Config {
	if c.Workers <= 0 {
		c.Workers = runtime.GOMAXPROCS(0)
	}
	if c.Speakers <= 0 {
		c.Speakers = 4
	}
	if c.CatchUp <= 0 {
		c.CatchUp = 3
	}
	if c.Alarm == nil {
		c.Alarm = newTimer()
	}
	return c
}

// Clock ticks every bridge that has somebody or something on it, each 20 ms,
// all from one timeline whose deadlines are absolute. Where there are many they
// take turns: each has its slot of 2 ms, so that the work is even. While there
// is no bridge it sleeps.
type Clock struct {
	cfg      Config
	counters counters
	pool     *pool
	silent   *media.Frame // what is heard when nothing is; nobody writes to it

	begin  chan struct{} // one for each helper that is to take part; closed with the last round
	own    sync.WaitGroup
	ahead  sync.WaitGroup // the goroutines of playbacks
	part   sync.WaitGroup // helpers at work in this round
	round  []*Bridge      // what is ticked in this round
	due    time.Time      // when it was due
	count  int64          // its tick
	cursor atomic.Int64   // the next of round that nobody has taken

	mu     sync.Mutex
	closed bool
	slots  [slots]slot
}

// NewClock starts a clock. Close stops it.
func NewClock(cfg Config) *Clock {
	c := &Clock{
		cfg:    cfg.withDefaults(),
		silent: media.NewFrame(media.Rate),
	}
	c.pool = newPool(c.cfg.Encoders)
	start := time.Now()
	for i := range c.slots {
		c.slots[i].start = start.Add(time.Duration(i) * slotLength)
		c.slots[i].catchUp = int64(c.cfg.CatchUp)
	}
	c.begin = make(chan struct{}, c.cfg.Workers)
	if c.cfg.Manual {
		return c
	}
	c.own.Go(func() {
		c.run()
		_ = c.cfg.Alarm.Close() // nobody waits for it any more
	})
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
	for i := range c.slots {
		s.Bridges += int64(len(c.slots[i].bridges))
	}
	return s
}

// Close stops the clock, then closes every bridge that has somebody on it, and
// waits until the sources that were being played have been let go of, or ctx
// ends.
func (c *Clock) Close(ctx context.Context) error {
	c.mu.Lock()
	if !c.closed {
		c.closed = true
		c.cfg.Alarm.Ring()
	}
	var left []*Bridge
	for i := range c.slots {
		left = append(left, c.slots[i].bridges...)
	}
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

// run makes the rounds, one of each slot in which there is somebody. It takes
// part in each itself; helpers join where there is work for them.
func (c *Clock) run() {
	defer close(c.begin)
	for !c.over() {
		s, due := c.next()
		if s == nil {
			c.cfg.Alarm.Wait(-1)
			continue
		}
		if wait := time.Until(due); wait > 0 {
			c.cfg.Alarm.Wait(wait) // somebody may come meanwhile, to an earlier slot
			continue
		}
		c.tick(s)
	}
}

func (c *Clock) over() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

// tick makes one round: every bridge of the slot, each by one worker.
func (c *Clock) tick(s *slot) {
	now := time.Now()
	c.mu.Lock()
	c.round = append(c.round[:0], s.bridges...)
	due, count, skipped := s.turn(now)
	helpers := min(c.cfg.Workers, len(c.round), 1+int(s.took/worthHelp)) - 1
	c.mu.Unlock()
	c.due, c.count = due, count
	c.counters.skipped.Add(skipped * int64(len(c.round)))
	c.cursor.Store(0)
	if c.cfg.Fetch != nil {
		c.cfg.Fetch()
	}
	for range helpers {
		c.part.Add(1)
		c.begin <- struct{}{}
	}
	c.work()
	c.part.Wait()
	clear(c.round)
	s.last = time.Now()
	s.took = s.last.Sub(now) * time.Duration(helpers+1)
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
		c.counters.late(time.Since(c.due))
		c.round[i].tick(c.count)
	}
}

// start has b ticked from now on. It reports false once the clock is closed.
// Only b calls it, holding its lock, and only while it is not ticked.
func (c *Clock) start(b *Bridge) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.roomiest().add(b, time.Now())
	c.cfg.Alarm.Ring()
	return true
}

// stop undoes start.
func (c *Clock) stop(b *Bridge) {
	c.mu.Lock()
	defer c.mu.Unlock()
	b.place.slot.remove(b)
}
