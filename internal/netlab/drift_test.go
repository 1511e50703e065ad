package netlab

import (
	"slices"
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
)

// TestForAnHourTheDelayStaysThoughClocksDiffer has a script said again and again
// by a clock that is 300 parts in a million too fast or too slow, so by 1.08 s in
// the hour, and listens every ten minutes.
func TestForAnHourTheDelayStaysThoughClocksDiffer(t *testing.T) {
	s := script(t, 3*time.Second, 3*time.Second)
	s.Samples = s.Samples[:len(s.Samples)/media.FrameSize*media.FrameSize]
	packets, err := Encode(slices.Concat(s.Samples, s.Samples), 0)
	if err != nil {
		t.Fatal(err)
	}
	packets = packets[len(packets)/2:] // as if it went on from the last time
	for _, ppm := range []float64{-300, 300} {
		h := &hour{t: t, bridge: newBridge(t), talker: Talker{Packets: packets, LevelID: levelID, Drift: ppm}}
		var least, most time.Duration = time.Hour, 0
		last, every := 60, 10
		if raced {
			last, every = 2, 2
		}
		for minute := 0; minute <= last; minute += every {
			round := int(time.Duration(minute)*time.Minute/packet) / len(packets)
			r := s.Judge(h.listen(round), 0)
			delay, apart := r.Delay()
			t.Logf("%+v ppm, minute %2d: %v", ppm, minute, &r)
			if least, most = min(least, delay), max(most, delay); apart > 30*time.Millisecond {
				t.Errorf("%+v ppm, minute %d: the delay changes by %v", ppm, minute, apart)
			}
			if r.Clicks > 0 || len(r.Gaps) > 0 || r.Recognised < r.Of || r.Intelligibility < 0.93 {
				t.Errorf("%+v ppm, minute %d: %v", ppm, minute, &r)
			}
		}
		stats := h.bridge.buffer.Stats()
		t.Logf("%+v ppm: delay %v to %v; put in %d ms, left out %d ms, late %d", ppm, least, most, stats.Inserted/48, stats.Removed/48, stats.Late)
		if most-least > 30*time.Millisecond || most > 50*time.Millisecond || stats.Late > 0 {
			t.Errorf("%+v ppm: delay %v to %v, late %d", ppm, least, most, stats.Late)
		}
	}
}

// hour is a bridge and one who talks to it for long.
type hour struct {
	t      *testing.T
	bridge *bridge
	talker Talker
	sent   int // packets
	ticked int
}

// listen goes on to the time at which the script is said for the n-th time, and
// returns what is heard from then on until it is over.
func (h *hour) listen(n int) []int16 {
	h.t.Helper()
	from, to := h.talker.When(n*len(h.talker.Packets)), h.talker.When((n+1)*len(h.talker.Packets))+time.Second
	for h.now() < from {
		h.tick()
	}
	heard := slices.Repeat([]int16{0}, samplesOf(h.now()-from))
	for h.now() < to {
		heard = append(heard, h.tick()...)
	}
	return heard
}

func (h *hour) now() time.Duration { return time.Duration(h.ticked)*packet + phase }

// tick lets packets come, and the bridge take a frame.
func (h *hour) tick() []int16 {
	at := h.now()
	var d datagram
	for ; h.talker.When(h.sent) <= at; h.sent++ {
		if err := h.talker.Make(&d.packet, h.sent); err != nil {
			h.t.Fatal(err)
		}
		h.bridge.buffer.Push(&d.packet, h.bridge.began.Add(h.talker.When(h.sent)))
	}
	h.ticked++
	return h.bridge.tick(h.t, at)
}
