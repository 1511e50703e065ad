package browser

import (
	"testing"

	"github.com/pion/rtp"

	"github.com/botd-dev/botd/media"
)

// tally counts.
type tally int

func (n *tally) Inc() { *n++ }

// taken is a track that keeps the headers of what it is given.
type taken struct {
	packets chan rtp.Header
}

func (t taken) WriteRTP(p *rtp.Packet) error {
	t.packets <- p.Header
	return nil
}

func TestTimeGoesOnInSilenceAndAMarkerEndsIt(t *testing.T) {
	s := newSender(new(tally))
	out := taken{make(chan rtp.Header, sendAhead)}
	ended := make(chan struct{})
	done := make(chan struct{})
	s.hear([]byte{1})
	s.hear(nil)
	s.hear(nil)
	s.hear([]byte{2})
	s.hear([]byte{3})
	go func() { defer close(done); s.run(out, ended) }()
	first, second, third := <-out.packets, <-out.packets, <-out.packets
	close(ended)
	<-done
	if got := second.Timestamp - first.Timestamp; got != 3*media.FrameSize {
		t.Errorf("silence of two ticks moved the clock by %d", got)
	}
	if second.SequenceNumber != first.SequenceNumber+1 || third.SequenceNumber != second.SequenceNumber+1 {
		t.Error("silence took sequence numbers")
	}
	if !first.Marker || !second.Marker || third.Marker {
		t.Errorf("markers are %v %v %v", first.Marker, second.Marker, third.Marker)
	}
}

func TestASlowNetworkLosesTheOldestSound(t *testing.T) {
	counter := new(tally)
	s := newSender(counter)
	for i := range sendAhead + 3 {
		s.hear([]byte{byte(i)})
	}
	var p packet
	if !s.next(&p) || p.payload[0] != 3 {
		t.Errorf("the oldest left is %d", p.payload[0])
	}
	if *counter != 3 {
		t.Errorf("%d packets are counted as dropped", *counter)
	}
}

func TestHearingAllocatesNothing(t *testing.T) {
	s := newSender(new(tally))
	payload := make([]byte, 120)
	var p packet
	if n := testing.AllocsPerRun(100, func() { s.hear(payload); s.next(&p) }); n != 0 {
		t.Errorf("%v allocations a tick", n)
	}
}
