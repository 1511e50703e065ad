package mix_test

import (
	"testing"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
)

// choosy is a port that comes to want something else.
type choosy struct {
	*port
}

func (c *choosy) Format() media.Format {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.format
}

func (c *choosy) want(f media.Format) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.format = f
}

func TestWhoComesToWantAnotherFormatGetsItWithinASecond(t *testing.T) {
	made := makers{}
	during(t, mix.Config{Encoders: made.new}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		plain := media.Format{Codec: "opus", Rate: 48000}
		lossy := media.Format{Codec: "opus", Rate: 48000, PacketLoss: 10}
		b.Join("ann", &port{format: plain, says: media.Tone(440, -20)})
		b.Join("bob", &port{format: plain, says: media.Tone(700, -20)})
		all := make([]*choosy, 3)
		for i := range all {
			all[i] = &choosy{&port{format: plain}}
			b.Join(string(rune('c'+i)), all[i])
		}
		ticks(5)
		if n := encodes(c, 10); n != 3 {
			t.Errorf("three mixes need %v encodings", n)
		}
		all[0].want(lossy)
		all[1].want(lossy)
		ticks(55)
		if n := encodes(c, 10); n != 4 {
			t.Errorf("with another format there are %v encodings", n)
		}
		all[0].want(plain)
		all[1].want(plain)
		ticks(55)
		if n := encodes(c, 10); n != 3 {
			t.Errorf("and then %v again", n)
		}
		for i, p := range all {
			if n := len(p.sent()); n < 130 {
				t.Errorf("listener %d got %d packets", i, n)
			}
		}
	})
}
