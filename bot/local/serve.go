package local

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/identity"
)

const (
	// maxTries is how often a bot may crash within tryWindow and be called again.
	maxTries  = 3
	tryWindow = time.Minute
	// tryPause is how much longer each time it waits before.
	tryPause = time.Second
	// awaitBot is how long a call waits for a process with its bot.
	awaitBot = 30 * time.Second
)

// finder finds who does a bot's part, be it that they have to be waited for.
type finder func(ctx context.Context) (bot.Runner, error)

// serve has a bot do its part until it has left the call. One that crashes is
// called again, a few times.
func (b *Bots) serve(w way, find finder) {
	in := w.incoming()
	log := b.cfg.Log.With(zap.String("bot", string(in.To)), zap.String("serverCallId", in.ServerCallID))
	s := newSeat(b.cfg, w)
	defer s.close()
	ctx, cancel := context.WithCancel(b.life)
	defer cancel()
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		s.watch(ctx, cancel)
	}()
	err := s.attend(ctx, log, find)
	if !s.hasLeft() { // a bot of ours hangs up when it returns; one elsewhere may not
		if _, left := s.Do(context.WithoutCancel(ctx), bot.HangUp{}); !errors.Is(left, bot.ErrEnded) {
			err = errors.Join(err, left)
		}
	}
	cancel()
	<-watched
	if err != nil && !overWith(err) {
		log.Warn("bot returned an error", zap.Error(err))
	}
}

// overWith says that an error is no more than the end of the call, or of what
// played or asked when it came.
func overWith(err error) bool {
	return !hasCrashed(err) && (errors.Is(err, bot.ErrEnded) || errors.Is(err, bot.ErrCanceled) || errors.Is(err, context.Canceled))
}

// hasCrashed says that nobody does the bot's part any more.
func hasCrashed(err error) bool {
	return errors.Is(err, bot.ErrPanicked) || errors.Is(err, bot.ErrGone)
}

// attend runs the bot, again and again if it crashes, until it has left the call
// or may not be tried once more. The error is that of the last run.
func (s *seat) attend(ctx context.Context, log *zap.Logger, find finder) error {
	var tries tries
	for {
		err := s.run(ctx, find)
		if !hasCrashed(err) || ctx.Err() != nil || s.hasLeft() {
			return err
		}
		try, last := tries.add(time.Now())
		s.tell(crashed{Bot: string(s.way.incoming().To), Why: cause(err), Try: try, Last: last})
		if last {
			return err
		}
		log.Warn("bot crashed, and is called again", zap.Int("try", try), zap.Error(err))
		s.gap.begin()
		s.again(try)
		if !s.pause(ctx, time.Duration(try-1)*tryPause) {
			return bot.ErrEnded
		}
	}
}

// run finds who does the bot's part and has them do it.
func (s *seat) run(ctx context.Context, find finder) error {
	waiting, cancel := s.whileThere(ctx)
	defer cancel()
	runner, err := find(waiting)
	switch {
	case err == nil:
		return runner(ctx, s)
	case s.hasLeft():
		return bot.ErrEnded
	}
	return errors.Join(bot.ErrGone, err)
}

// again readies the seat for another run: what the one before still holds is
// dead.
func (s *seat) again(try int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.past.handing++
	s.past.try = try
}

// pause waits, and says whether the bot is still wanted then.
func (s *seat) pause(ctx context.Context, d time.Duration) bool {
	ctx, cancel := s.whileThere(ctx)
	defer cancel()
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// cause says in a word why a bot is gone.
func cause(err error) string {
	if errors.Is(err, bot.ErrPanicked) {
		return "panicked"
	}
	return "gone"
}

// tries count crashes.
type tries []time.Time

// add counts one and says which it is within the window, and whether it was one
// too many.
func (t *tries) add(now time.Time) (try int, last bool) {
	recent := (*t)[:0]
	for _, at := range *t {
		if now.Sub(at) < tryWindow {
			recent = append(recent, at)
		}
	}
	*t = append(recent, now)
	return len(*t), len(*t) > maxTries
}

// here finds a handler of this process.
func here(h bot.Handler) finder {
	return func(context.Context) (bot.Runner, error) { return h.Run, nil }
}

// elsewhere finds a process that has the bot, and waits for one.
func elsewhere(e Elsewhere, name identity.ID) finder {
	return func(ctx context.Context) (bot.Runner, error) {
		ctx, cancel := context.WithTimeout(ctx, awaitBot)
		defer cancel()
		return e.Await(ctx, name)
	}
}
