package browser

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/botd-dev/botd/media"
)

// tally counts.
type tally int

func (n *tally) Inc() { *n++ }

// sent is a stream that keeps what is written to it.
type sent struct {
	headers  []rtp.Header
	payloads []string
}

func (s *sent) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	s.headers, s.payloads = append(s.headers, *h), append(s.payloads, string(payload))
	return len(payload), nil
}

func (s *sent) Write(b []byte) (int, error) { return len(b), nil }

// boundTrack is a track whose packets are kept.
func boundTrack() (*track, *sent) {
	t, to := newTrack(), &sent{}
	t.bound.Store(&binding{stream: to, ssrc: 7, opus: 111})
	return t, to
}

func toHear(of string) media.Sound { return media.Sound{Payload: []byte(of)} }

func TestTimeGoesOnInSilenceAndAMarkerEndsIt(t *testing.T) {
	track, to := boundTrack()
	for _, payload := range []string{"a", "", "", "b", "c"} {
		track.hear(toHear(payload))
	}
	if len(to.headers) != 3 {
		t.Fatalf("%d packets", len(to.headers))
	}
	first, second, third := to.headers[0], to.headers[1], to.headers[2]
	if got := second.Timestamp - first.Timestamp; got != 3*media.FrameSize {
		t.Errorf("after two silent ticks time went on by %d samples", got)
	}
	if second.SequenceNumber != first.SequenceNumber+1 || third.SequenceNumber != second.SequenceNumber+1 {
		t.Error("sequence numbers have a gap")
	}
	if !first.Marker || !second.Marker || third.Marker {
		t.Errorf("markers are %v, %v, %v", first.Marker, second.Marker, third.Marker)
	}
	if first.SSRC != 7 || first.PayloadType != 111 {
		t.Errorf("it is sent as %d of type %d", first.SSRC, first.PayloadType)
	}
}

func TestWhatWasLostOnTheWayHereLeavesAGap(t *testing.T) {
	track, to := boundTrack()
	track.hear(toHear("a"))
	track.hear(media.Sound{Lost: true})
	track.hear(toHear("c"))
	first, second := to.headers[0], to.headers[1]
	if second.SequenceNumber != first.SequenceNumber+2 || second.Timestamp != first.Timestamp+2*media.FrameSize {
		t.Errorf("after a lost packet: number +%d, time +%d",
			second.SequenceNumber-first.SequenceNumber, second.Timestamp-first.Timestamp)
	}
	if second.Marker {
		t.Error("a loss is no silence")
	}
}

func TestAPeerThatAsksIsSentPacketsAgain(t *testing.T) {
	track, to := boundTrack()
	track.hear(toHear("a"))
	track.again([]uint16{to.headers[0].SequenceNumber})
	if len(to.headers) != 1 {
		t.Fatal("what was not kept is sent again")
	}
	for _, payload := range []string{"b", "c", "d"} {
		track.hear(toHear(payload))
	}
	c := to.headers[2]
	track.again([]uint16{c.SequenceNumber, c.SequenceNumber + 500})
	if len(to.headers) != 5 || to.payloads[4] != "c" || to.headers[4].Timestamp != c.Timestamp {
		t.Errorf("sent: %q", to.payloads)
	}
}

func TestAPeerIsToldWhatItWasSent(t *testing.T) {
	track, to := boundTrack()
	var reports []rtcp.Packet
	track.report = func(p []rtcp.Packet) error {
		reports = append(reports, p...)
		return nil
	}
	for range reportEvery {
		track.hear(toHear("abc"))
	}
	if len(reports) != 2 {
		t.Fatalf("%d packets of RTCP in 5 s", len(reports))
	}
	r, ok := reports[0].(*rtcp.SenderReport)
	if !ok || r.SSRC != 7 || r.PacketCount == 0 || r.OctetCount != 3*r.PacketCount {
		t.Errorf("the report is %+v", reports[0])
	}
	if r.PacketCount > uint32(len(to.headers)) {
		t.Error("it tells of more than was sent")
	}
}

func TestATickOfWhatIsHeardAllocatesNothing(t *testing.T) {
	track := newTrack()
	track.bound.Store(&binding{stream: discard{}, ssrc: 7, opus: 111})
	s := toHear("some payload")
	if n := testing.AllocsPerRun(1000, func() { track.hear(s) }); n != 0 {
		t.Errorf("%v allocations a tick", n)
	}
}

// discard is a stream that keeps nothing.
type discard struct{ webrtc.TrackLocalWriter }

func (discard) WriteRTP(_ *rtp.Header, payload []byte) (int, error) { return len(payload), nil }

func TestTheTimeOfRTCPIsThatOfNTP(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 500_000_000, time.UTC)
	got := ntp(at)
	if seconds := got >> 32; seconds != uint64(at.Unix())+2208988800 || got<<32>>32 != 1<<31 {
		t.Errorf("%x", got)
	}
}
