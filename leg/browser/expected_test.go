package browser

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
)

func TestWhoLosesPacketsGetsSoundThatBearsIt(t *testing.T) {
	p, err := newPort()
	fatal(t, err)
	p.track.bound.Store(&binding{ssrc: 7, opus: 111})
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
