package codec_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
)

// fuzzDecoders gives a payload to the decoder of every row of a name: twice,
// with a loss between, as a stream does.
func fuzzDecoders(f *testing.F, name string) {
	var rows []codec.Codec
	for _, row := range codec.Offered {
		if row.Name == name {
			rows = append(rows, row)
			for i, p := range packets(f, row, row.Format(), voice(1)[:8*media.FrameSize]) {
				f.Add(uint8(len(rows)-1), p[:min(len(p), 200)], i%2 == 0, uint16(media.FrameSize))
			}
		}
	}
	for _, p := range [][]byte{nil, {0}, {0x78, 1, 2}, {0xff, 0x86}, {31<<3 | 3, 0x06, 0, 0, 0}} {
		f.Add(uint8(0), p, true, uint16(120))
	}
	f.Fuzz(func(t *testing.T, which uint8, payload []byte, ahead bool, length uint16) {
		row := rows[int(which)%len(rows)]
		dec, err := row.NewDecoder()
		if err != nil {
			t.Fatal(err)
		}
		frame := media.NewFrame(media.Rate)
		decode(t, row, dec, frame, payload)
		frame.Resize(int(length)%(6*media.FrameSize)+1, media.Rate)
		n := len(frame.Samples)
		next := payload
		if !ahead {
			next = nil
		}
		if err := dec.Conceal(frame, next); err != nil || len(frame.Samples) != n {
			t.Fatalf("%s conceals %d samples by %d, %v", title(row), n, len(frame.Samples), err)
		}
		decode(t, row, dec, frame, payload)
	})
}

// decode decodes a payload and sees that it gives what it said it holds.
func decode(t *testing.T, row codec.Codec, dec media.Decoder, frame *media.Frame, payload []byte) {
	t.Helper()
	if err := dec.Decode(frame, payload); err != nil {
		if !errors.Is(err, codec.ErrPayload) || len(frame.Samples) != media.FrameSize {
			t.Fatalf("%s: %d samples, %v", title(row), len(frame.Samples), err)
		}
		return
	}
	said := row.Duration(payload).Seconds() * media.Rate
	if got := float64(len(frame.Samples)); math.Abs(got-said) > 1.01 || got > 6*media.FrameSize+1 {
		t.Fatalf("%s gave %v of %v samples", title(row), got, said)
	}
}

func FuzzOpus(f *testing.F) { fuzzDecoders(f, "opus") }

func FuzzG722(f *testing.F) { fuzzDecoders(f, "g722") }

func FuzzMuLaw(f *testing.F) { fuzzDecoders(f, "pcmu") }

func FuzzALaw(f *testing.F) { fuzzDecoders(f, "pcma") }

func FuzzL16(f *testing.F) { fuzzDecoders(f, "l16") }

func FuzzOpusParameters(f *testing.F) {
	f.Add("minptime=10;useinbandfec=1", 5)
	f.Add(" MaxAverageBitrate = 20000 ;usedtx=1; stereo=1;sprop-stereo=1;maxplaybackrate=16000", 0)
	f.Add("maxaveragebitrate=99999999999999999999;=;;maxplaybackrate=-1", 100)
	f.Fuzz(func(t *testing.T, fmtp string, loss int) {
		p := codec.ParseOpus(fmtp)
		if p.MaxRate < 8000 || p.MaxRate > media.Rate || p.MaxBitrate < 0 || p.MaxBitrate > 510000 {
			t.Fatalf("%q is %+v", fmtp, p)
		}
		enc, err := codec.NewEncoder(p.Format(loss))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := enc.Encode(nil, media.NewFrame(media.Rate)); err != nil {
			t.Fatal(err)
		}
	})
}

func TestDurationsAreThoseOfTheSamples(t *testing.T) {
	for _, row := range codec.Offered {
		for _, p := range packets(t, row, row.Format(), voice(1)) {
			if d := row.Duration(p); d != 20*time.Millisecond || row.Ticks(p) != uint32(row.ClockRate/50) {
				t.Fatalf("%s: %d octets last %v, %d ticks", title(row), len(p), d, row.Ticks(p))
			}
		}
	}
}
