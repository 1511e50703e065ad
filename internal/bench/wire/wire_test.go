package wire_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"
	"time"

	"github.com/pion/rtp"

	"github.com/botd-dev/botd/internal/bench/wire"
)

const port = 7882

// capture is a file as tcpdump writes it.
type capture struct{ bytes.Buffer }

func newCapture() *capture {
	c := &capture{}
	head := make([]byte, 24)
	binary.LittleEndian.PutUint32(head, 0xa1b23c4d)
	binary.LittleEndian.PutUint32(head[20:], 1)
	c.Write(head)
	return c
}

// sent adds an RTP packet, or RTCP where its type says so.
func (c *capture) sent(t testing.TB, at time.Duration, from uint16, kind uint8, timestamp uint32) {
	t.Helper()
	p := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: kind & 0x7f, SSRC: 7, Timestamp: timestamp}, Payload: []byte{1, 2, 3}}
	payload, err := p.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	payload[1] = kind
	frame := make([]byte, 42, 42+len(payload))
	frame[12], frame[13] = 8, 0
	frame[14], frame[14+9] = 0x45, 17
	binary.BigEndian.PutUint16(frame[34:], from)
	binary.BigEndian.PutUint16(frame[36:], 50000)
	frame = append(frame, payload...)
	head := make([]byte, 16)
	binary.LittleEndian.PutUint32(head, uint32(at/time.Second))
	binary.LittleEndian.PutUint32(head[4:], uint32(at%time.Second))
	binary.LittleEndian.PutUint32(head[8:], uint32(len(frame)))
	c.Write(head)
	c.Write(frame)
}

func TestSpacingIsThatOfTheTimesInTheCapture(t *testing.T) {
	c := newCapture()
	for i := range 500 {
		late := time.Duration(0)
		if i == 250 {
			late = 7 * time.Millisecond
		}
		at := time.Duration(i)*20*time.Millisecond + late
		c.sent(t, at, port, 111, uint32(i)*960)
		c.sent(t, at, port+1, 111, uint32(i)*9600) // somebody else's
		c.sent(t, at, port, 200, 0)                // a sender report
	}
	var s wire.Spacing
	if err := wire.Read(&c.Buffer, port, s.Add); err != nil {
		t.Fatal(err)
	}
	n, of := s.Quantiles(time.Minute, 0, 0.5, 0.99, 1)
	if n != 499 || of[0] != 0 || of[1] != 0 || of[2] != 7*time.Millisecond {
		t.Errorf("%d packets, off by %v", n, of)
	}
	if n, of = s.Quantiles(time.Second, time.Second, 1); n != 51 || of[0] != 0 {
		t.Errorf("in one second before the last: %d packets, off by %v", n, of)
	}
}

func TestAnotherFileIsRefused(t *testing.T) {
	for _, file := range []string{"", "RIFF of some length, and a WAVE", string(make([]byte, 100))} {
		if err := wire.Read(bytes.NewReader([]byte(file)), port, func(wire.Packet) {}); !errors.Is(err, wire.ErrFormat) {
			t.Errorf("%q: %v", file, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	c := newCapture()
	c.sent(f, time.Second, port, 111, 960)
	f.Add(c.Bytes())
	f.Fuzz(func(t *testing.T, file []byte) {
		var s wire.Spacing
		packets := 0
		err := wire.Read(bytes.NewReader(file), port, func(p wire.Packet) { packets++; s.Add(p) })
		if err != nil && !errors.Is(err, wire.ErrFormat) {
			t.Error(err)
		}
		if n, _ := s.Quantiles(time.Hour, 0, 0.5); n > packets {
			t.Errorf("%d of %d packets", n, packets)
		}
	})
}
