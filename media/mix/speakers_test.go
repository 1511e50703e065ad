package mix_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
)

// gossip is a program that wants to know who speaks.
type gossip struct {
	mu    sync.Mutex
	lists [][]string
	at    []time.Time
	muted []string
}

func (g *gossip) options() mix.Options {
	return mix.Options{
		Speaking: func(ids []string) {
			g.mu.Lock()
			defer g.mu.Unlock()
			g.lists, g.at = append(g.lists, ids), append(g.at, time.Now())
		},
		MutedSpeaking: func(id string) {
			g.mu.Lock()
			defer g.mu.Unlock()
			g.muted = append(g.muted, id)
		},
	}
}

// last is what was told last, and how often something was.
func (g *gossip) last() ([]string, int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.lists) == 0 {
		return nil, 0
	}
	return g.lists[len(g.lists)-1], len(g.lists)
}

func gossiping(t *testing.T, f func(t *testing.T, b *mix.Bridge, g *gossip)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c, g := mix.NewClock(mix.Config{}), &gossip{}
		f(t, c.NewBridge(g.options()), g)
		if err := c.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

func TestWhoSpeaksIsToldTheLoudestFirst(t *testing.T) {
	gossiping(t, func(t *testing.T, b *mix.Bridge, g *gossip) {
		p := speakers(b, 3)
		ticks(20)
		if got, n := g.last(); n != 0 {
			t.Fatalf("in silence %v was told", got)
		}
		p[0].say(media.Tone(400, -35))
		p[1].say(media.Tone(500, -20))
		p[2].say(media.Tone(600, -60)) // a room
		ticks(30)
		if got, _ := g.last(); !slices.Equal(got, []string{"b", "a"}) {
			t.Errorf("%v speak", got)
		}
		p[1].say(nil)
		ticks(60)
		if got, _ := g.last(); !slices.Equal(got, []string{"a"}) {
			t.Errorf("%v speak", got)
		}
		b.Leave("a")
		ticks(30)
		if got, n := g.last(); len(got) != 0 || n > 5 {
			t.Errorf("%v speak, told %d times", got, n)
		}
	})
}

func TestTheListDoesNotFlicker(t *testing.T) {
	gossiping(t, func(t *testing.T, b *mix.Bridge, g *gossip) {
		p := speakers(b, 2)
		p[0].say(media.Tone(400, -20))
		p[1].say(media.Tone(500, -22))
		ticks(50)
		_, before := g.last()
		for range 20 { // now the one, now the other is a little louder
			p[1].say(media.Tone(500, -18))
			ticks(5)
			p[1].say(media.Tone(500, -22))
			ticks(5)
		}
		p[0].say(nil) // a breath
		ticks(10)
		p[0].say(media.Tone(400, -20))
		ticks(20)
		if _, n := g.last(); n != before {
			t.Errorf("told %d times more", n-before)
		}
		for i := range 40 {
			p[i%2].say(media.Tone(400, -10))
			p[1-i%2].say(media.Tone(500, -40))
			ticks(4)
		}
		for i := 1; i < len(g.at); i++ {
			if d := g.at[i].Sub(g.at[i-1]); d < 300*time.Millisecond {
				t.Errorf("told again after %v", d)
			}
		}
	})
}

func TestWhoSpeaksThoughMutedIsToldOnceAnUtterance(t *testing.T) {
	gossiping(t, func(t *testing.T, b *mix.Bridge, g *gossip) {
		p := speakers(b, 2)
		p[0].say(media.Tone(400, -20))
		ticks(20)
		b.Mute("a")
		ticks(5)
		if len(g.muted) != 0 {
			t.Error("told at once, in the same word")
		}
		for range 2 {
			p[0].say(media.Tone(400, -20))
			ticks(100)
			p[0].say(nil)
			ticks(40)
		}
		if !slices.Equal(g.muted, []string{"a", "a"}) {
			t.Errorf("told of %v", g.muted)
		}
		if got, _ := g.last(); len(got) != 0 {
			t.Errorf("%v speak", got)
		}
	})
}

func TestAMuteInTheMiddleOfAWordDoesNotClick(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		ear := &port{}
		b.Join("ear", ear)
		b.Join("voice", says(300, -10))
		for range 5 {
			ticks(7)
			b.Mute("voice")
			ticks(7)
			b.Unmute("voice")
		}
		ticks(1)
		b.Mute("voice")
		ticks(2)
		ear.mu.Lock()
		heard := slices.Clone(ear.heard)
		ear.mu.Unlock()
		smooth(t, heard[media.FrameSize:], 300, -10)
		for _, s := range heard[len(heard)-media.FrameSize:] {
			if s != 0 {
				t.Fatal("heard 20 ms after the mute")
			}
		}
	})
}

// rewinding is a port that can take back what was skipped.
type rewinding struct {
	port
	back []time.Duration
}

func (r *rewinding) Rewind(d time.Duration) time.Duration {
	r.back = append(r.back, d)
	return d
}

func TestWhoIsLetInLateTakesBackTheFirstSyllable(t *testing.T) {
	during(t, mix.Config{Speakers: 1}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		b.Join("ear", &port{})
		first, second := &rewinding{}, &rewinding{}
		b.Join("first", first)
		b.Join("second", second)
		first.say(media.Tone(400, -30))
		ticks(20)
		second.say(media.Tone(500, -33))
		ticks(5)
		second.say(media.Tone(500, -15))
		ticks(20)
		if len(first.back) != 0 {
			t.Error("who was heard from the beginning was rewound")
		}
		if len(second.back) != 1 || second.back[0] != 60*time.Millisecond {
			t.Errorf("rewound by %v", second.back)
		}
	})
}
