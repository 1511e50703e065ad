package codec_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
)

// through encodes a tone and decodes it again, losing some packets, and
// returns one second of what comes out after the first 200 ms.
func through(t *testing.T, name string, lost func(i int) bool) []int16 {
	t.Helper()
	c, err := codec.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	enc, err := c.NewEncoder(media.Format{PacketLoss: 10})
	if err != nil {
		t.Fatal(err)
	}
	dec, err := c.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	var packets [][]byte
	f, tone := media.NewFrame(media.Rate), media.Tone(440, 20)
	for range 62 {
		_ = tone.Read(f)
		p, err := enc.Encode(nil, f)
		if err != nil {
			t.Fatal(err)
		}
		packets = append(packets, p)
	}
	var out []int16
	for i, p := range packets[:61] {
		if lost(i) {
			err = dec.Conceal(f, packets[i+1])
		} else {
			err = dec.Decode(f, p)
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, f.Samples...)
	}
	return out[10*media.FrameSize:]
}

// crossings counts how often the sound goes up through zero: its frequency.
func crossings(s []int16) int {
	n := 0
	for i := 1; i < len(s); i++ {
		if s[i-1] < 0 && s[i] >= 0 {
			n++
		}
	}
	return n
}

func level(s []int16) float64 {
	sum := 0.0
	for _, v := range s {
		sum += float64(v) * float64(v)
	}
	return 20 * math.Log10(math.Sqrt(sum/float64(len(s)))/32768)
}

func TestATonePassesThroughEveryCodec(t *testing.T) {
	for _, c := range codec.Offered {
		t.Run(c.Name, func(t *testing.T) {
			out := through(t, c.Name, func(int) bool { return false })
			hz := float64(crossings(out)) / (float64(len(out)) / media.Rate)
			if math.Abs(hz-440) > 5 {
				t.Errorf("440 Hz became %.1f Hz", hz)
			}
			if l := level(out); math.Abs(l+20) > 1 {
				t.Errorf("-20 dBov became %.1f", l)
			}
		})
	}
}

func TestALostOpusPacketIsConcealed(t *testing.T) {
	out := through(t, "opus", func(i int) bool { return i%10 == 5 })
	quiet := 0
	for i := 0; i+media.FrameSize <= len(out); i += media.FrameSize {
		if level(out[i:i+media.FrameSize]) < -40 { // a hole is far below; a seam in a pure tone dips by 12 dB
			quiet++
		}
	}
	if quiet > 0 {
		t.Errorf("%d frames are holes", quiet)
	}
}

func TestG711IsTheTableOfTheStandard(t *testing.T) {
	for _, row := range []struct {
		name    string
		payload byte
		want    int16
	}{
		{"pcmu", 0xff, 0},
		{"pcmu", 0x80, 32124},
		{"pcmu", 0x00, -32124},
		{"pcmu", 0xf0, 120},
		{"pcma", 0xd5, 8},
		{"pcma", 0x55, -8},
		{"pcma", 0xaa, 32256},
		{"pcma", 0x2a, -32256},
	} {
		if got := codec.Expand(row.name, row.payload); got != row.want {
			t.Errorf("%s %#x is %d, want %d", row.name, row.payload, got, row.want)
		}
		if back := codec.Compress(row.name, row.want); back != row.payload {
			t.Errorf("%s %d is %#x, want %#x", row.name, row.want, back, row.payload)
		}
	}
}

func TestALongPacketGivesSeveralFrames(t *testing.T) {
	c, _ := codec.Find("pcmu")
	dec, _ := c.NewDecoder()
	long := make([]byte, 480) // 60 ms
	f := media.NewFrame(media.Rate)
	if err := dec.Decode(f, long); err != nil {
		t.Fatal(err)
	}
	b := dec.(codec.Buffered)
	if got := b.Pending(); got < 1 || got > 2 {
		t.Errorf("%d frames to come", got)
	}
}

func TestHostilePayloadsAreErrors(t *testing.T) {
	c, _ := codec.Find("opus")
	dec, _ := c.NewDecoder()
	f := media.NewFrame(media.Rate)
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		p := make([]byte, 1+r.IntN(400))
		for i := range p {
			p[i] = byte(r.UintN(256))
		}
		if err := dec.Decode(f, p); err != nil && !errors.Is(err, codec.ErrPayload) {
			t.Fatalf("%x: %v", p, err)
		}
	}
}

func TestEncodingAndDecodingAllocateNothing(t *testing.T) {
	for _, c := range codec.Offered {
		enc, _ := c.NewEncoder(media.Format{})
		dec, _ := c.NewDecoder()
		f, buf := media.NewFrame(media.Rate), make([]byte, 0, 1500)
		_ = media.Tone(440, 20).Read(f)
		round := func() {
			p, _ := enc.Encode(buf, f)
			_ = dec.Decode(f, p)
		}
		round()
		round()
		if n := testing.AllocsPerRun(50, round); n != 0 {
			t.Errorf("%s: %v allocations a frame", c.Name, n)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte{0x78, 0x01, 0x02})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, payload []byte) {
		for _, c := range codec.Offered {
			dec, err := c.NewDecoder()
			if err != nil {
				t.Fatal(err)
			}
			frame := media.NewFrame(media.Rate)
			_ = dec.Decode(frame, payload)
			_ = dec.Conceal(frame, payload)
			if len(frame.Samples) != media.FrameSize {
				t.Fatalf("%s gave %d samples", c.Name, len(frame.Samples))
			}
		}
	})
}

func BenchmarkOpus(b *testing.B) {
	c, _ := codec.Find("opus")
	f, buf := media.NewFrame(media.Rate), make([]byte, 0, 1500)
	tone := media.Tone(440, 20)
	b.Run("encode", func(b *testing.B) {
		enc, _ := c.NewEncoder(media.Format{})
		for b.Loop() {
			_ = tone.Read(f)
			_, _ = enc.Encode(buf, f)
		}
	})
	b.Run("decode", func(b *testing.B) {
		enc, _ := c.NewEncoder(media.Format{})
		dec, _ := c.NewDecoder()
		_ = tone.Read(f)
		p, _ := enc.Encode(buf, f)
		for b.Loop() {
			_ = dec.Decode(f, p)
		}
	})
}
