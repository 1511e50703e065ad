package browser

import (
	"sync"
	"time"
)

// When a client counts as speaking: louder than background for a few packets
// in a row, until it has not been for a while.
const (
	speechLevel  = 50 // -dBov (RFC 6464); quieter is background
	speechStart  = 3  // packets
	speechHanger = 600 * time.Millisecond
)

// speech turns audio levels into the start and the end of speech. The end
// comes by itself, for a client that stops talking may stop sending.
type speech struct {
	begin, end func()

	mu       sync.Mutex
	loud     int // packets in a row
	speaking bool
	quiet    *time.Timer
	stopped  bool
}

func newSpeech(begin, end func()) *speech { return &speech{begin: begin, end: end} }

// hear takes the level of one packet, in -dBov.
func (s *speech) hear(level uint8) {
	if s.count(level) {
		s.begin()
	}
}

// count reports whether speech begins with this packet.
func (s *speech) count(level uint8) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if level > speechLevel {
		s.loud = 0
		return false
	}
	s.loud++
	if s.speaking {
		s.quiet.Reset(speechHanger)
		return false
	}
	if s.loud < speechStart || s.stopped {
		return false
	}
	s.speaking = true
	if s.quiet == nil {
		s.quiet = time.AfterFunc(speechHanger, s.fade)
	} else {
		s.quiet.Reset(speechHanger)
	}
	return true
}

// fade is the end of speech.
func (s *speech) fade() {
	s.mu.Lock()
	over := s.speaking && !s.stopped
	s.speaking, s.loud = false, 0
	s.mu.Unlock()
	if over {
		s.end()
	}
}

// stop is the end of the leg; nothing is reported any more.
func (s *speech) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = true
	if s.quiet != nil {
		s.quiet.Stop()
	}
}
