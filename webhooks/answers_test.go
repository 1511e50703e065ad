package webhooks

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/botd-dev/botd/call"
)

func TestAResetAndABrokenAnswerAreFailures(t *testing.T) {
	d := openNew(t, quick)
	app := listening(t, func(n int, _ received, w http.ResponseWriter) {
		switch n {
		case 1:
			panic(http.ErrAbortHandler)
		case 2:
			w.Header().Set("Content-Length", "100")
			w.WriteHeader(http.StatusOK)
			w.(*status).code = 0
			panic(http.ErrAbortHandler)
		}
	})
	s := talking(1)
	d.write(t, s.opens(app.URL), s.event())
	app.until(t, 1)
	if n := app.requests(); n != 3 {
		t.Errorf("%d attempts", n)
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	trapped := atomic.Int32{}
	trap := listening(t, func(int, received, http.ResponseWriter) { trapped.Add(1) })
	d := openNew(t, quick)
	app := listening(t, func(n int, _ received, w http.ResponseWriter) {
		if n == 1 {
			w.Header().Set("Location", trap.URL)
			w.WriteHeader(http.StatusTemporaryRedirect)
		}
	})
	s := talking(1)
	d.write(t, s.opens(app.URL), s.event())
	app.until(t, 1)
	if trapped.Load() != 0 || trap.requests() != 0 {
		t.Error("the redirect was followed")
	}
}

func TestAHugeAnswerIsNotRead(t *testing.T) {
	d := openNew(t, quick)
	var wrote atomic.Int64
	app := listening(t, func(_ int, _ received, w http.ResponseWriter) {
		w.WriteHeader(http.StatusOK)
		block := make([]byte, 64<<10)
		for range 800 {
			n, err := w.Write(block)
			wrote.Add(int64(n))
			if err != nil {
				return
			}
		}
	})
	s := talking(1)
	d.write(t, s.opens(app.URL), s.event(), s.event())
	app.until(t, 2)
	if n := wrote.Load() / 2; n > 16<<20 {
		t.Errorf("%d bytes were taken of each answer", n)
	}
}

func TestGoneStopsOnlyThatDestination(t *testing.T) {
	d := openNew(t, quick)
	app := listening(t, func(_ int, r received, w http.ResponseWriter) {
		if r.path == "/gone" {
			w.WriteHeader(http.StatusGone)
		}
	})
	s := talking(1)
	dead := func() call.Record {
		r := s.event()
		r.To = app.URL + "/gone"
		return r
	}
	d.write(t, s.opens(app.URL+"/alive"), dead(), dead(), s.event())
	app.until(t, 1)
	d.write(t, dead(), s.event(), s.hangsUp())
	app.until(t, 3)
	if n := app.requests(); n != 4 {
		t.Errorf("%d requests, want one to the one that is gone", n)
	}
	eventually(t, "it is listed", func() bool {
		letters, err := d.DeadLetters(t.Context())
		return err == nil && len(letters) == 1 && letters[0].State == "gone" && letters[0].Destination == app.URL+"/gone"
	})
}

func TestRetryAfterIsObeyed(t *testing.T) {
	d := openNew(t, quick)
	app := listening(t, func(n int, _ received, w http.ResponseWriter) {
		if n == 1 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
		}
	})
	s := talking(1)
	start := time.Now()
	d.write(t, s.opens(app.URL), s.event())
	app.until(t, 1)
	if took := time.Since(start); took < time.Second {
		t.Errorf("came back after %s", took)
	}
}
