package codec_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/hraban/opus"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
	"github.com/botd-dev/botd/media/measure"
)

// foreign encodes with libopus itself: samples of some channels next to each
// other, in packets of some length in samples of one channel at 48 kHz.
func foreign(t *testing.T, pcm []int16, channels, packet int, app opus.Application, tune func(*opus.Encoder)) [][]byte {
	t.Helper()
	enc, err := opus.NewEncoder(media.Rate, channels, app)
	if err != nil {
		t.Fatal(err)
	}
	tune(enc)
	var all [][]byte
	for n := packet * channels; len(pcm) >= n; pcm = pcm[n:] {
		b := make([]byte, 4000)
		size, err := enc.Encode(pcm[:n:n], b)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b[:size])
	}
	return all
}

func untuned(*opus.Encoder) {}

// decoded is the sound of packets of any length.
func decoded(t *testing.T, all [][]byte) []int16 {
	t.Helper()
	row, _ := codec.Find("opus")
	dec, err := row.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	var out []int16
	f := media.NewFrame(media.Rate)
	for _, p := range all {
		if err := dec.Decode(f, p); err != nil {
			t.Fatal(err)
		}
		out = append(out, f.Samples...)
	}
	return out
}

func TestAPacketOfAnyLengthGivesAllItHolds(t *testing.T) {
	row, _ := codec.Find("opus")
	pcm := listen(media.Tone(440, -20), 60)
	for _, packet := range []int{120, 240, 480, 960, 1920, 2880, 3840, 4800, 5760} {
		dec, err := row.NewDecoder()
		if err != nil {
			t.Fatal(err)
		}
		var out []int16
		f := media.NewFrame(media.Rate)
		all := foreign(t, pcm, 1, packet, opus.AppVoIP, untuned)
		for i, p := range all {
			want := time.Duration(packet) * time.Second / media.Rate
			if got := codec.OpusDuration(p); got != want {
				t.Fatalf("a packet of %v has %v", want, got)
			}
			if packet >= 480 && i == len(all)/2 { // one is lost, and keeps its length
				f.Resize(packet, media.Rate)
				err = dec.Conceal(f, nil)
			} else {
				err = dec.Decode(f, p)
			}
			if err != nil || len(f.Samples) != packet || f.Rate != media.Rate {
				t.Fatalf("a packet of %d gives %d samples, %v", packet, len(f.Samples), err)
			}
			out = append(out, f.Samples...)
		}
		if hz, part := measure.Peak(out[media.Rate/10:], media.Rate); math.Abs(hz-440) > 2 || part < 0.9 {
			t.Errorf("packets of %d: %.1f Hz, %.3f", packet, hz, part)
		}
	}
}

func TestAPacketOfAnyBandwidthAndModeIsHeard(t *testing.T) {
	said := listen(media.Tone(1000, -20), 75)
	modes := map[byte]bool{}
	for _, app := range []opus.Application{opus.AppVoIP, opus.AppAudio, opus.AppRestrictedLowdelay} {
		for _, band := range []opus.Bandwidth{opus.Narrowband, opus.Mediumband, opus.Wideband, opus.SuperWideband, opus.Fullband} {
			for _, packet := range []int{120, 480, 960, 2880} {
				all := foreign(t, said, 1, packet, app, func(e *opus.Encoder) {
					_ = errors.Join(e.SetMaxBandwidth(band), e.SetBitrate(24000), e.SetComplexity(5))
				})
				modes[all[len(all)-1][0]>>3] = true
				out := decoded(t, all)[media.Rate/2:]
				level := measure.ToneLevel(out, media.Rate, 1000)
				if hz, part := measure.Peak(out, media.Rate); math.Abs(hz-1000) > 2 || part < 0.95 || math.Abs(level+20) > 1 {
					t.Errorf("mode %d of %v: %.1f Hz at %.1f dBov, %.3f of the sound", all[9][0]>>3, app, hz, level, part)
				}
			}
		}
	}
	if len(modes) < 20 {
		t.Errorf("only %d of the 32 configurations came", len(modes))
	}
	t.Logf("%d of the 32 configurations", len(modes))
}

// sides are two sounds next to each other.
func sides(left, right []int16) []int16 {
	out := make([]int16, 0, 2*len(left))
	for i := range left {
		out = append(out, left[i], right[i])
	}
	return out
}

