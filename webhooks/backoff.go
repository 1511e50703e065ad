package webhooks

import "time"

// after is how long the n-th failure in a row waits, n from 1; random is from 0
// to 1.
func (s Schedule) after(n int, random float64) time.Duration {
	wait := s.Longest
	if n < 32 {
		wait = min(s.First<<(n-1), s.Longest)
	}
	if wait <= 0 { // shifted too far
		wait = s.Longest
	}
	return time.Duration(float64(wait) * (1 + s.Jitter*(2*random-1)))
}

// resourceWaits is the schedule of resource events (events.md section 11).
var resourceWaits = []time.Duration{
	10 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute, 10 * time.Minute,
	30 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
}

// Limits of resource events: attempts and age.
const (
	resourceAttempts = 30
	resourceLife     = 24 * time.Hour
	incomingAttempts = 2
	incomingLife     = time.Minute
)

// resourceAfter is how long a resource event waits after its n-th attempt, n
// from 1.
func resourceAfter(n int) time.Duration {
	return resourceWaits[min(n, len(resourceWaits))-1]
}
