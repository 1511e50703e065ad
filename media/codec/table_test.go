package codec_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
)

// row is one of the table, as SDP has it.
type sdp struct {
	rtpmap      string
	payloadType uint8
}

func TestTheTableSaysWhatSDPNeeds(t *testing.T) {
	var got []sdp
	for _, row := range codec.Offered {
		got = append(got, sdp{row.RTPMap(), row.PayloadType})
	}
	want := []sdp{ // the types below 96 are those of RFC 3551, table 4
		{"opus/48000/2", 111},
		{"G722/8000", 9},
		{"PCMU/8000", 0},
		{"PCMA/8000", 8},
		{"L16/48000", 112},
		{"L16/44100", 11},
		{"L16/24000", 113},
		{"L16/16000", 114},
		{"L16/8000", 115},
		{"L16/48000/2", 116},
		{"L16/44100/2", 10},
		{"L16/24000/2", 117},
		{"L16/16000/2", 118},
		{"L16/8000/2", 119},
	}
	if !slices.Equal(got, want) {
		t.Errorf("the table is\n%v, should be\n%v", got, want)
	}
	seen := map[uint8]bool{}
	for _, row := range codec.Offered {
		if seen[row.PayloadType] || row.PayloadType > 127 || row.PacketTime%(5*time.Millisecond) != 0 || row.PacketTime <= 0 {
			t.Errorf("%+v", row)
		}
		seen[row.PayloadType] = true
	}
}

func TestAFormatFindsItsOwnRow(t *testing.T) {
	for _, row := range codec.Offered {
		enc, err := codec.NewEncoder(row.Format())
		if err != nil {
			t.Fatal(err)
		}
		f := media.NewFrame(media.Rate)
		p, err := enc.Encode(nil, f)
		if err != nil || row.Duration(p) != media.FrameDuration {
			t.Errorf("%s makes %d octets, %v", title(row), len(p), err)
		}
	}
	for _, f := range []media.Format{
		{Codec: "gsm"},
		{},
		{Codec: "l16", Rate: 11025},
		{Codec: "l16", Rate: 48000, Channels: 3},
		{Codec: "opus", Rate: 48000, Channels: 2},
		{Codec: "pcmu", Rate: 16000},
	} {
		if _, err := codec.NewEncoder(f); !errors.Is(err, codec.ErrUnknown) {
			t.Errorf("%+v: %v", f, err)
		}
	}
	if _, err := codec.NewEncoder(media.Format{Codec: "PCMA"}); err != nil {
		t.Error(err)
	}
}

func TestPacketsFitIntoADatagramAndLoseNothing(t *testing.T) {
	for _, row := range codec.Offered {
		whole := packets(t, row, row.Format(), voice(1))[7]
		var all []byte
		ticks := uint32(0)
		for rest := whole; len(rest) > 0; {
			var p []byte
			p, rest = row.Cut(rest)
			if len(p) == 0 || len(p) > 1200 || row.Duration(p) > row.PacketTime {
				t.Fatalf("%s: a packet of %d octets, %v", title(row), len(p), row.Duration(p))
			}
			all, ticks = append(all, p...), ticks+row.Ticks(p)
		}
		if !slices.Equal(all, whole) || ticks != uint32(row.ClockRate/50) {
			t.Errorf("%s: %d of %d octets, %d ticks", title(row), len(all), len(whole), ticks)
		}
	}
}

func TestWhatAReceiverOfOpusAsksForIsHowItHears(t *testing.T) {
	for _, row := range []struct {
		fmtp string
		loss int
		want media.Format
	}{
		{"", 5, media.Format{}},
		{"minptime=10;useinbandfec=1", 5, media.Format{PacketLoss: 5}},
		{"minptime=10;useinbandfec=1", 0, media.Format{}},
		{"useinbandfec=0", 5, media.Format{}},
		{"stereo=1; sprop-stereo=1; maxplaybackrate=16000", 0, media.Format{}},
		{"MaxAverageBitrate = 20000 ; UseDTX=1", 0, media.Format{Bitrate: 16000, DTX: true}},
		{"maxaveragebitrate=63000", 0, media.Format{Bitrate: 56000}},
		{"maxaveragebitrate=56000", 0, media.Format{Bitrate: 56000}},
		{"maxaveragebitrate=7999", 0, media.Format{Bitrate: 6000}},
		{"maxaveragebitrate=45000;useinbandfec=1", 3, media.Format{PacketLoss: 3}},
		{"maxaveragebitrate=510000", 0, media.Format{}},
		{"maxaveragebitrate=1;usedtx=yes;useinbandfec", 9, media.Format{}},
	} {
		want := row.want
		want.Codec, want.Rate = "opus", media.Rate
		if got := codec.ParseOpus(row.fmtp).Format(row.loss); got != want {
			t.Errorf("%q at %d %% is %+v, want %+v", row.fmtp, row.loss, got, want)
		}
	}
	p := codec.ParseOpus("stereo=1; sprop-stereo=1; maxplaybackrate=16000;useinbandfec=1")
	if want := (codec.OpusParameters{MaxRate: 16000, Redundancy: true, Stereo: true, SendsStereo: true}); p != want {
		t.Errorf("%+v", p)
	}
}
