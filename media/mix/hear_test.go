package mix_test

import (
	"slices"
	"strconv"
	"testing"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
)

// everyone is the ids of a circle.
var everyone = []string{"a", "b", "c", "d", "e", "f"}

// circle is six ports that talk all at once, by id. Each has its own tone, of
// which a tick holds whole waves.
type circle map[string]*port

func newCircle(b *mix.Bridge) circle {
	c := circle{}
	for _, id := range everyone {
		c[id] = says(pitch(id), -20)
		b.Join(id, c[id])
	}
	return c
}

func pitch(id string) float64 { return 400 + 350*float64(id[0]-'a') }

// expect lets a change happen, and then fails where somebody does not hear
// exactly those named: all others if nobody is.
func (c circle) expect(t *testing.T, want map[string][]string) {
	t.Helper()
	ticks(2)
	for _, p := range c {
		p.sound()
	}
	ticks(5)
	for id, p := range c {
		heard := p.sound()
		for _, other := range everyone {
			audible := id != other
			if from, limited := want[id]; limited {
				audible = audible && slices.Contains(from, other)
			}
			if audible {
				near(t, id+" hears "+other, tone(heard, pitch(other)), -20)
			} else {
				absent(t, id+" hears "+other, tone(heard, pitch(other)))
			}
		}
	}
}

func TestEachOfSixHearsTheOneItIsLimitedTo(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		c := newCircle(b)
		c.expect(t, nil)
		for step := 1; step < len(everyone); step++ {
			want := map[string][]string{}
			for i, id := range everyone {
				want[id] = []string{everyone[(i+step)%len(everyone)]}
				b.Hear(id, want[id])
			}
			c.expect(t, want)
		}
		for _, id := range everyone {
			b.Hear(id, nil)
		}
		c.expect(t, nil)
	})
}

func TestACoachIsHeardByOneOnly(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		c := newCircle(b)
		for _, id := range []string{"d", "e", "f"} {
			b.Leave(id)
			delete(c, id)
		}
		want := map[string][]string{"a": {"b", "c"}, "b": {"c"}, "c": {"b"}}
		for id, from := range want {
			b.Hear(id, from)
		}
		for _, p := range c {
			p.sound()
		}
		ticks(10)
		absent(t, "who has left", tone(c["a"].sound()[2*media.FrameSize:], pitch("d")))
		want["b"] = []string{"a", "c"} // the agent hears the coach, the caller does not
		b.Hear("b", want["b"])
		c.expect(t, map[string][]string{"a": {"b", "c"}, "b": {"a", "c"}, "c": {"b"}})
	})
}

func TestAPrivatePairHearsItselfAndIsNotHeard(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		c := newCircle(b)
		want := map[string][]string{"b": {"e"}, "e": {"b"}}
		for _, id := range []string{"a", "c", "d", "f"} {
			want[id] = []string{"a", "c", "d", "f"}
		}
		for id, from := range want {
			b.Hear(id, from)
		}
		c.expect(t, want)
		b.Hear("e", nil)
		delete(want, "e")
		c.expect(t, want)
	})
}

func TestTheOrderOfAListItsRepetitionsAndOneselfDoNotMatter(t *testing.T) {
	made := makers{}
	during(t, mix.Config{Encoders: made.new}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		ears := speakers(b, 3)
		for i, p := range ears {
			p.format = media.Format{Codec: "opus"}
			b.Join(string(rune('a'+i)), p)
		}
		b.Hear("a", []string{"x", "y"})
		b.Hear("b", []string{"y", "x", "y"})
		b.Hear("c", []string{"c", "y", "x"})
		b.Join("x", says(400, -20))
		ticks(10)
		if n := c.Stats().Encoded; n != 10 {
			t.Errorf("%d payloads in 10 ticks", n)
		}
		near(t, "x", tone(ears[2].sound(), 400), -20)
	})
}

func TestIDsThatReadTheSameOneAfterTheOtherAreNotTheSame(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		first, second := &port{}, &port{}
		b.Join("first", first)
		b.Join("second", second)
		b.Hear("first", []string{"ab", "c"})
		b.Hear("second", []string{"a", "bc"})
		b.Join("ab", says(400, -20))
		b.Join("bc", says(1000, -20))
		ticks(10)
		one, other := first.sound(), second.sound()
		near(t, "ab", tone(one, 400), -20)
		absent(t, "bc", tone(one, 1000))
		absent(t, "ab", tone(other, 400))
		near(t, "bc", tone(other, 1000), -20)
	})
}

