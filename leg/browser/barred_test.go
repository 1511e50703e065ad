package browser

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

func TestWhoGoesOnAskingForWhatItMayNotIsCountedAndDoesNotFillTheLog(t *testing.T) {
	core, logged := observer.New(zap.InfoLevel)
	closed := func(context.Context, string) (Session, error) {
		return Session{User: ann, Scopes: []string{scopeJoin}}, nil
	}
	signalling(t, closed, func(t *testing.T, s *Server, dial func() *websocket.Conn) {
		s.log = zap.New(core)
		c := dial()
		hello(t, c, "t")
		for ref := range 100 {
			say(t, c, map[string]any{"type": "start", "ref": ref, "call": "secret"})
			if m := receive(t, c); m.Code != 403 {
				t.Fatalf("start is answered %+v", m)
			}
		}
		say(t, c, map[string]any{"type": "join", "ref": 100, "call": "c"}) // a mistake, but not forbidden
		receive(t, c)
		if n := counted(t, s.metrics.barred); n != 100 {
			t.Errorf("%v were counted", n)
		}
		lines := logged.FilterMessage("a client asked for what it may not")
		if n := lines.Len(); n != 20 {
			t.Errorf("%d lines were logged", n)
		}
		if f := lines.All()[0].ContextMap(); len(f) != 4 || f["userId"] != string(ann) || f["type"] != "start" || f["subCode"] != int64(8523) {
			t.Errorf("logged %v", f)
		}
		_ = c.CloseNow()
	})
}

// counted is the sum of a counter over its labels.
func counted(t *testing.T, c prometheus.Collector) (sum float64) {
	t.Helper()
	r := prometheus.NewRegistry()
	fatal(t, r.Register(c))
	families, err := r.Gather()
	fatal(t, err)
	for _, f := range families {
		for _, m := range f.GetMetric() {
			sum += m.GetCounter().GetValue()
		}
	}
	return sum
}

// TestATokenEndsByTheClockAsItIsSet sets the wall clock while a client with a
// token of an hour is connected.
func TestATokenEndsByTheClockAsItIsSet(t *testing.T) {
	for name, row := range map[string]struct{ jump, lives time.Duration }{
		"an hour back":         {-time.Hour, 2 * time.Hour},
		"half an hour ahead":   {30 * time.Minute, 30 * time.Minute},
		"beyond its end":       {2 * time.Hour, 11 * time.Minute}, // seen within a minute
		"ahead, but by little": {time.Second, time.Hour - time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			var ahead atomic.Int64
			now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
			var ends time.Time
			verify := func(context.Context, string) (Session, error) {
				return Session{User: ann, Scopes: []string{scopeAll}, Expires: ends}, nil
			}
			signalling(t, verify, func(t *testing.T, s *Server, dial func() *websocket.Conn) {
				s.cfg.Now, ends = now, time.Now().Add(time.Hour)
				began := time.Now()
				c := dial()
				hello(t, c, "t")
				time.AfterFunc(10*time.Minute+30*time.Second, func() { ahead.Store(int64(row.jump)) })
				if m := receive(t, c); m.Type != "unregistered" {
					t.Errorf("the client is told %+v", m)
				}
				if d := time.Since(began) - row.lives; d < -time.Second || d > time.Second {
					t.Errorf("it was cut %v off its time", d)
				}
				_ = c.CloseNow()
			})
		})
	}
}

func TestWhoGoesOnComingWithoutAGoodTokenDoesNotFillTheLog(t *testing.T) {
	core, logged := observer.New(zap.InfoLevel)
	signalling(t, believe, func(t *testing.T, s *Server, dial func() *websocket.Conn) {
		s.log = zap.New(core)
		for range 100 {
			c := dial()
			say(t, c, map[string]any{"type": "hello", "token": "nonsense"})
			if m := receive(t, c); m.Type != "unregistered" {
				t.Fatalf("the client is told %+v", m)
			}
			closed(t, c)
		}
		if n := counted(t, s.metrics.refused); n != 100 {
			t.Errorf("%v were counted", n)
		}
		if n := logged.FilterMessage("browser client refused").Len(); n != 20 {
			t.Errorf("%d lines were logged", n)
		}
	})
}
