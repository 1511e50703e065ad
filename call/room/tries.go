package room

import (
	"sync"
	"time"

	"github.com/botd-dev/botd/identity"
)

// How many wrong passcodes may be tried within a window: by one user, and for
// one meeting by all of them together before every user has but one try.
const (
	window     = time.Minute
	perUser    = 10
	perMeeting = 100
)

// tries counts wrong passcodes. A meeting that is under attack stays open to
// those who know the passcode: it is the guessing users who have to wait.
type tries struct {
	mu       sync.Mutex
	users    counts
	meetings counts
}

func newTries() *tries { return &tries{users: counts{}, meetings: counts{}} }

// begin counts a try as a wrong one until it proves right, so that tries at the
// same time are as many as tries one after another. It returns how long the
// user has to wait instead, if that is too many, and whether this is news.
func (t *tries) begin(now time.Time, user identity.ID, meeting string) (wait time.Duration, news bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	most := perUser
	if t.meetings.of(meeting, now).wrong >= perMeeting {
		most = 1
	}
	if u := t.users.of(string(user), now); u.wrong >= most {
		t.users[string(user)] = count{u.since, u.wrong, true}
		return u.since.Add(window).Sub(now), !u.told
	}
	t.users.add(string(user), now, 1)
	t.meetings.add(meeting, now, 1)
	return 0, false
}

// right takes back what begin counted.
func (t *tries) right(now time.Time, user identity.ID, meeting string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.users.add(string(user), now, -1)
	t.meetings.add(meeting, now, -1)
}

// counts are what was wrong within the window that began with the first one.
type counts map[string]count

type count struct {
	since time.Time
	wrong int
	told  bool // that it was too many
}

// of is the count of a name; zero if its window is over.
func (c counts) of(name string, now time.Time) count {
	if n := c[name]; now.Sub(n.since) < window {
		return n
	}
	return count{since: now}
}

// crowd is how many names are counted before those whose window is over are
// looked for.
const crowd = 1024

func (c counts) add(name string, now time.Time, n int) {
	if _, known := c[name]; !known && len(c) >= crowd && len(c)%crowd == 0 {
		c.sweep(now)
	}
	counted := c.of(name, now)
	if counted.wrong = max(0, counted.wrong+n); counted.wrong == 0 {
		delete(c, name)
		return
	}
	c[name] = counted
}

func (c counts) sweep(now time.Time) {
	for name, n := range c {
		if now.Sub(n.since) >= window {
			delete(c, name)
		}
	}
}
