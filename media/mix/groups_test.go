package mix_test

import (
	"strconv"
	"testing"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
)

// hall is 350 ports who want Opus: four who talk, and listeners in three groups
// of which one hears all, one three of those who talk and one the fourth.
type hall struct {
	*mix.Bridge
	speakers  []string
	listeners []string
}

const hallSize = 350

func newHall(b *mix.Bridge) *hall {
	h := &hall{Bridge: b}
	opus := media.Format{Codec: "opus", Rate: 48000}
	for i := range hallSize {
		id := strconv.Itoa(i)
		if i < 4 {
			h.speakers = append(h.speakers, id)
			b.Join(id, &port{format: opus, says: media.Tone(400+350*float64(i), -20)})
			continue
		}
		h.listeners = append(h.listeners, id)
		b.Join(id, &port{format: opus})
	}
	return h
}

func (h *hall) divide() {
	for i, id := range h.listeners {
		switch i % 3 {
		case 1:
			h.Hear(id, h.speakers[:3])
		case 2:
			h.Hear(id, h.speakers[3:])
		}
	}
}

// encodes is how many payloads are made in each of the coming ticks.
func encodes(c *mix.Clock, n int) float64 {
	ticks(1)
	before := c.Stats()
	ticks(n)
	after := c.Stats()
	return float64(after.Encoded-before.Encoded) / float64(after.Ticks-before.Ticks)
}

func TestThreeMixesForHundredsCostThreeEncodings(t *testing.T) {
	made := makers{}
	during(t, mix.Config{Encoders: made.new}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		h := newHall(b)
		h.divide()
		if n := encodes(c, 10); n != 3+4 {
			t.Errorf("%v payloads a tick for three mixes and four speakers", n)
		}
	})
}

func TestAChangeForHundredsCostsNoMoreThanItsMixes(t *testing.T) {
	made := makers{}
	during(t, mix.Config{Encoders: made.new}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		h := newHall(b)
		if n := encodes(c, 10); n != 1+4 {
			t.Errorf("%v payloads a tick for one mix and four speakers", n)
		}
		h.divide()
		if n := encodes(c, 10); n != 3+4 {
			t.Errorf("%v payloads a tick for three mixes and four speakers", n)
		}
		for _, id := range h.listeners {
			h.Hear(id, nil)
		}
		// The two groups are not one with the first before their encoders are.
		if n := encodes(c, 10); n != 3+4 {
			t.Errorf("%v payloads a tick while three groups come together", n)
		}
		ticks(50)
		if n := encodes(c, 10); n != 1+4 {
			t.Errorf("%v payloads a tick after they have", n)
		}
		if n := len(made[media.Format{Codec: "opus", Rate: 48000}]); n > 1+4+4 {
			t.Errorf("%d encoders made", n)
		}
	})
}

func TestThoseWhoHearOneAnotherShareOneMix(t *testing.T) {
	made := makers{}
	during(t, mix.Config{Encoders: made.new}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		h := newHall(b)
		// Each is told its list without itself, as one thinks of it.
		for i, id := range h.listeners {
			others := make([]string, 0, len(h.listeners))
			others = append(others, h.listeners[:i]...)
			h.Hear(id, append(others, h.listeners[i+1:]...))
		}
		if n := encodes(c, 10); n != 4 {
			t.Errorf("%v payloads a tick for four speakers and hundreds who hear nothing", n)
		}
	})
}

func TestATickWithLimitsAllocatesNothing(t *testing.T) {
	b := conference(t, 50, 8, newOpus)
	limitThree(b, 50)
	b.Play(media.Tone(300, -20))
	b.Play(media.Tone(600, -20), "3", "20", "21")
	for range 60 {
		b.Tick()
	}
	if n := testing.AllocsPerRun(100, b.Tick); n > 0 {
		t.Errorf("%v allocations a tick", n)
	}
}

// limitThree makes three mixes of a conference.
func limitThree(b *mix.Bridge, parties int) {
	for i := range parties {
		switch i % 3 {
		case 1:
			b.Hear(strconv.Itoa(i), []string{"0", "1"})
		case 2:
			b.Hear(strconv.Itoa(i), []string{"2"})
		}
	}
}

func BenchmarkTickWithThreeMixes(b *testing.B) {
	bridge := conference(b, 350, 3, newOpus)
	limitThree(bridge, 350)
	run(b, bridge)
}

// BenchmarkLimitAll limits each of 350 to all the others.
func BenchmarkLimitAll(b *testing.B) {
	bridge := conference(b, 350, 3, nil)
	ids := make([]string, 350)
	for i := range ids {
		ids[i] = strconv.Itoa(i)
	}
	b.ReportAllocs()
	for range b.N {
		for _, id := range ids {
			bridge.Hear(id, ids)
		}
		bridge.Tick()
	}
}

// BenchmarkChange holds and takes back one of 350 in each tick.
func BenchmarkChange(b *testing.B) {
	bridge := conference(b, 350, 3, nil)
	limitThree(bridge, 350)
	b.ReportAllocs()
	for i := range b.N {
		if i%2 == 0 {
			bridge.Hear("9", []string{})
		} else {
			bridge.Hear("9", nil)
		}
		bridge.Tick()
	}
}
