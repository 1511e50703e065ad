package mix_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/hraban/opus"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
)

// listening is a caller that decodes what it is sent, as its device does.
type listening struct {
	*caller
	device *opus.Decoder
	sound  []int16
}

func (l *listening) Hear(s media.Sound) {
	pcm := make([]int16, media.FrameSize)
	switch {
	case len(s.Payload) > 0:
		_, _ = l.device.Decode(s.Payload, pcm)
	case s.Lost:
		_ = l.device.DecodePLC(pcm)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sound = append(l.sound, pcm...)
}

// Callers come, go, are muted, speak and stop, and limits change, all at random:
// what is passed on and what is mixed is heard by those who may hear it.
func TestWhateverIsPassedOnIsHeardByThoseWhoMay(t *testing.T) {
	during(t, mix.Config{Encoders: newOpus}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		random := rand.New(rand.NewPCG(5, 7))
		m := &callers{there: map[string]*listening{}, speaks: map[string]bool{}, muted: map[string]bool{}, limits: map[string][]string{}}
		for range 60 {
			m.step(t, b, random)
			ticks(25)
			m.check(t)
		}
		if s := c.Stats(); s.Relayed == 0 || s.Encoded == 0 {
			t.Errorf("%d handed on, %d encoded", s.Relayed, s.Encoded)
		}
	})
}

type callers struct {
	there  map[string]*listening
	speaks map[string]bool
	muted  map[string]bool
	limits map[string][]string
}

func (m *callers) step(t *testing.T, b *mix.Bridge, random *rand.Rand) {
	t.Helper()
	id := everyone[random.IntN(4)]
	l := m.there[id]
	if l == nil {
		l = &listening{caller: newCaller(t, nil)}
		l.device, _ = opus.NewDecoder(media.Rate, 1)
		m.there[id], m.speaks[id] = l, false
		b.Join(id, l)
		return
	}
	switch random.IntN(8) {
	case 0:
		b.Leave(id)
		delete(m.there, id)
		delete(m.muted, id)
		delete(m.limits, id)
	case 1:
		b.Mute(id)
		m.muted[id] = true
	case 2:
		b.Unmute(id)
		delete(m.muted, id)
	case 3:
		from := []string{everyone[random.IntN(4)], everyone[random.IntN(4)]}
		b.Hear(id, from)
		m.limits[id] = from
	case 4:
		b.Hear(id, nil)
		delete(m.limits, id)
	default:
		m.speaks[id] = !m.speaks[id]
		var says media.Source
		if m.speaks[id] {
			says = media.Tone(pitch(id), -20)
		}
		l.say(says)
	}
}

// check looks at the last 200 ms.
func (m *callers) check(t *testing.T) {
	t.Helper()
	for id, l := range m.there {
		l.mu.Lock()
		heard := l.sound[len(l.sound)-10*media.FrameSize:]
		l.mu.Unlock()
		for _, other := range everyone[:4] {
			from, limited := m.limits[id]
			may := id != other && m.there[other] != nil && m.speaks[other] && !m.muted[other] &&
				(!limited || slices.Contains(from, other))
			level := tone(heard, pitch(other))
			if may && (level < -22 || level > -18) || !may && level > -50 {
				t.Errorf("%s hears %s at %.1f dB, may: %v", id, other, level, may)
			}
		}
	}
}
