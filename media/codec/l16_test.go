package codec_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"testing"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
	"github.com/botd-dev/botd/media/measure"
)

// l16Row is the row of a rate and some channels.
func l16Row(t *testing.T, rate, channels int) codec.Codec {
	t.Helper()
	for _, row := range codec.Offered {
		if row.Name == "l16" && row.ClockRate == rate && row.Channels == channels {
			return row
		}
	}
	t.Fatalf("no L16 of %d Hz, %d channels", rate, channels)
	return codec.Codec{}
}

func TestL16IsInNetworkByteOrderWithChannelsNextToEachOther(t *testing.T) {
	f := media.NewFrame(media.Rate)
	for i := range f.Samples {
		f.Samples[i] = int16(31*i - 15000)
	}
	for channels := 1; channels <= 2; channels++ {
		got := packets(t, l16Row(t, media.Rate, channels), media.Format{}, f.Samples)[0]
		var want []byte
		for _, s := range f.Samples {
			for range channels {
				want = binary.BigEndian.AppendUint16(want, uint16(s))
			}
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%d channels: %x…, want %x…", channels, got[:8], want[:8])
		}
	}
}

func TestNoSideOfL16IsLost(t *testing.T) {
	for _, rate := range []int{8000, 16000, 24000, 44100, 48000} {
		row := l16Row(t, rate, 2)
		dec, _ := row.NewDecoder()
		f := media.NewFrame(media.Rate)
		var out []int16
		left := resample(listen(media.Tone(500, -20), 50), media.Rate, rate)
		right := resample(listen(media.Tone(1700, -20), 50), media.Rate, rate)
		for i := 0; i+rate/50 <= len(left); i += rate / 50 {
			var p []byte
			for k := i; k < i+rate/50; k++ {
				p = binary.BigEndian.AppendUint16(p, uint16(left[k]))
				p = binary.BigEndian.AppendUint16(p, uint16(right[k]))
			}
			if err := dec.Decode(f, p); err != nil {
				t.Fatal(err)
			}
			out = append(out, f.Samples...)
		}
		out = out[media.Rate/10:]
		for _, hz := range []float64{500, 1700} {
			if l := measure.ToneLevel(out, media.Rate, hz); math.Abs(l+26) > 0.2 {
				t.Errorf("%d Hz: %.0f Hz has %.2f dBov, should be half of -20", rate, hz, l)
			}
		}
	}
}

func TestL16OfHalfASampleIsMalformed(t *testing.T) {
	for _, row := range []struct{ channels, octets int }{{1, 1}, {1, 3}, {2, 2}, {2, 6}, {2, 0}, {1, 2*6*960 + 2}} {
		dec, _ := l16Row(t, media.Rate, row.channels).NewDecoder()
		f := media.NewFrame(media.Rate)
		if err := dec.Decode(f, make([]byte, row.octets)); !errors.Is(err, codec.ErrPayload) {
			t.Errorf("%d octets of %d channels: %v", row.octets, row.channels, err)
		}
	}
}

func TestPacketsOfAnyLengthOf44100HzLoseNoTime(t *testing.T) {
	row := l16Row(t, 44100, 1)
	dec, _ := row.NewDecoder()
	f := media.NewFrame(media.Rate)
	in, out := 0, 0
	for i := range 2000 {
		n := 1 + i*37%900
		if err := dec.Decode(f, make([]byte, 2*n)); err != nil {
			t.Fatal(err)
		}
		in, out = in+n, out+len(f.Samples)
	}
	if want := in * media.Rate / 44100; out < want-1 || out > want+1 {
		t.Errorf("%d samples at 44.1 kHz became %d at 48 kHz, should be %d", in, out, want)
	}
}
