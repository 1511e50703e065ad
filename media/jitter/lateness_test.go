package jitter

import (
	"testing"
	"time"
)

// after is what lateness says of packets every 20 ms that are on time but for
// one in every.
func after(packets, every int, late time.Duration) *lateness {
	l := &lateness{}
	at := time.Unix(0, 0)
	l.opened = at
	for n := range packets {
		behind := time.Duration(0)
		if n%every == every-1 {
			behind = late
		}
		l.add(behind, at)
		at = at.Add(20 * time.Millisecond)
	}
	return l
}

func TestOnePacketLaterThanAllOthersKeepsNoDelay(t *testing.T) {
	if got := after(500, 200, 40*time.Millisecond).latest(); got > 4*time.Millisecond { // one in 4 s
		t.Errorf("a delay of %v is kept", got)
	}
	if got := after(500, 40, 40*time.Millisecond).latest(); got < 40*time.Millisecond { // one in 0.8 s
		t.Errorf("a delay of %v is kept", got)
	}
}

func TestWhatWasRepairedIsWaitedForFromThenOn(t *testing.T) {
	l := after(100, 1000, 0)
	at := time.Unix(2, 0)
	l.repaired(40*time.Millisecond, at)
	if got := l.latest(); got < 40*time.Millisecond {
		t.Errorf("a delay of %v is kept", got)
	}
	for range 250 {
		at = at.Add(20 * time.Millisecond)
		l.add(0, at)
	}
	if got := l.latest(); got > 4*time.Millisecond {
		t.Errorf("after 5 s a delay of %v is kept", got)
	}
}
