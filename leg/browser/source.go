package browser

import (
	"encoding/binary"
	"runtime/debug"
	"sync"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"
)

// replayWindow is how many packets back one is known that has come before (RFC
// 3711, section 3.3.2).
const replayWindow = 64

// source is the short way of a client's sound: from the socket to the ear,
// decrypted on the spot. The long way, through every layer of the peer
// connection, wakes four goroutines for each packet.
//
// One packet a second goes the long way too, so that the layers see that the
// client is there. Nothing but that way has what is no sound, and what our cipher
// does not open: it is forged, or has come before, or from somebody who chose the
// same SSRC, or our cipher has lost count. A peer connection knows which.
type source struct {
	secret *secret
	ear    *ear

	mu     sync.Mutex
	cipher *srtp.Context // nil: none has opened a packet yet
	tries  int
	count  int
	broken bool // its ear has panicked
	header rtp.Header
	clear  []byte
	came   [replayWindow]uint32 // one more than the sequence numbers last heard
}

// triesMost is how many packets may come that no cipher opens before no more are
// tried.
const triesMost = 8

func newSource(s *secret, e *ear) *source {
	return &source{secret: s, ear: e, clear: make([]byte, 0, maxPacket)}
}

// take takes a packet. It reports false if that is to go the long way, too.
func (s *source) take(packet []byte, at time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.survive()
	if s.broken || !s.ear.listens(packet[1]) || !s.opens(packet) {
		return false
	}
	n := uint32(s.header.SequenceNumber) + 1
	s.came[n%replayWindow] = n
	s.ear.take(s.clear, at)
	s.count++
	return s.count%probeEvery != 0
}

// had reports whether a packet that comes the long way has come the short one.
func (s *source) had(packet []byte) bool {
	if len(packet) < 4 {
		return false
	}
	n := uint32(binary.BigEndian.Uint16(packet[2:])) + 1 // RFC 3550, section 5.1
	s.mu.Lock()
	defer s.mu.Unlock()
	came := &s.came[n%replayWindow]
	again := *came == n
	*came = 0 // the next of this number comes 65,536 packets later
	return again || s.broken
}

// survive ends one call for a mistake in its sound. Whoever reads the socket, or
// ticks, does so for all of them.
func (s *source) survive() {
	if p := recover(); p != nil {
		s.broken = true
		go s.ear.leg.broke(p, debug.Stack()) // a tick may not wait
	}
}

// opens decrypts a packet with the cipher, or with the first that can.
func (s *source) opens(packet []byte) bool {
	if s.cipher != nil {
		return s.open(s.cipher, packet)
	}
	return s.tries < triesMost && s.find(packet)
}

// find looks for the cipher that opens a packet.
func (s *source) find(packet []byte) bool {
	for i := range profiles {
		c := s.secret.cipher(i, theirs, srtp.SRTPReplayProtection(replayWindow))
		if c != nil && s.open(c, packet) {
			s.cipher = c
			return true
		}
	}
	s.tries++
	return false
}

// open decrypts a packet.
func (s *source) open(c *srtp.Context, packet []byte) bool {
	b, err := c.DecryptRTP(s.clear[:0], packet, &s.header)
	if err != nil {
		return false
	}
	s.clear = b
	return true
}

// sources are the short ways in, by SSRC. Where two clients chose the same, the
// later goes the long way.
type sources struct{ of sync.Map }

func (s *sources) add(ssrc uint32, in *source)    { s.of.LoadOrStore(ssrc, in) }
func (s *sources) remove(ssrc uint32, in *source) { s.of.CompareAndDelete(ssrc, in) }

// take takes a packet of sound that came at some time. It reports false if that
// is to go the long way, too.
func (s *sources) take(packet []byte, at time.Time) bool {
	ssrc, ok := ssrcOf(packet)
	if !ok {
		return false
	}
	in, ok := s.of.Load(ssrc)
	return ok && in.(*source).take(packet, at) //nolint:errcheck,forcetypeassert // add stores nothing else
}
