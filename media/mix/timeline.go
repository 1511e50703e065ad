package mix

import (
	"time"

	"github.com/botd-dev/botd/media"
)

// timeline counts the ticks of a slot. Deadlines are counted from its start,
// so that being late once makes nothing after it late.
type timeline struct {
	start   time.Time
	catchUp int64 // ticks that may be made up for
	ticks   int64 // the last that was due
}

// next is when the coming tick is due, which is in the past if it is to be made
// up for, and how many ticks are left out before it.
func (l *timeline) next(now time.Time) (due time.Time, skipped int64) {
	l.ticks++
	if behind := l.passed(now) - l.ticks; behind > l.catchUp {
		skipped = behind
		l.ticks += behind
	}
	return l.due(l.ticks), skipped
}

// due is when a tick is due.
func (l *timeline) due(tick int64) time.Time {
	return l.start.Add(time.Duration(tick) * media.FrameDuration)
}

// resume forgets the ticks of a time in which there was nothing to be ticked.
func (l *timeline) resume(now time.Time) {
	l.ticks = max(l.ticks, l.passed(now))
}

func (l *timeline) passed(now time.Time) int64 {
	return int64(now.Sub(l.start) / media.FrameDuration)
}
