package webhooks

import (
	"container/heap"
	"time"
)

// timers are things to do later, in order of time, behind a single timer. The
// loop's alone.
type timers struct {
	due   dues
	timer *time.Timer
}

type due struct {
	at time.Time
	do func()
}

type dues []due

func (d dues) Len() int           { return len(d) }
func (d dues) Less(i, j int) bool { return d[i].at.Before(d[j].at) }
func (d dues) Swap(i, j int)      { d[i], d[j] = d[j], d[i] }

// Push and Pop fit heap.Interface.
func (d *dues) Push(x any) { *d = append(*d, x.(due)) } //nolint:errcheck,forcetypeassert // only at pushes

func (d *dues) Pop() any {
	last := len(*d) - 1
	x := (*d)[last]
	(*d)[last] = due{}
	*d = (*d)[:last]
	return x
}

func newTimers() *timers {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return &timers{timer: t}
}

// at has something done at a time.
func (t *timers) at(when time.Time, do func()) {
	heap.Push(&t.due, due{when, do})
	if t.due[0].at.Equal(when) {
		t.set()
	}
}

// in has something done after a while.
func (t *timers) in(d time.Duration, do func()) { t.at(time.Now().Add(d), do) }

// run does what is due.
func (t *timers) run() {
	for now := time.Now(); len(t.due) > 0 && !t.due[0].at.After(now); now = time.Now() {
		heap.Pop(&t.due).(due).do() //nolint:errcheck,forcetypeassert // only at pushes
	}
	t.set()
}

func (t *timers) set() {
	if len(t.due) > 0 {
		t.timer.Reset(max(0, time.Until(t.due[0].at)))
	}
}
