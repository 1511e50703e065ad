package webhooks

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/botd-dev/botd/call"
)

// The environment of a child process that tells until it is killed: where its
// files are, whom it tells, and the number of its first call.
const (
	victimDir  = "BOTD_WEBHOOKS_VICTIM"
	victimURL  = "BOTD_WEBHOOKS_URL"
	victimBase = "BOTD_WEBHOOKS_BASE"
)

// victim makes calls until it is killed, or only tells if it has no number.
func victim() {
	d, err := build(os.Getenv(victimDir), quick)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	var base int
	if _, err := fmt.Sscan(os.Getenv(victimBase), &base); err != nil {
		os.Exit(1)
	}
	ticks := time.NewTicker(2 * time.Millisecond)
	var speakers []*speaker
	for n := range 30 {
		s := talking(base + n)
		speakers = append(speakers, s)
		d.log.Append(s.call, []call.Record{s.opens(os.Getenv(victimURL))}, nil)
	}
	for n := 0; ; n++ {
		<-ticks.C
		s := speakers[n%len(speakers)]
		d.log.Append(s.call, []call.Record{s.event()}, nil)
	}
}

func TestAKilledProcessOwesNothingAfterItsNextStart(t *testing.T) {
	dir := t.TempDir()
	var refuse atomic.Bool
	app := listening(t, func(n int, _ received, w http.ResponseWriter) {
		if refuse.Load() || n%7 == 0 {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	const kills = 3
	for kill := range kills {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), victimDir+"="+dir, victimURL+"="+app.URL, fmt.Sprintf("%s=%d", victimBase, 1000*kill))
		cmd.Stdout = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		app.until(t, 300*(kill+1))
		refuse.Store(kill == 1) // once it dies owing a lot
		asked := app.requests()
		eventually(t, "some more", func() bool { return app.requests() > asked+5 })
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed
		refuse.Store(false)
	}
	d := openAt(t, dir, quick)
	defer d.abandon(t)
	duplicates := 0
	for kill := range kills {
		for n := range 30 {
			duplicates += checkTold(t, d, app, talking(1000*kill+n))
		}
	}
	t.Logf("%d duplicates in %d kills, %d events", duplicates, kills, len(app.until(t, 0)))
	if duplicates > 50*kills {
		t.Errorf("%d duplicates", duplicates)
	}
}

// checkTold waits until a connection has been told all of the log, checks the
// order of what is new, and counts what came again.
func checkTold(t *testing.T, d *desk, app *application, s *speaker) int {
	t.Helper()
	log, err := d.log.Read(t.Context(), s.connection, 0, 100000)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, r := range log {
		if r.Contract() {
			want = append(want, fmt.Sprint(r.Sequence))
		}
	}
	var got []string
	eventually(t, "all is told", func() bool {
		got = order(app.until(t, 0), s)
		return len(got) > 0 && got[len(got)-1] == want[len(want)-1]
	})
	var fresh []string
	for _, sequence := range got {
		if !slices.Contains(fresh, sequence) {
			fresh = append(fresh, sequence)
		}
	}
	if !slices.Equal(fresh, want) {
		t.Errorf("%s was told %v, want %v", s.connection, fresh, want)
	}
	return len(got) - len(fresh)
}

func TestWhatIsOwedForLongIsToldAfterARestart(t *testing.T) {
	dir := t.TempDir()
	down := atomic.Bool{}
	down.Store(true)
	app := listening(t, func(_ int, r received, w http.ResponseWriter) {
		if down.Load() && r.path == "/down" {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	d := openAt(t, dir, quick)
	owed, fine := talking(1), talking(2)
	records := []call.Record{owed.opens(app.URL + "/down")}
	for range 50 {
		records = append(records, owed.event())
	}
	d.write(t, append(records, owed.hangsUp())...)
	d.write(t, fine.opens(app.URL+"/up"), fine.event(), fine.hangsUp())
	app.until(t, 2)
	shard := 0
	eventually(t, "the floor has passed it", func() bool {
		passed := false
		_ = d.ask(t.Context(), func() {
			for _, q := range d.queues {
				shard = q.shard
				passed = q.parked && !q.dirty && d.floors[q.shard] >= 52
			}
		})
		return passed
	})
	if need := d.needed[shard].Load(); need == 0 || need > 3 {
		t.Errorf("the log may lose what stands before %d", need)
	}
	d.abandon(t)

	down.Store(false)
	d = openAt(t, dir, quick)
	defer d.abandon(t)
	kept := app.until(t, 2+51)
	if got := order(kept, owed); len(got) != 51 || !inOrder(got) {
		t.Errorf("was told %v", got)
	}
	if got := order(kept, fine); len(got) != 2 {
		t.Errorf("what was told came again: %v", got)
	}
}

func TestWhatIsOwedForAMomentIsToldAfterARestart(t *testing.T) {
	dir := t.TempDir()
	down := atomic.Bool{}
	down.Store(true)
	app := listening(t, func(_ int, _ received, w http.ResponseWriter) {
		if down.Load() {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	d := openAt(t, dir, quick)
	s := talking(1)
	d.write(t, s.opens(app.URL), s.event(), s.event(), s.hangsUp())
	eventually(t, "it was tried", func() bool { return app.requests() > 0 })
	var floor uint64
	if err := d.ask(t.Context(), func() {
		d.raise() // as happens every second
		for _, q := range d.queues {
			floor = d.floors[q.shard]
		}
	}); err != nil {
		t.Fatal(err)
	}
	if floor > 1 {
		t.Errorf("the floor is %d, above what is owed", floor)
	}
	d.abandon(t)
	down.Store(false)
	d = openAt(t, dir, quick)
	defer d.abandon(t)
	if got := order(app.until(t, 3), s); !inOrder(got) {
		t.Errorf("was told %v", got)
	}
}

func TestWhatWasSilentBeforeARestartIsNotToldAgain(t *testing.T) {
	dir := t.TempDir()
	var app *application
	app = listening(t, func(n int, r received, w http.ResponseWriter) {
		app.keep(r)
		<-app.closed
		w.WriteHeader(http.StatusInternalServerError)
	})
	d := openAt(t, dir, quick, func(c *Config) { c.Limit = time.Minute })
	s := talking(1)
	d.write(t, s.opens(app.URL), s.event(), s.event())
	app.until(t, 2)
	d.abandon(t)
	d = openAt(t, dir, quick)
	defer d.abandon(t)
	eventually(t, "both are listed", func() bool {
		letters, err := d.DeadLetters(t.Context())
		return err == nil && len(letters) == 2
	})
	kept := app.until(t, 3) // the closing record
	if got := order(kept, s); !slices.Equal(got, []string{"2", "3", "4"}) {
		t.Errorf("was told %v", got)
	}
}
