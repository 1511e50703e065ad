package stream

import (
	"sync"
	"sync/atomic"
)

// The bounds of a Queue.
const (
	// waitingPackets is how much sound of one stream waits: 2 s.
	waitingPackets = 100
	// waitingTexts is how many other messages wait.
	waitingTexts = 1000
)

// Stats count what happens to all streams of a server.
type Stats struct {
	// Dropped are messages that were not sent because their reader was too slow.
	Dropped atomic.Int64
	// Misunderstood are messages of applications that were ignored.
	Misunderstood atomic.Int64
	// Overflowed is sound of applications that was dropped because too much
	// waited, in packets of 20 ms.
	Overflowed atomic.Int64
	// Connected are sockets that were opened, Lost those of them that broke.
	Connected, Lost atomic.Int64
}

// Queue is what waits to be sent on one socket. Putting something in never
// waits: of sound, and of messages, the oldest is dropped and counted where there
// is too much. One goroutine takes out.
type Queue struct {
	stats *Stats
	ready chan struct{} // has a token when there is something

	mu    sync.Mutex
	audio []Packet
	first int
	n     int
	texts [][]byte
}

// NewQueue makes a Queue for the sound of so many streams.
func NewQueue(streams int, stats *Stats) *Queue {
	return &Queue{stats: stats, ready: make(chan struct{}, 1), audio: make([]Packet, streams*waitingPackets)}
}

// Audio puts a packet in. Its PCM is copied.
func (q *Queue) Audio(p Packet) {
	q.mu.Lock()
	if q.n == len(q.audio) {
		q.first = (q.first + 1) % len(q.audio)
		q.n--
		q.stats.Dropped.Add(1)
	}
	to := &q.audio[(q.first+q.n)%len(q.audio)]
	pcm := append(to.PCM[:0], p.PCM...)
	*to = p
	to.PCM = pcm
	q.n++
	q.mu.Unlock()
	q.tell()
}

// Text puts another message in, which goes before any sound. It is kept.
func (q *Queue) Text(message []byte) {
	q.mu.Lock()
	if len(q.texts) == waitingTexts {
		q.texts = q.texts[1:]
		q.stats.Dropped.Add(1)
	}
	q.texts = append(q.texts, message)
	q.mu.Unlock()
	q.tell()
}

func (q *Queue) tell() {
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

// take takes what is next: a message, or else a packet, which is copied to p. It
// reports false if there is nothing.
func (q *Queue) take(p *Packet) (text []byte, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.texts) > 0 {
		text, q.texts = q.texts[0], q.texts[1:]
		return text, true
	}
	if q.n == 0 {
		return nil, false
	}
	from := &q.audio[q.first]
	pcm := append(p.PCM[:0], from.PCM...)
	*p = *from
	p.PCM = pcm
	q.first = (q.first + 1) % len(q.audio)
	q.n--
	return nil, true
}
