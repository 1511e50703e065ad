package jitter_test

import (
	"math"
	"testing"
	"time"

	"github.com/botd-dev/botd/media/jitter"
)

func TestAReportTellsOfTheIntervalAndOfAll(t *testing.T) {
	buf := jitter.New(jitter.Config{ClockRate: rate})
	if _, ok := buf.Report(); ok {
		t.Error("a report about nothing")
	}
	all := tone(8e9, tick) // numbers wrap on the way
	all = without(all, func(i int) bool { return i >= 100 && i < 200 && i%4 == 1 })
	push := func(n int) {
		for i := range all[:n] {
			buf.Push(&all[i].Packet, began.Add(all[i].at))
		}
		all = all[n:]
	}
	for i, row := range []struct {
		packets  int
		fraction uint8
		lost     uint32
		highest  uint32
	}{
		{100, 0, 0, 65500 + 99}, {75, 25 * 256 / 100, 25, 65500 + 199}, {100, 0, 25, 65500 + 299},
	} {
		push(row.packets)
		r, ok := buf.Report()
		if !ok || r.SSRC != 1 || r.FractionLost != row.fraction || r.TotalLost != row.lost || r.LastSequenceNumber != row.highest {
			t.Errorf("report %d: %+v", i, r)
		}
	}
	if r, _ := buf.Report(); r.FractionLost != 0 || r.Jitter != 0 {
		t.Errorf("nothing came since: %+v", r)
	}
}

func TestDuplicatesDoNotMakeLossNegative(t *testing.T) {
	buf := jitter.New(jitter.Config{ClockRate: rate})
	for _, p := range tone(2e9, tick) {
		for range 3 {
			buf.Push(&p.Packet, began.Add(p.at))
		}
	}
	if r, _ := buf.Report(); r.TotalLost != 0 || r.FractionLost != 0 {
		t.Errorf("%+v", r)
	}
}

func TestTheReportedJitterIsInUnitsOfTheClock(t *testing.T) {
	buf := jitter.New(jitter.Config{ClockRate: rate})
	for _, p := range delayed(tone(4e9, tick), func(i int) (d time.Duration) { return ms(i % 2 * 10) }) {
		buf.Push(&p.Packet, began.Add(p.at))
	}
	// Transits differ by 10 ms each time: 80 units of 8 kHz.
	if r, _ := buf.Report(); math.Abs(float64(r.Jitter)-80) > 2 {
		t.Errorf("%+v", r)
	}
}
