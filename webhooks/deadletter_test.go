package webhooks

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

func TestALetterCanBeToldAgainWhenTheLogHasLetGoOfItsEvent(t *testing.T) {
	d := openNew(t, quick, func(c *Config) { c.Expiry = time.Nanosecond })
	var up atomic.Bool
	app := listening(t, func(_ int, _ received, w http.ResponseWriter) {
		if !up.Load() {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	s := talking(1)
	d.write(t, s.opens(app.URL), s.event(), s.hangsUp())
	var letters []DeadLetter
	eventually(t, "both are given up", func() bool {
		var err error
		letters, err = d.DeadLetters(t.Context())
		return err == nil && len(letters) == 2
	})
	empty(t, d)
	up.Store(true)
	for _, l := range letters {
		if err := d.Redeliver(t.Context(), l.ID); err != nil {
			t.Error(err)
		}
	}
	for i, r := range app.until(t, 2) {
		if r.ID != letters[i].EventID || r.Type != letters[i].Type || r.Sequence != fmt.Sprint(letters[i].Sequence) {
			t.Errorf("told %+v, the letter is %+v", r, letters[i])
		}
	}
}

// empty has the log let go of everything.
func empty(t *testing.T, d *desk) {
	t.Helper()
	js, err := jetstream.New(d.store.Conn())
	if err != nil {
		t.Fatal(err)
	}
	for n := range d.log.Shards() {
		stream, err := js.Stream(t.Context(), fmt.Sprintf("botd_log_%d", n))
		if err != nil {
			t.Fatal(err)
		}
		if err := stream.Purge(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
