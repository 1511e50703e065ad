package mix_test

import (
	"math"
	"sync"
	"testing"

	"github.com/hraban/opus"

	"github.com/botd-dev/botd/media"
)

// caller is a port that speaks Opus in packets, and keeps what it is sent. It
// decodes ahead, so that it can take up where the packets left off.
type caller struct {
	mu      sync.Mutex
	says    media.Source // nil is silence, in which no packets come
	enc     *opus.Encoder
	dec     *opus.Decoder
	frame   media.Frame
	coming  []spoken // what has been encoded and not yet been taken
	pcm     []int16  // decoded, from before the coming packet on
	begin   int      // where the coming packet begins in it
	shift   int      // by how much reading is ahead of the packets
	lose    int      // so many packets are lost from now on
	format  media.Format
	sent    []media.Sound
	count   struct{ reads, skips, resumes, rewound int }
	passed  [][]byte // every payload that came
	muffled bool     // sends no more
}

// spoken is 20 ms of what was said.
type spoken struct {
	level   uint8
	payload []byte
}

func newCaller(tb testing.TB, says media.Source) *caller {
	tb.Helper()
	enc, err := opus.NewEncoder(media.Rate, 1, opus.AppVoIP) // as browsers do
	if err != nil {
		tb.Fatal(err)
	}
	dec, err := opus.NewDecoder(media.Rate, 1)
	if err != nil {
		tb.Fatal(err)
	}
	const before = 8 * media.FrameSize
	return &caller{
		says: says, enc: enc, dec: dec, format: media.Format{Codec: "opus", Rate: media.Rate},
		pcm: make([]int16, before), begin: before,
	}
}

// speak encodes the next 20 ms.
func (c *caller) speak() spoken {
	if c.says == nil || c.says.Read(&c.frame) != nil {
		return spoken{level: media.Silent}
	}
	payload := make([]byte, 1500)
	n, err := c.enc.Encode(c.frame.Samples, payload)
	if err != nil {
		panic(err)
	}
	return spoken{media.Level(&c.frame), payload[:n]}
}

// need has n packets wait, decoded.
func (c *caller) need(n int) {
	for len(c.coming) < n {
		s := c.speak()
		room := make([]int16, media.FrameSize)
		if len(s.payload) > 0 {
			if _, err := c.dec.Decode(s.payload, room); err != nil {
				panic(err)
			}
		}
		c.coming = append(c.coming, s)
		c.pcm = append(c.pcm, room...)
	}
}

func (c *caller) Level() uint8 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.need(1)
	return c.coming[0].level
}

func (c *caller) Packet() (media.Packet, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shift > 0 || len(c.coming[0].payload) == 0 {
		return media.Packet{}, false
	}
	if c.lose > 0 {
		c.lose--
		return media.Packet{Codec: "opus", Level: c.coming[0].level, Lost: true}, true
	}
	return media.Packet{Codec: "opus", Level: c.coming[0].level, Payload: c.coming[0].payload}, true
}

func (c *caller) Resume(past []*media.Frame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count.resumes++
	c.shift = media.Lookahead
	c.need(2)
	for i, f := range past {
		from := c.begin + c.shift - (len(past)-i)*media.FrameSize
		f.Resize(media.FrameSize, media.Rate)
		copy(f.Samples, c.pcm[from:])
	}
}

func (c *caller) Read(f *media.Frame) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count.reads++
	c.need(2)
	f.Resize(media.FrameSize, media.Rate)
	copy(f.Samples, c.pcm[c.begin+c.shift:])
	c.next()
	return nil
}

func (c *caller) Skip() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count.skips++
	c.next()
}

// next is the end of the coming 20 ms. In a quiet one the reader falls back to
// where the packets are.
func (c *caller) next() {
	if len(c.coming[0].payload) > 0 {
		c.passed = append(c.passed, c.coming[0].payload)
	}
	if c.coming[0].level >= 50 {
		c.shift = 0
	}
	c.coming = c.coming[1:]
	c.pcm = c.pcm[media.FrameSize:]
	c.need(1)
}

func (c *caller) Format() media.Format { return c.format }

func (c *caller) Hear(s media.Sound) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent = append(c.sent, media.Sound{Payload: append([]byte(nil), s.Payload...), Lost: s.Lost})
}

func (c *caller) Sends() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.muffled
}

func (c *caller) say(src media.Source) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.says = src
}

// received is what it was sent, tick by tick.
func (c *caller) received() []media.Sound {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sent
}

// decode plays what was sent as a listener's device does: what is lost is
// concealed, and where nothing was sent there is comfort or silence.
func decode(t *testing.T, sent []media.Sound) []int16 {
	t.Helper()
	d, err := opus.NewDecoder(media.Rate, 1)
	if err != nil {
		t.Fatal(err)
	}
	var sound []int16
	for _, s := range sent {
		pcm := make([]int16, media.FrameSize)
		switch {
		case len(s.Payload) > 0:
			_, err = d.Decode(s.Payload, pcm)
		case s.Lost:
			err = d.DecodePLC(pcm)
		}
		if err != nil {
			t.Fatal(err)
		}
		sound = append(sound, pcm...)
	}
	return sound
}

// beside is how loud the loudest 5 ms of the difference of two sounds are, in
// dBov, and where they are.
func beside(a, b []int16) (worst float64, at int) {
	worst = math.Inf(-1)
	for i := 0; i+240 <= min(len(a), len(b)); i += 240 {
		sum := 0.0
		for j := i; j < i+240; j++ {
			d := float64(a[j]) - float64(b[j])
			sum += d * d
		}
		if level := 10 * math.Log10(sum/240/32768/32768); level > worst {
			worst, at = level, i
		}
	}
	return worst, at
}
