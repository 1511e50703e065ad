package webhooks

import "github.com/botd-dev/botd/call"

// seated is how many open connections of a shard are remembered at least, some
// hundred bytes each. Others are looked up in the log, where their first record
// says how they are told; that costs a reading each, which is much when
// thousands end at once.
const seated = 4096

// seats remembers how the connections are told that spoke lately. It holds two
// generations: the older goes when the younger is full.
type seats struct{ young, old map[string]call.Telling }

func (s *seats) put(connection string, t call.Telling) {
	if len(s.young) >= seated || s.young == nil {
		s.old, s.young = s.young, make(map[string]call.Telling)
	}
	s.young[connection] = t
}

func (s *seats) get(connection string) (call.Telling, bool) {
	if t, ok := s.young[connection]; ok {
		return t, true
	}
	t, ok := s.old[connection]
	if ok {
		s.put(connection, t)
	}
	return t, ok
}

// drop forgets a connection that is over.
func (s *seats) drop(connection string) {
	delete(s.young, connection)
	delete(s.old, connection)
}
