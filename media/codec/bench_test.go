package codec_test

import (
	"testing"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
	"github.com/hraban/opus"
)

// BenchmarkOpusEncode shows what each choice costs, all of speech. The first row
// is what the others are compared with.
func BenchmarkOpusEncode(b *testing.B) {
	for _, row := range []struct {
		name                          string
		app                           opus.Application
		complexity, bitrate, fec, cbr int
	}{
		{"plain: VoIP 32 kbit per s complexity 5", opus.AppVoIP, 5, 32000, 0, 0},
		{"redundancy for 5", opus.AppVoIP, 5, 32000, 5, 0},
		{"redundancy for 6", opus.AppVoIP, 5, 32000, 6, 0},
		{"redundancy for 10 at 40", opus.AppVoIP, 5, 40000, 10, 0},
		{"complexity 0", opus.AppVoIP, 0, 32000, 0, 0},
		{"complexity 2", opus.AppVoIP, 2, 32000, 0, 0},
		{"complexity 4", opus.AppVoIP, 4, 32000, 0, 0},
		{"complexity 7", opus.AppVoIP, 7, 32000, 0, 0},
		{"complexity 9", opus.AppVoIP, 9, 32000, 0, 0},
		{"complexity 10", opus.AppVoIP, 10, 32000, 0, 0},
		{"16 kbit per s", opus.AppVoIP, 5, 16000, 0, 0},
		{"64 kbit per s", opus.AppVoIP, 5, 64000, 0, 0},
		{"constant bit rate", opus.AppVoIP, 5, 32000, 0, 1},
		{"audio", opus.AppAudio, 5, 32000, 0, 0},
		{"low delay", opus.AppRestrictedLowdelay, 5, 32000, 0, 0},
		{"low delay 48 kbit per s", opus.AppRestrictedLowdelay, 5, 48000, 0, 0},
		{"low delay 48 kbit per s complexity 0", opus.AppRestrictedLowdelay, 0, 48000, 0, 0},
		{"low delay 48 kbit per s complexity 4", opus.AppRestrictedLowdelay, 4, 48000, 0, 0},
		{"low delay 64 kbit per s", opus.AppRestrictedLowdelay, 5, 64000, 0, 0},
	} {
		b.Run(row.name, func(b *testing.B) {
			enc, err := opus.NewEncoder(media.Rate, 1, row.app)
			if err != nil {
				b.Fatal(err)
			}
			_, _ = enc.SetComplexity(row.complexity), enc.SetBitrate(row.bitrate)
			_, _, _ = enc.SetInBandFEC(row.fec > 0), enc.SetPacketLossPerc(row.fec), enc.SetVBR(row.cbr == 0)
			said, payload, at := voice(4), make([]byte, 1275), 0
			for b.Loop() {
				if _, err := enc.Encode(said[at:at+media.FrameSize], payload); err != nil {
					b.Fatal(err)
				}
				at = (at + media.FrameSize) % len(said)
			}
		})
	}
}

// BenchmarkCodec is every row of the table with its defaults.
func BenchmarkCodec(b *testing.B) {
	said := voice(4)
	for _, c := range codec.Offered {
		all := packets(b, c, c.Format(), said)
		b.Run(title(c)+" encode", func(b *testing.B) {
			enc, _ := c.NewEncoder(c.Format())
			buf, at := make([]byte, 0, 4096), 0
			b.ReportAllocs()
			for b.Loop() {
				_, _ = enc.Encode(buf, &media.Frame{Samples: said[at : at+media.FrameSize], Rate: media.Rate})
				at = (at + media.FrameSize) % len(said)
			}
		})
		b.Run(title(c)+" decode", func(b *testing.B) {
			dec, _ := c.NewDecoder()
			f, i := media.NewFrame(media.Rate), 0
			b.ReportAllocs()
			for b.Loop() {
				_ = dec.Decode(f, all[i%len(all)])
				i++
			}
		})
		b.Run(title(c)+" decode and conceal", func(b *testing.B) {
			dec, _ := c.NewDecoder()
			f, i := media.NewFrame(media.Rate), 0
			b.ReportAllocs()
			for b.Loop() {
				_ = dec.Decode(f, all[i%len(all)])
				_ = dec.Conceal(f, nil)
				i++
			}
		})
	}
}

// BenchmarkNewEncoder is what a pool saves by Reset.
func BenchmarkNewEncoder(b *testing.B) {
	for _, name := range []string{"opus", "g722", "pcmu"} {
		row, _ := codec.Find(name)
		b.Run(name+" made", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = row.NewEncoder(row.Format())
			}
		})
		b.Run(name+" reset", func(b *testing.B) {
			enc, _ := row.NewEncoder(row.Format())
			b.ReportAllocs()
			for b.Loop() {
				_ = enc.(codec.Resetter).Reset()
			}
		})
	}
}
