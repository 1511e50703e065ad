package load

import (
	"testing"
	"time"

	"github.com/pion/rtp"

	"github.com/botd-dev/botd/media"
)

// arrival is a packet, the time after the window began, and its number.
type arrival struct {
	at     time.Duration
	number uint16
}

// even is a packet every 20 ms from the first of a range on.
func even(first time.Duration, packets int) []arrival {
	var all []arrival
	for i := range packets {
		all = append(all, arrival{first + time.Duration(i)*media.FrameDuration, uint16(i)})
	}
	return all
}

// counting takes packets in a window of 200 ms.
func counting(arrivals []arrival) counts {
	w := &window{start: time.Now(), length: 200 * time.Millisecond}
	s := &stream{call: &call{}}
	for _, a := range arrivals {
		s.take(w, w.start.Add(a.at), &rtp.Header{SequenceNumber: a.number, Timestamp: uint32(a.number) * media.FrameSize}, nil)
	}
	return s.counted(w)
}

func TestAWindowHasAWholeNumberOfPacketsOfEachStream(t *testing.T) {
	for _, first := range []time.Duration{0, 1e6, 9e6, 19e6, 39e6} {
		if c := counting(even(first, 20)); c.received != 10 {
			t.Errorf("%d packets in 200 ms, the first after %v", c.received, first)
		}
	}
	if c := counting(even(100*time.Millisecond, 20)); c.received != 5 {
		t.Errorf("%d packets in 100 ms: the time before the first does not count as due", c.received)
	}
}

func TestPacketsThatComeTwiceOrLateCountOnce(t *testing.T) {
	c := counting([]arrival{{0, 65534}, {20e6, 65535}, {21e6, 65535}, {40e6, 1}, {41e6, 0}})
	if c.received != 3 || c.repeated != 2 {
		t.Errorf("%d received, %d repeated", c.received, c.repeated)
	}
}

func TestSpacingIsHowFarPacketsAreFromTheirTimes(t *testing.T) {
	arrivals := even(0, 10)
	arrivals[5].at += 7 * time.Millisecond
	c := counting(arrivals)
	// The one before it is 7 ms too long ago, the one after it 7 ms too soon.
	if half, most := c.spacing.quantile(0.5), c.spacing.quantile(1); half > bin || (most-7*time.Millisecond).Abs() > bin {
		t.Errorf("median %v, most %v", half, most)
	}
	// A packet that is lost is 40 ms of sound and of time.
	lost := even(0, 10)
	c = counting(append(lost[:3:3], lost[4:]...))
	if most := c.spacing.quantile(1); c.received != 9 || most > bin {
		t.Errorf("%d received, spacing up to %v", c.received, most)
	}
}

func TestAWindowThatIsOverIsNotCountedAnyMore(t *testing.T) {
	w := &window{start: time.Now(), length: time.Second}
	s := &stream{call: &call{}}
	h := &rtp.Header{}
	s.take(nil, w.start, h, nil)
	s.take(w, w.start, h, nil)
	if c := s.counted(&window{}); c.received != 0 {
		t.Errorf("%d in a window that never was", c.received)
	}
	if c := s.counted(w); c.received != 1 {
		t.Errorf("%d received", c.received)
	}
}

func TestAMarkerBelongsToTheLastOneThatWasSent(t *testing.T) {
	begin := time.Now()
	c := &call{}
	if _, ok := c.sent(begin); ok {
		t.Error("a marker that nobody sent")
	}
	for i := range 3 {
		c.marks = append(c.marks, begin.Add(time.Duration(i)*time.Second))
	}
	for heard, want := range map[time.Duration]int{900 * time.Millisecond: 0, 999 * time.Millisecond: 1, 1100 * time.Millisecond: 1, time.Minute: 2} {
		if got, ok := c.sent(begin.Add(heard)); !ok || !got.Equal(c.marks[want]) {
			t.Errorf("heard after %v: sent after %v, want %d s", heard, got.Sub(begin), want)
		}
	}
	// The last 500 ms of a window do not count.
	if n := c.sentIn(&window{start: begin, length: 2400 * time.Millisecond}); n != 2 {
		t.Errorf("%d markers in 2.4 s", n)
	}
}
