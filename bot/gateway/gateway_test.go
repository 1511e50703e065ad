package gateway_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/remote"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
)

// diary is what a handler has seen.
type diary struct {
	mu    sync.Mutex
	lines []string
}

func (d *diary) add(format string, of ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, fmt.Sprintf(format, of...))
}

// means says what an error is, whatever it reads.
func means(err error) string {
	for _, is := range []error{
		bot.ErrEnded, bot.ErrCanceled, bot.ErrNoInput, bot.ErrInvalid, bot.ErrWrongState, bot.ErrNoParticipant,
		bot.ErrConflict, bot.ErrUnsupported, context.Canceled,
	} {
		if errors.Is(err, is) {
			return is.Error()
		}
	}
	return fmt.Sprint(err)
}

// thorough is a bot that tries most of what there is.
func thorough(d *diary) bot.Handler {
	return func(ctx context.Context, c *bot.Call) error {
		c.OnEvent(func(e bot.Event) {
			if e.Type != "botd.dominantspeakers.changed" {
				d.add("event %s", e.Type)
			}
		})
		d.add("from %s to %s resumed %v", c.From(), c.To(), c.Resumed())
		d.add("too early: %s", means(c.Say(ctx, "hello")))
		if err := c.Answer(ctx); err != nil {
			return err
		}
		d.add("again: %s", means(c.Answer(ctx)))
		d.add("id: %v", c.ID() != "")
		played, err := c.Perform(ctx, bot.Play{Prompts: bot.Saying("hello"), Yield: bot.YieldNever})
		d.add("say: %v %s", played, means(err))
		_, err = c.Ask(ctx, bot.Question{Keys: bot.Keys{Max: 1}, Silence: time.Second})
		d.add("ask: %s", means(err))
		_, err = c.Ask(ctx, bot.Question{Keys: bot.Keys{Stop: "x"}})
		d.add("ask for a key that is none: %s", means(err))
		d.add("mute: %s", means(c.Mute(ctx, alice)))
		people, err := c.Participants(ctx)
		d.add("people: %v %s", people, means(err))
		d.add("unmute: %s", means(c.Unmute(ctx, alice)))
		d.add("hold nobody: %s", means(c.Hold(ctx, "8:acs:r_nobody")))
		d.add("route: %s", means(c.Route(ctx, bot.Private{Who: []identity.ID{alice}})))
		d.add("save: %s", means(c.Save(ctx, map[string]int{"a": 1})))
		_, err = c.Ear(ctx, alice, 11025)
		d.add("ear at a wrong rate: %s", means(err))
		d.add("ear: %s", pitch(ctx, c))
		d.add("hang up: %s", means(c.HangUp(ctx)))
		d.add("after: %s", means(c.Say(context.WithoutCancel(ctx), "hello")))
		return nil
	}
}

// pitch listens to alice for a while and says how high she sounds.
func pitch(ctx context.Context, c *bot.Call) string {
	ear, err := c.Ear(ctx, alice, 16000)
	if err != nil {
		return err.Error()
	}
	defer ear.Close()
	var sound []int16
	f := media.NewFrame(16000)
	for len(sound) < 16000 {
		if err := ear.Read(f); err != nil {
			return err.Error()
		}
		if f.Rate != 16000 {
			return fmt.Sprintf("%d Hz", f.Rate)
		}
		sound = append(sound, f.Samples...)
	}
	hz, part := measure.Peak(sound[3200:], 16000)
	return fmt.Sprintf("around %.0f0 Hz, clear %v", hz/10, part > 0.9)
}

