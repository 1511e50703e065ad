package codec_test

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
	"github.com/botd-dev/botd/media/measure"
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

func never(int) bool { return false }

func TestATonePassesThroughEveryCodec(t *testing.T) {
	for _, c := range codec.Offered {
		t.Run(c.Name, func(t *testing.T) {
			out := through(t, c.Name, never)
			if hz, part := measure.Peak(out, media.Rate); math.Abs(hz-440) > 1 || part < 0.99 {
				t.Errorf("440 Hz became %.1f Hz, %.3f of the sound", hz, part)
			}
			if l := measure.LevelDBFS(out); math.Abs(l+20) > 1 {
				t.Errorf("-20 dBov became %.1f", l)
			}
			if g := measure.Gaps(out, media.Rate, -40); g != nil {
				t.Errorf("gaps %v", g)
			}
		})
	}
}

func TestALostPacketIsConcealed(t *testing.T) {
	for _, c := range codec.Offered {
		for name, lost := range map[string]func(int) bool{
			"one in ten":   func(i int) bool { return i%10 == 5 },
			"two in a row": func(i int) bool { return i%20 > 17 },
		} {
			out := through(t, c.Name, lost)
			for i := 0; i+480 <= len(out); i += 480 { // a hole is far below; a second packet made up of a pure tone dips by 23 dB
				if l := measure.LevelDBFS(out[i : i+480]); l < -50 {
					t.Errorf("%s, %s: %.0f dBFS after %d samples", c.Name, name, l, i)
				}
			}
			if hz, part := measure.Peak(out, media.Rate); math.Abs(hz-440) > 2 || part < 0.8 {
				t.Errorf("%s, %s: 440 Hz became %.1f Hz, %.3f of the sound", c.Name, name, hz, part)
			}
		}
	}
}

func TestWhatStaysAwayFadesOut(t *testing.T) {
	for _, c := range codec.Offered {
		out := through(t, c.Name, func(i int) bool { return i >= 20 })
		if l := measure.LevelDBFS(out[len(out)-media.Rate/5:]); l > -50 {
			t.Errorf("%s: after a second of nothing still %.0f dBFS", c.Name, l)
		}
	}
}

func TestALongPacketOfG711GivesAllItHolds(t *testing.T) {
	row, _ := codec.Find("PCMU")
	dec, _ := row.NewDecoder()
	f := media.NewFrame(media.Rate)
	for _, octets := range []int{1, 80, 160, 240, 480, 960} {
		if err := dec.Decode(f, make([]byte, octets)); err != nil || len(f.Samples) != 6*octets {
			t.Errorf("%d octets give %d samples, %v", octets, len(f.Samples), err)
		}
		if d := row.Duration(make([]byte, octets)); d != time.Duration(octets)*125*time.Microsecond {
			t.Errorf("%d octets last %v", octets, d)
		}
	}
	for _, octets := range []int{0, 961} {
		if err := dec.Decode(f, make([]byte, octets)); !errors.Is(err, codec.ErrPayload) {
			t.Errorf("%d octets: %v", octets, err)
		}
	}
}

func TestFramesThatAreNotTheBridgesAreErrors(t *testing.T) {
	for _, c := range codec.Offered {
		enc, _ := c.NewEncoder(c.Format())
		for _, f := range []*media.Frame{{}, media.NewFrame(8000), {Samples: make([]int16, 480), Rate: media.Rate}} {
			if b, err := enc.Encode([]byte{1}, f); !errors.Is(err, codec.ErrFrame) || len(b) != 1 {
				t.Errorf("%s: %d octets, %v", c.Name, len(b), err)
			}
		}
	}
	if _, err := codec.NewEncoder(media.Format{Codec: "gsm"}); !errors.Is(err, codec.ErrUnknown) {
		t.Error(err)
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

func TestEncodingDecodingAndConcealingAllocateNothing(t *testing.T) {
	for _, c := range codec.Offered {
		for _, format := range []media.Format{{}, {PacketLoss: 10, DTX: true}} {
			enc, _ := c.NewEncoder(format)
			dec, _ := c.NewDecoder()
			f, buf := media.NewFrame(media.Rate), make([]byte, 0, 4096)
			tone := media.Tone(440, -20)
			round := func() {
				_ = tone.Read(f)
				p, _ := enc.Encode(buf, f)
				_ = dec.Decode(f, p)
				_ = dec.Conceal(f, p)
				_ = dec.Conceal(f, nil)
				_ = enc.(codec.Resetter).Reset()
			}
			round()
			round()
			if n := testing.AllocsPerRun(50, round); n != 0 {
				t.Errorf("%s: %v allocations a frame", title(c), n)
			}
		}
	}
}

func TestAnEncoderIsAsNewAfterReset(t *testing.T) {
	said := voice(1)
	for _, row := range codec.Offered {
		for _, format := range []media.Format{{}, {PacketLoss: 10}, {DTX: true}} {
			enc, _ := row.NewEncoder(format)
			var runs [2][]byte
			for i := range runs {
				for k := 0; k+media.FrameSize <= len(said); k += media.FrameSize {
					runs[i], _ = enc.Encode(runs[i], &media.Frame{Samples: said[k : k+media.FrameSize], Rate: media.Rate})
				}
				if err := enc.(codec.Resetter).Reset(); err != nil {
					t.Fatal(err)
				}
			}
			if len(runs[0]) == 0 || !bytes.Equal(runs[0], runs[1]) {
				t.Errorf("%s: other octets after Reset", title(row))
			}
		}
	}
}