func TestNoSideOfAStereoPacketIsLost(t *testing.T) {
	left, right, none := listen(media.Tone(500, -20), 75), listen(media.Tone(1700, -20), 75), make([]int16, 75*media.FrameSize)
	for _, app := range []opus.Application{opus.AppVoIP, opus.AppAudio} {
		for _, bitrate := range []int{24000, 48000, 96000} {
			for _, row := range []struct {
				name        string
				left, right []int16
				low, high   bool
			}{
				{"both", left, right, true, true},
				{"left", left, none, true, false},
				{"right", none, right, false, true},
			} {
				name := fmt.Sprint(row.name, ", application ", app, ", bit rate ", bitrate)
				all := foreign(t, sides(row.left, row.right), 2, 960, app, func(e *opus.Encoder) { _ = e.SetBitrate(bitrate) })
				out := decoded(t, all)[media.Rate/2:]
				for _, tone := range []struct {
					hz   float64
					said bool
				}{{500, row.low}, {1700, row.high}} {
					if l := measure.ToneLevel(out, media.Rate, tone.hz); tone.said && math.Abs(l+26) > 3 { // at 24 kbit/s nothing is exact
						t.Errorf("%s: %.0f Hz has %.1f dBov, should be half of -20", name, tone.hz, l)
					}
				}
			}
		}
	}
}

func TestOnlyWhoLosesPacketsGetsRedundancy(t *testing.T) {
	row, _ := codec.Find("opus")
	said := voice(4)
	for _, loss := range []int{0, 1, 5, 30} {
		for _, bitrate := range []int{0, 20000, 32000} {
			all := packets(t, row, media.Format{PacketLoss: loss, Bitrate: bitrate}, said)
			whole := heard(t, row, all, never, false)
			lost := func(i int) bool { return i%10 == 7 }
			made, _ := lostFrames(whole, heard(t, row, all, lost, true), lost)
			guessed, _ := lostFrames(whole, heard(t, row, all, lost, false), lost)
			if gain := made - guessed; (loss > 0) != (gain > 6) {
				t.Errorf("prepared for %d %% at %d bit/s: redundancy gains %.1f dB", loss, bitrate, gain)
			}
		}
	}
}

func TestTheBitrateIsTheOneAskedFor(t *testing.T) {
	row, _ := codec.Find("opus")
	said := voice(4)
	for _, want := range []int{16000, 32000, 48000, 96000} {
		octets := 0
		for _, p := range packets(t, row, media.Format{Bitrate: want}, said) {
			octets += len(p)
		}
		if got := octets * 8 / 4; math.Abs(float64(got-want)) > 0.2*float64(want) {
			t.Errorf("%d bit/s became %d", want, got)
		}
	}
}

func TestComplexityChangesWhatIsSent(t *testing.T) {
	row, _ := codec.Find("opus")
	said := voice(1)
	usual := bytes.Join(packets(t, row, media.Format{}, said), nil)
	same := bytes.Join(packets(t, row, media.Format{Complexity: 1}, said), nil)
	other := bytes.Join(packets(t, row, media.Format{Complexity: 5}, said), nil)
	most := bytes.Join(packets(t, row, media.Format{Complexity: 99}, said), nil)
	if !bytes.Equal(usual, same) || bytes.Equal(usual, other) || bytes.Equal(usual, most) {
		t.Error("the complexity asked for is not the one there is")
	}
}

func TestTheLengthOfAnOpusPacketIsInItsFirstOctets(t *testing.T) {
	for _, row := range []struct {
		packet []byte
		want   time.Duration
	}{
		{nil, 0},
		{[]byte{0}, 10 * time.Millisecond},
		{[]byte{3 << 3}, 60 * time.Millisecond},
		{[]byte{13<<3 | 1}, 40 * time.Millisecond},
		{[]byte{16<<3 | 2}, 5 * time.Millisecond},
		{[]byte{31<<3 | 3}, 0},
		{[]byte{31<<3 | 3, 0x80 | 6}, 120 * time.Millisecond},
		{[]byte{31<<3 | 3, 7}, 0}, // longer than any may be
		{[]byte{31<<3 | 3, 0}, 0},
	} {
		if got := codec.OpusDuration(row.packet); got != row.want {
			t.Errorf("%x lasts %v, want %v", row.packet, got, row.want)
		}
	}
}
