package browser

import (
	"bytes"
	"testing"

	"github.com/pion/rtp"
)

func TestOurCipherMakesTheSamePacketsAsThatOfThePeerConnection(t *testing.T) {
	s := known(t)
	for i, p := range profiles {
		own, theirs := s.sealer(i), s.cipher(i, ours)
		h := rtp.Header{Version: 2, PayloadType: 111, SSRC: 0xfedcba98, SequenceNumber: 65000}
		payload := []byte("what is said")
		same := func() {
			t.Helper()
			got, err := protect(own, nil, &h, payload)
			fatal(t, err)
			want, err := protect(theirs, nil, &h, payload)
			fatal(t, err)
			if !bytes.Equal(got, want) {
				t.Fatalf("%v, number %d: %x, want %x", p.srtp, h.SequenceNumber, got, want)
			}
		}
		for n := range 3 << 16 { // numbers begin again three times
			h.SequenceNumber++
			h.Timestamp += 960
			h.Marker = n%7 == 0
			if n%16 == 0 || h.SequenceNumber < 8 || h.SequenceNumber > 65528 {
				same()
			}
			if n%5000 == 0 && n > 0 || h.SequenceNumber == 3 { // one from before that was asked for again
				before := h
				h.SequenceNumber -= 7
				same()
				h = before
			}
		}
	}
}

func TestAPacketShorterThanItsHeaderIsNotEncrypted(t *testing.T) {
	if _, err := known(t).sealer(0).EncryptRTP(nil, make([]byte, 11), &rtp.Header{Version: 2}); err == nil {
		t.Error("it was")
	}
}

func TestToEncryptAPacketAllocatesNothing(t *testing.T) {
	c, h, b := known(t).sealer(0), rtp.Header{Version: 2, SSRC: 9}, make([]byte, 0, maxPacket)
	payload := make([]byte, 160)
	if n := testing.AllocsPerRun(1000, func() {
		h.SequenceNumber++
		_, _ = protect(c, b, &h, payload)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
