package browser

import (
	"strings"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
)

func TestWhoLosesPacketsGetsSoundThatBearsIt(t *testing.T) {
	p, err := newPort()
	fatal(t, err)
	p.track.bound.Store(&binding{ssrc: 7, opus: 111, wants: codec.ParseOpus(opusCodec.SDPFmtpLine)})
	var r reported
	at := time.Unix(1700000000, 0)
	report := func(lost uint8) int {
		at = at.Add(5 * time.Second)
		r.take(&rtcp.ReceiverReport{Reports: []rtcp.ReceptionReport{{SSRC: 7, FractionLost: lost}}}, at, p.track)
		return p.Format().PacketLoss
	}
	for i, step := range []struct {
		lost uint8
		want int
	}{
		{0, 0}, {2, 0}, {12, 10}, {4, 10}, {0, 10}, {50, 20}, {12, 20}, {0, 20}, {0, 10}, {0, 10}, {0, 0}, {0, 0},
	} {
		if got := report(step.lost); got != step.want {
			t.Errorf("report %d: after %d/256 lost, %d %% are prepared for, not %d", i, step.lost, got, step.want)
		}
	}
}

func TestAClientHearsAsItsDescriptionAsksFor(t *testing.T) {
	w := newWorld(t)
	for _, tc := range []struct {
		fmtp string
		want media.Format
	}{
		{"minptime=10;useinbandfec=1", media.Format{Codec: "opus", Rate: media.Rate, PacketLoss: 20}},
		{"useinbandfec=0;usedtx=1", media.Format{Codec: "opus", Rate: media.Rate, DTX: true}},
		{"maxaveragebitrate=24000", media.Format{Codec: "opus", Rate: media.Rate, Bitrate: 24000}},
	} {
		d, err := parseOffer(strings.Replace(page, "minptime=10;useinbandfec=1", tc.fmtp, 1))
		fatal(t, err)
		out := newTrack()
		p, err := w.engine.newPeer(d, w.metrics, out, func(*webrtc.TrackRemote, *webrtc.RTPReceiver) {})
		fatal(t, err)
		_, err = p.answer(t.Context())
		fatal(t, err)
		out.expected.percent.Store(20)
		if got := out.format(); got != tc.want {
			t.Errorf("%s: it hears %+v, want %+v", tc.fmtp, got, tc.want)
		}
		p.close()
	}
}
