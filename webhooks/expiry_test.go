package webhooks

import (
	"net/http"
	"testing"
	"time"
)

func TestAllThatIsTooOldBecomesADeadLetterHoweverFarItLiesBehind(t *testing.T) {
	for _, row := range []struct {
		name   string
		events int           // of each connection
		silent time.Duration // before it fails
	}{
		{"more than is listed", 2*listed + 1, 0},
		{"what was let go and failed late", 1, 10 * time.Second},
	} {
		t.Run(row.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *wires) {
				const connections = 40
				dir := t.TempDir()
				expiry := func(c *Config) { c.Expiry = time.Hour }
				d := w.open(t, dir, expiry)
				w.application(t, "app", func(n int, _ received, rw http.ResponseWriter) {
					if n <= connections {
						time.Sleep(row.silent)
					}
					rw.WriteHeader(http.StatusBadGateway)
				})
				crowd(t, d, 0, connections, row.events, "http://app/")
				pass(58 * time.Minute)
				d.abandon(t)

				d = w.open(t, dir, expiry) // which has yet to read what is owed
				defer func() { d.abandon(t) }()
				pass(time.Minute)
				if letters, err := d.DeadLetters(t.Context()); err != nil || len(letters) != 0 {
					t.Fatalf("%d are given up too early, %v", len(letters), err)
				}
				pass(3 * time.Minute)
				allDead(t, d, connections*row.events)
				nothingOwed(t, d)
			})
		})
	}
}

// allDead checks that all events have become dead letters.
func allDead(t *testing.T, d *desk, events int) {
	t.Helper()
	letters, err := d.DeadLetters(t.Context())
	if err != nil || len(letters) != events {
		t.Errorf("%d of %d are dead letters, %v", len(letters), events, err)
	}
	for _, l := range letters {
		if l.State != letterDead || l.EventID == "" {
			t.Fatalf("%+v", l)
		}
	}
}

// nothingOwed checks that nobody is owed anything, and that the log need keep
// nothing.
func nothingOwed(t *testing.T, d *desk) {
	t.Helper()
	if n, err := d.Owed(t.Context()); err != nil || n != 0 {
		t.Errorf("%d destinations are owed something, %v", n, err)
	}
	for shard := range d.needed {
		if first := d.needed[shard].Load(); first <= d.log.Head(shard) {
			t.Errorf("the log of shard %d is needed from %d on, of %d", shard, first, d.log.Head(shard))
		}
	}
}