func TestTheSameHandlerSeesTheSameInsideAndElsewhere(t *testing.T) {
	var inside, outside diary
	var logs [2]string
	inWorld(t, map[identity.ID]bot.Handler{echo: thorough(&inside)}, func(w *world) {
		<-w.offer(440).why
		w.pass(time.Second)
		logs[0] = w.book.told()
	})
	inWorld(t, nil, func(w *world) {
		stop := w.process("good", remote.Bot("echo", thorough(&outside)))
		<-w.offer(440).why
		w.pass(time.Second)
		logs[1] = w.book.told()
		if err := stop(); err != nil {
			w.Error(err)
		}
	})
	events := func(d *diary) (list []string) {
		for _, line := range d.lines {
			if strings.HasPrefix(line, "event") {
				list = append(list, line)
			}
		}
		return list
	}
	acts := func(d *diary) (list []string) {
		for _, line := range d.lines {
			if !strings.HasPrefix(line, "event") {
				list = append(list, line)
			}
		}
		return list
	}
	if a, b := acts(&inside), acts(&outside); len(a) != 17 || !slices.Equal(a, b) {
		t.Errorf("inside:\n%s\nelsewhere:\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
	}
	a, b := events(&inside), events(&outside) // the last ones may come after the handler has returned
	if n := min(len(a), len(b)); n < 20 || !slices.Equal(a[:n], b[:n]) {
		t.Errorf("events inside %v, elsewhere %v", a, b)
	}
	if logs[0] != logs[1] {
		t.Errorf("the log inside:\n%s\nelsewhere:\n%s", logs[0], logs[1])
	}
	if !slices.Contains(acts(&inside), "say: {[{8:acs:r_alice 1s  false}]} <nil>") {
		t.Errorf("what alice heard was not told: %v", acts(&inside))
	}
	if !slices.Contains(acts(&inside), "ear: around 440 Hz, clear true") {
		t.Errorf("what alice says was not heard: %v", acts(&inside))
	}
}

// parrot says back what it hears.
func parrot(ctx context.Context, c *bot.Call) error {
	if err := c.Answer(ctx); err != nil {
		return err
	}
	return media.Copy(ctx, c.Microphone(), c.Speaker())
}

func TestSoundGoesBothWaysAndComesBackAfterABrokenSocket(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		stop := w.process("good", remote.Bot("echo", parrot))
		l := w.offer(440)
		check := func(when string) {
			w.pass(2 * time.Second)
			sound := l.sound(time.Second)
			if hz, part := measure.Peak(sound, media.Rate); hz < 435 || hz > 445 || part < 0.9 {
				w.Errorf("%s: %.0f Hz, %.2f of the sound", when, hz, part)
			}
		}
		check("at first")
		for range 3 {
			w.wires.sever(false)
			check("after a break")
		}
		select {
		case why := <-l.why:
			w.Errorf("the caller was hung up on: %v", why)
		default:
		}
		l.p.Gone(call.ReasonLocal)
		if err := stop(); err != nil {
			w.Error(err)
		}
	})
}

func TestEventsAndActionsAreNeitherLostNorTwiceOverBrokenSockets(t *testing.T) {
	var seen []uint64
	const steps = 50
	handler := func(ctx context.Context, c *bot.Call) error {
		c.OnEvent(func(e bot.Event) { seen = append(seen, e.Sequence) })
		if err := c.Answer(ctx); err != nil {
			return err
		}
		for i := range steps {
			if err := c.Save(ctx, i); err != nil {
				return err
			}
			<-time.After(50 * time.Millisecond)
		}
		<-ctx.Done()
		return nil
	}
	inWorld(t, nil, func(w *world) {
		stop := w.process("good", remote.Bot("echo", handler))
		l := w.offer(440)
		for range 12 {
			w.pass(330 * time.Millisecond)
			w.wires.sever(false)
		}
		w.pass(30 * time.Second)
		if len(w.book.saved) != steps {
			w.Errorf("%d times saved", len(w.book.saved))
		}
		for i, state := range w.book.saved {
			if state != fmt.Sprint(i) {
				w.Errorf("saved %s as number %d", state, i)
			}
		}
		l.p.Gone(call.ReasonLocal)
		w.pass(time.Second)
		for i, n := range seen {
			if n != uint64(i+1) {
				w.Fatalf("events %v", seen)
			}
		}
		if n := strings.Count(w.book.told(), " ") + 1; len(seen) < steps || len(seen) > n+100 {
			w.Errorf("%d events of %d", len(seen), n)
		}
		if err := stop(); err != nil {
			w.Error(err)
		}
	})
}

