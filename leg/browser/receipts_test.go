package browser

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"github.com/botd-dev/botd/media"
)

// receiving is receipts and what they send.
type receiving struct {
	*receipts
	sent  []rtcp.Packet
	start time.Time
	now   time.Time
}

func newReceiving(agreed lanes) *receiving {
	out, _ := boundTrack()
	r := &receiving{start: time.Unix(1700000000, 0)}
	r.now = r.start
	r.receipts = &receipts{
		send: func(p []rtcp.Packet) error {
			r.sent = append(r.sent, p...)
			return nil
		},
		peer: &reported{}, out: out, transport: agreed.transport, nack: agreed.nack,
	}
	return r
}

// packet comes 20 ms after the one before, give or take.
func (r *receiving) packet(t *testing.T, sequence uint16, late time.Duration) {
	t.Helper()
	r.now = r.now.Add(media.FrameDuration)
	p := rtp.Packet{Header: rtp.Header{
		Version: 2, SSRC: 9, SequenceNumber: sequence,
		Timestamp: uint32(r.now.Sub(r.start) / media.FrameDuration * media.FrameSize),
	}}
	if r.transport != 0 {
		b, err := rtp.TransportCCExtension{TransportSequence: sequence}.Marshal()
		fatal(t, err)
		fatal(t, p.SetExtension(r.transport, b))
	}
	r.take(&p, r.now.Add(late))
}

func pick[T rtcp.Packet](packets []rtcp.Packet) (found []T) {
	for _, p := range packets {
		if p, ok := p.(T); ok {
			found = append(found, p)
		}
	}
	return found
}

func TestAReportTellsWhatWasLost(t *testing.T) {
	r := newReceiving(lanes{})
	r.peer.sender(&rtcp.SenderReport{NTPTime: 0x1122334455667788}, r.now)
	for n := range uint16(120) {
		if n%10 != 5 {
			r.packet(t, 65500+n, 0) // round the corner
		} else {
			r.now = r.now.Add(media.FrameDuration)
		}
	}
	reports := pick[*rtcp.ReceiverReport](r.sent)
	if len(reports) != 2 {
		t.Fatalf("%d reports in 2.4 s", len(reports))
	}
	got := reports[1].Reports[0]
	if got.SSRC != 9 || reports[1].SSRC != 7 || got.TotalLost != 10 {
		t.Errorf("the report is %+v", got)
	}
	if got.FractionLost < 20 || got.FractionLost > 31 {
		t.Errorf("of 256 packets %d were lost", got.FractionLost)
	}
	if got.LastSequenceNumber>>16 != 1 {
		t.Errorf("the highest sequence number is %x", got.LastSequenceNumber)
	}
	if got.LastSenderReport != 0x33445566 || got.Delay < 2*65536 || got.Delay > 3*65536 {
		t.Errorf("the sender report was %x, %d/65536 s ago", got.LastSenderReport, got.Delay)
	}
	if got.Jitter > 1 {
		t.Errorf("without jitter it is %d", got.Jitter)
	}
}

func TestTheJitterIsThatOfRFC3550(t *testing.T) {
	r := newReceiving(lanes{})
	for n := range uint16(200) {
		r.packet(t, n, time.Duration(n%2)*10*time.Millisecond)
	}
	reports := pick[*rtcp.ReceiverReport](r.sent)
	if got := reports[len(reports)-1].Reports[0].Jitter; got < 460 || got > 490 {
		t.Errorf("packets that miss each other by 10 ms have a jitter of %d/48 ms", got)
	}
}

func TestWhatIsMissingIsAskedForWhereItCanComeInTime(t *testing.T) {
	r := newReceiving(lanes{nack: true})
	for _, n := range []uint16{1, 2, 5, 6} {
		r.packet(t, n, 0)
	}
	asked := pick[*rtcp.TransportLayerNack](r.sent)
	if len(asked) != 1 || len(asked[0].Nacks) != 1 {
		t.Fatalf("asked for %v", asked)
	}
	if list := asked[0].Nacks[0].PacketList(); len(list) != 2 || list[0] != 3 || list[1] != 4 {
		t.Errorf("asked for %v", list)
	}
	r.sent = nil
	r.peer.trip = time.Second
	r.packet(t, 9, 0)
	r.packet(t, 60, 0)
	if asked := pick[*rtcp.TransportLayerNack](r.sent); len(asked) != 0 {
		t.Errorf("what would come too late is asked for: %v", asked)
	}
}