func TestALimitSetBeforeJoiningHoldsFromTheFirstSample(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		b.Hear("late", []string{"b", "unborn"})
		newCircle(b)
		ticks(5)
		// Another one comes to the same limit while the newcomer joins: what it
		// still hears, fading, is not for the newcomer.
		b.Hear("a", []string{"b", "unborn"})
		late := &port{}
		b.Join("late", late)
		ticks(10)
		heard := late.sound()
		for i := range 10 {
			frame := heard[i*media.FrameSize : (i+1)*media.FrameSize]
			near(t, "the one it may hear", tone(frame, pitch("b")), -20)
			for _, id := range []string{"a", "c", "d", "e", "f"} {
				absent(t, "tick "+strconv.Itoa(i)+", "+id, tone(frame, pitch(id)))
			}
		}
		b.Leave("a") // or seven would talk, of whom six are heard
		b.Join("unborn", says(3000, -20))
		ticks(2)
		late.sound()
		ticks(10)
		near(t, "one who came later", tone(late.sound(), 3000), -20)
	})
}

func TestALimitGoesWithItsIDAndNotWithThePort(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		c := newCircle(b)
		limited := map[string][]string{"a": {"b"}}
		b.Hear("a", limited["a"])
		limited["a"][0] = "c" // the list was the caller's
		limited["a"] = []string{"b"}
		c.expect(t, limited)
		c["a"] = says(pitch("a"), -20)
		b.Join("a", c["a"])
		c.expect(t, limited)
		b.Leave("a")
		b.Join("a", c["a"])
		c.expect(t, nil)
	})
}

func TestMutingBeforeJoiningHoldsUntilLeaving(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		ear, voice := &port{}, says(400, -20)
		b.Join("ear", ear)
		b.Mute("voice")
		b.Join("voice", voice)
		ticks(10)
		absent(t, "muted before it joined", tone(ear.sound(), 400))
		b.Leave("voice")
		b.Join("voice", voice)
		ticks(10)
		near(t, "joined anew", tone(ear.sound()[media.FrameSize:], 400), -20)
		b.Leave("voice")
		b.Mute("voice")
		b.Unmute("voice")
		b.Join("voice", voice)
		ticks(1)
		ear.sound()
		ticks(10)
		near(t, "unmuted before it joined", tone(ear.sound(), 400), -20)
	})
}

func TestWhatIsPlayedIsNotLimited(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		c := newCircle(b)
		b.Hear("a", []string{})
		b.Mute("a")
		b.Play(media.Tone(3000, -20), "a")
		b.Play(media.Tone(3500, -20))
		ticks(2)
		c["a"].sound()
		c["b"].sound()
		ticks(10)
		held, other := c["a"].sound(), c["b"].sound()
		near(t, "music on hold", tone(held, 3000), -20)
		near(t, "a prompt to all", tone(held, 3500), -20)
		absent(t, "the others, on hold", tone(held, pitch("b")))
		absent(t, "who is on hold", tone(other, pitch("a")))
		absent(t, "music to the others", tone(other, 3000))
		near(t, "a prompt to all", tone(other, 3500), -20)
	})
}

func TestAWhisperIsHeardThoughFourOthersAreLouder(t *testing.T) {
	during(t, mix.Config{Speakers: 4}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		ports := speakers(b, 6)
		for i, p := range ports[:4] {
			p.say(media.Tone(float64(500+250*i), -20))
		}
		ports[4].say(media.Tone(3000, -55))
		b.Hear("f", []string{"e"})
		b.Hear("e", []string{"f"})
		ear := &port{}
		b.Join("ear", ear)
		ticks(20)
		near(t, "the whisper", tone(ports[5].sound(), 3000), -55)
		loud := ear.sound()
		absent(t, "the whisper, elsewhere", tone(loud, 3000))
		for i := range 4 {
			near(t, "the loud", tone(loud, float64(500+250*i)), -20)
		}
		if n := c.Stats().Decoded; n != 5*20 {
			t.Errorf("%d frames decoded of five voices in 20 ticks", n)
		}
		for _, p := range ports[:5] {
			if reads, _ := p.count(); reads != 20 {
				t.Errorf("one was decoded %d times in 20 ticks", reads)
			}
		}
	})
}

func TestWhoNobodyHearsIsNotDecoded(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		newCircle(b)
		ticks(5)
		for _, id := range everyone {
			b.Hear(id, []string{"a"})
		}
		ticks(2)
		before := c.Stats()
		ticks(10)
		s := c.Stats()
		n := s.Ticks - before.Ticks
		if s.Decoded-before.Decoded != n || s.Unheard-before.Unheard != 5*n {
			t.Errorf("in %d ticks %d frames decoded and %d unheard", n,
				s.Decoded-before.Decoded, s.Unheard-before.Unheard)
		}
	})
}
