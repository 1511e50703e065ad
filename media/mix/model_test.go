package mix_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
)

// model is who should hear whom, kept as simply as it can be.
type model struct {
	there  map[string]*port
	muted  map[string]bool
	limits map[string][]string // nil is no limit
}

// step does one thing, chosen by three bytes, to the bridge and to the model.
func (m *model) step(b *mix.Bridge, what, who, whom byte) {
	id := everyone[int(who)%len(everyone)]
	switch what % 8 {
	case 0, 1:
		m.there[id] = says(pitch(id), -20)
		b.Join(id, m.there[id])
	case 2:
		delete(m.there, id)
		delete(m.muted, id)
		delete(m.limits, id)
		b.Leave(id)
	case 3:
		m.muted[id] = true
		b.Mute(id)
	case 4:
		delete(m.muted, id)
		b.Unmute(id)
	case 5, 6:
		from := []string{}
		for i, other := range everyone {
			if whom>>i&1 != 0 {
				from = append(from, other)
			}
		}
		m.limits[id] = from
		b.Hear(id, from)
	case 7:
		delete(m.limits, id)
		b.Hear(id, nil)
	}
}

func (m *model) hears(id, other string) bool {
	from, limited := m.limits[id]
	return id != other && m.there[other] != nil && !m.muted[other] &&
		(!limited || slices.Contains(from, other))
}

// check fails if somebody hears whom it should not, or does not hear whom it
// should, in the last whole tick.
func (m *model) check(t *testing.T) {
	t.Helper()
	for id, p := range m.there {
		heard := p.sound()
		if len(heard) < media.FrameSize {
			t.Errorf("%s hears nothing at all", id)
			continue
		}
		heard = heard[len(heard)-media.FrameSize:]
		for _, other := range everyone {
			if m.hears(id, other) {
				near(t, id+" hears "+other, tone(heard, pitch(other)), -20)
			} else {
				absent(t, id+" hears "+other, tone(heard, pitch(other)))
			}
		}
	}
}

// FuzzWhoHearsWhom takes three bytes for a thing that is done, and compares
// what is heard with the model after each few of them.
func FuzzWhoHearsWhom(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0, 1, 0, 0, 2, 0, 5, 0, 2, 5, 1, 1, 7, 0, 0, 2, 1, 0, 0, 1, 0})
	f.Add([]byte{5, 0, 6, 3, 1, 0, 0, 0, 0, 0, 1, 0, 0, 2, 0, 5, 1, 5, 5, 2, 3, 4, 1, 0})
	f.Add([]byte{0, 3, 0, 0, 4, 0, 5, 3, 0, 6, 3, 255, 5, 4, 0, 0, 3, 0, 2, 3, 0, 0, 3, 0})
	f.Fuzz(func(t *testing.T, deeds []byte) {
		if len(deeds) > 3*1000 {
			return
		}
		synctest.Test(t, func(t *testing.T) { follow(t, deeds) })
	})
}

func follow(t *testing.T, deeds []byte) {
	t.Helper()
	c := mix.NewClock(mix.Config{Workers: 1, Speakers: len(everyone)})
	b := c.NewBridge(mix.Options{})
	m := &model{map[string]*port{}, map[string]bool{}, map[string][]string{}}
	for step := range slices.Chunk(deeds, 3) {
		if len(step) < 3 {
			break
		}
		m.step(b, step[0], step[1], step[2])
		if step[1]&0x80 == 0 { // else the next comes in the same tick
			ticks(1 + int(step[0]>>5))
			m.check(t)
		}
	}
	for _, id := range everyone {
		b.Leave(id)
	}
	if n := b.Limited(); n != 0 {
		t.Errorf("%d ways of hearing are remembered, of nobody", n)
	}
	if err := c.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAfterHundredsOfRandomChangesEverybodyHearsWhomTheyMay(t *testing.T) {
	random := rand.NewChaCha8([32]byte{3})
	deeds := make([]byte, 3*300)
	_, _ = random.Read(deeds)
	synctest.Test(t, func(t *testing.T) { follow(t, deeds) })
}
