package webhooks

import (
	"net/http"
	"slices"
	"testing"
	"time"
)

func TestASilentEndpointIsToldEverythingOnce(t *testing.T) {
	d := openNew(t, quick)
	var app *application
	app = listening(t, func(_ int, r received, w http.ResponseWriter) {
		app.keep(r)
		<-app.closed
		w.WriteHeader(http.StatusInternalServerError) // nobody hears it
	})
	s := talking(1)
	d.write(t, s.opens(app.URL), s.event(), s.event(), s.event())
	start := time.Now()
	kept := app.until(t, 3)
	if got := order(kept, s); !inOrder(got) {
		t.Errorf("was told %v", got)
	}
	if took := time.Since(start); took < 2*d.cfg.Grace {
		t.Errorf("the grace was not waited for: %s", took)
	}
	eventually(t, "all are listed as unconfirmed", func() bool {
		letters, err := d.DeadLetters(t.Context())
		return err == nil && len(letters) == 3 && letters[0].State == "unconfirmed"
	})
	if n := app.requests(); n != 3 {
		t.Errorf("%d requests", n)
	}
}

func TestSilenceIsAFailureWhereAnAnswerIsRequired(t *testing.T) {
	d := openNew(t, quick, func(c *Config) { c.Limit = 400 * time.Millisecond })
	var app *application
	app = listening(t, func(n int, _ received, w http.ResponseWriter) {
		if n == 1 {
			<-app.closed
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	s := talking(1)
	first := s.opens(app.URL)
	first.Telling.AckRequired = true
	d.write(t, first, s.event(), s.event())
	kept := app.until(t, 2)
	if got := order(kept, s); !inOrder(got) {
		t.Errorf("was told %v", got)
	}
	if n := app.requests(); n != 3 {
		t.Errorf("%d requests", n)
	}
}

func TestALateRefusalIsToldAgainBeforeWhatFollows(t *testing.T) {
	d := openNew(t, quick)
	release := make(chan struct{})
	app := listening(t, func(n int, _ received, w http.ResponseWriter) {
		if n == 1 {
			<-release
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	s := talking(1)
	d.write(t, s.opens(app.URL), s.event(), s.event())
	app.until(t, 1) // the second went after the grace
	close(release)
	kept := app.until(t, 2)
	d.write(t, s.event())
	kept = append(kept[:0:0], app.until(t, 3)...)
	if got := order(kept, s); !slices.Equal(got, []string{"3", "2", "4"}) {
		t.Errorf("was told %v", got)
	}
}