func TestAProcessThatDiesHasItsCallsTakenOverByAnother(t *testing.T) {
	var mu sync.Mutex
	var took []string
	handler := func(name string) bot.Handler {
		return func(ctx context.Context, c *bot.Call) error {
			var step int
			if _, err := c.Saved(&step); err != nil {
				return err
			}
			mu.Lock()
			took = append(took, fmt.Sprintf("%s resumed %v step %d missed %v", name, c.Resumed(), step, len(c.Missed()) > 0))
			mu.Unlock()
			if err := c.Answer(ctx); err != nil {
				return err
			}
			if err := c.Save(ctx, step+1); err != nil {
				return err
			}
			return media.Copy(ctx, c.Microphone(), c.Speaker())
		}
	}
	inWorld(t, nil, func(w *world) {
		stopFirst := w.process("good", remote.Bot("echo", handler("first")))
		l := w.offer(440)
		w.pass(time.Second)
		w.wires.sever(true) // the first one never comes back
		w.pass(time.Second)
		second := &wires{calls: w.wires.calls, done: w.wires.done}
		first := w.wires
		w.wires = second
		stopSecond := w.process("good", remote.Bot("echo", handler("second")))
		w.pass(8 * time.Second)
		if hz, _ := measure.Peak(l.sound(time.Second), media.Rate); hz < 435 || hz > 445 {
			w.Errorf("after the take-over %.0f Hz", hz)
		}
		if want := "[first resumed false step 0 missed false second resumed true step 1 missed true]"; fmt.Sprint(took) != want {
			w.Errorf("%v, want %s", took, want)
		}
		if got := w.book.told(); !strings.Contains(got, "botd.bot.crashed botd.bot.resumed") {
			w.Errorf("the log: %s", got)
		}
		l.p.Gone(call.ReasonLocal)
		w.pass(time.Second)
		first.sever(false)
		for _, stop := range []func() error{stopFirst, stopSecond} {
			if err := stop(); err != nil {
				w.Error(err)
			}
		}
	})
}

func TestAHandlerElsewhereThatPanicsIsCalledAgain(t *testing.T) {
	runs := 0
	handler := func(ctx context.Context, c *bot.Call) error {
		runs++
		if err := c.Answer(ctx); err != nil {
			return err
		}
		if !c.Resumed() {
			panic("planted")
		}
		return nil
	}
	inWorld(t, nil, func(w *world) {
		stop := w.process("good", remote.Bot("echo", handler))
		if why := <-w.offer(440).why; why != call.ReasonEnded || runs != 2 {
			w.Errorf("after %d runs the caller was told %v", runs, why)
		}
		if err := stop(); err != nil {
			w.Error(err)
		}
	})
}

func TestCallsGoToTheProcessThatHasTheFewest(t *testing.T) {
	var mu sync.Mutex
	count := map[string]int{}
	handler := func(name string) bot.Handler {
		return func(ctx context.Context, c *bot.Call) error {
			mu.Lock()
			count[name]++
			mu.Unlock()
			if err := c.Answer(ctx); err != nil {
				return err
			}
			<-ctx.Done()
			return nil
		}
	}
	inWorld(t, nil, func(w *world) {
		stops := []func() error{w.process("good", remote.Bot("echo", handler("a"))), w.process("good", remote.Bot("echo", handler("b")))}
		for range 6 {
			w.offer(440)
		}
		if count["a"] != 3 || count["b"] != 3 {
			w.Errorf("got %v", count)
		}
		for _, stop := range stops {
			if err := stop(); err != nil {
				w.Error(err)
			}
		}
	})
}

func TestWhoMayNotComeInIsRefused(t *testing.T) {
	inWorld(t, map[identity.ID]bot.Handler{"taken": parrot}, func(w *world) {
		if err := w.process("bad", remote.Bot("echo", parrot))(); err != nil && !errors.Is(err, remote.ErrRefused) {
			w.Errorf("a bad token: %v", err)
		}
		if w.gateway.Has("echo") {
			w.Error("it was let in")
		}
		stop := w.process("good", remote.Bot("taken", parrot))
		w.pass(time.Second)
		if err := stop(); err != nil && !errors.Is(err, remote.ErrRefused) {
			w.Errorf("a taken name: %v", err)
		}
		if w.gateway.Has("taken") {
			w.Error("it has the name")
		}
	})
}

func TestNobodyIsCalledWhereNobodyHasTheBot(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		if why := <-w.offer(440).why; why.Code != 480 {
			w.Errorf("the caller was told %v", why)
		}
	})
}