func TestTransportFeedbackComesTenTimesASecond(t *testing.T) {
	r := newReceiving(lanes{transport: 3})
	for n := range uint16(100) {
		r.packet(t, n, 0)
	}
	told := pick[*rtcp.TransportLayerCC](r.sent)
	if len(told) < 18 || len(told) > 20 {
		t.Errorf("%d times in 2 s", len(told))
	}
	count := 0
	for _, p := range told {
		count += int(p.PacketStatusCount)
	}
	if count < 90 || count > 100 {
		t.Errorf("of 100 packets it tells of %d", count)
	}
}

func TestTheRoundTripIsMeasuredByReports(t *testing.T) {
	out, _ := boundTrack()
	var r reported
	sent := time.Unix(1700000000, 0)
	block := rtcp.ReceptionReport{
		SSRC: 7, FractionLost: 64, Jitter: 480, LastSenderReport: uint32(ntp(sent) >> 16), Delay: 65536 / 2,
	}
	r.take(&rtcp.ReceiverReport{Reports: []rtcp.ReceptionReport{block}}, sent.Add(580*time.Millisecond), out)
	got := r.arrives()
	if !got.known || got.fraction != 0.25 || got.jitter != 10*time.Millisecond {
		t.Errorf("it is %+v", got)
	}
	if trip := got.trip.Round(time.Millisecond); trip != 80*time.Millisecond {
		t.Errorf("the round trip took %v", trip)
	}
}

func FuzzReports(f *testing.F) {
	for _, p := range []rtcp.Packet{
		&rtcp.SenderReport{SSRC: 9, NTPTime: 1 << 40, Reports: []rtcp.ReceptionReport{{SSRC: 7, FractionLost: 3}}},
		&rtcp.ReceiverReport{SSRC: 9, Reports: []rtcp.ReceptionReport{{SSRC: 7, LastSenderReport: 5, Delay: 3}}},
		&rtcp.TransportLayerNack{SenderSSRC: 9, MediaSSRC: 7, Nacks: []rtcp.NackPair{{PacketID: 3, LostPackets: 0xffff}}},
	} {
		b, err := p.Marshal()
		fatal(f, err)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		packets, err := rtcp.Unmarshal(b)
		if err != nil {
			return
		}
		out, _ := boundTrack()
		out.hear(toHear("a"))
		var r reported
		for _, p := range packets {
			r.take(p, time.Unix(1700000000, 0), out)
		}
		if got := r.arrives(); got.fraction < 0 || got.fraction >= 1 || got.jitter < 0 || got.trip < 0 {
			t.Errorf("it is %+v", got)
		}
	})
}

func FuzzHeaderExtensions(f *testing.F) {
	p := rtp.Packet{Header: rtp.Header{Version: 2, SSRC: 9, SequenceNumber: 3}, Payload: []byte{1, 2}}
	fatal(f, p.SetExtension(1, []byte{0x80 | 12}))
	fatal(f, p.SetExtension(3, []byte{1, 2}))
	b, err := p.Marshal()
	fatal(f, err)
	f.Add(b, uint8(1), uint8(3))
	f.Fuzz(func(t *testing.T, b []byte, level, transport uint8) {
		var p rtp.Packet
		if p.Unmarshal(b) != nil {
			return
		}
		e := newTestEar(t)
		e.leg.port.buffer.SetLevelExtension(level)
		e.leg.port.buffer.Push(&p, time.Unix(1700000000, 0))
		if l := e.leg.port.Level(); l > 127 {
			t.Errorf("the level is %d", l)
		}
		r := newReceiving(lanes{level: level, transport: transport, nack: true})
		for i := range 20 {
			p.SequenceNumber += uint16(i)
			r.take(&p, r.now.Add(time.Duration(i)*100*time.Millisecond))
		}
	})
}
