package netlab

import (
	"container/heap"
	"sync"
	"time"
)

// queue sends datagrams when their time has come, in the order of their times
// and, of equal ones, as they were put in.
type queue struct {
	mu      sync.Mutex
	due     dueHeap
	count   int
	kick    chan struct{}
	stop    chan struct{}
	stopped sync.WaitGroup
}

// due is a datagram and when it is to be sent.
type due struct {
	at      time.Time
	number  int
	payload []byte
	send    func([]byte)
}

func newQueue() *queue {
	q := &queue{kick: make(chan struct{}, 1), stop: make(chan struct{})}
	q.stopped.Go(q.run)
	return q
}

// put hands over a datagram, which the queue keeps.
func (q *queue) put(at time.Time, payload []byte, send func([]byte)) {
	q.mu.Lock()
	q.count++
	heap.Push(&q.due, due{at, q.count, payload, send})
	q.mu.Unlock()
	select {
	case q.kick <- struct{}{}:
	default: // it has been told already
	}
}

// run sends until close.
func (q *queue) run() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-q.kick:
		case <-timer.C:
		case <-q.stop:
			return
		}
		timer.Reset(q.flush(time.Now()))
	}
}

// flush sends what is due and returns how long it is until the next.
func (q *queue) flush(now time.Time) time.Duration {
	for {
		q.mu.Lock()
		if len(q.due) == 0 {
			q.mu.Unlock()
			return time.Hour
		}
		if wait := q.due[0].at.Sub(now); wait > 0 {
			q.mu.Unlock()
			return wait
		}
		next, _ := heap.Pop(&q.due).(due) // there is nothing else in it
		q.mu.Unlock()
		next.send(next.payload)
	}
}

// close drops what is not sent yet.
func (q *queue) close() {
	close(q.stop)
	q.stopped.Wait()
}

// dueHeap fits heap.Interface.
type dueHeap []due

func (h dueHeap) Len() int { return len(h) }
func (h dueHeap) Less(i, j int) bool {
	if h[i].at.Equal(h[j].at) {
		return h[i].number < h[j].number
	}
	return h[i].at.Before(h[j].at)
}
func (h dueHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

func (h *dueHeap) Push(x any) {
	if d, ok := x.(due); ok {
		*h = append(*h, d)
	}
}

func (h *dueHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
