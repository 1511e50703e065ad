package browser

import "sync"

// answersKept is how many answers a client can ask for again.
const answersKept = 64

// answers makes every request of a client happen once and in turn. A client
// whose socket dropped sends again what it has no answer to, with the same
// reference; the server may have done it already, or be doing it now.
type answers struct {
	mu   sync.Mutex // held while a request is served
	kept map[int64][]byte
	refs [answersKept]int64
	next int
}

// once runs serve and keeps its answer, or returns the one it has.
func (s *answers) once(ref *int64, serve func() []byte) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ref == nil {
		return serve()
	}
	if b, done := s.kept[*ref]; done {
		return b
	}
	b := serve()
	s.keep(*ref, b)
	return b
}

func (s *answers) keep(ref int64, b []byte) {
	if s.kept == nil {
		s.kept = map[int64][]byte{}
	}
	if len(s.kept) == answersKept {
		delete(s.kept, s.refs[s.next])
	}
	s.kept[ref], s.refs[s.next] = b, ref
	s.next = (s.next + 1) % answersKept
}
