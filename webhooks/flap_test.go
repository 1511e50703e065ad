package webhooks

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

func TestAfterAnyFlappingAllIsToldWithinOneProbe(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T, w *wires) { flap(t, w, seed) })
		})
	}
}

func flap(t *testing.T, w *wires, seed uint64) {
	chance := rand.New(rand.NewPCG(seed, 3))
	var state atomic.Int32
	app := w.application(t, "app", func(_ int, _ received, rw http.ResponseWriter) {
		switch state.Load() {
		case 1:
			rw.WriteHeader(http.StatusServiceUnavailable)
		case 2:
			rw.(*status).code = 0
			panic(http.ErrAbortHandler)
		}
	})
	dir := t.TempDir()
	d := w.open(t, dir)
	var speakers []*speaker
	paths := []string{"http://app/a", "http://app/b", "http://app/c"}
	for round := range 30 {
		state.Store(chance.Int32N(3))
		speakers = append(speakers, crowd(t, d, 20*round, 20, 20, paths[chance.IntN(3)])...)
		pass(time.Duration(chance.IntN(9000)) * time.Millisecond)
		if chance.IntN(6) == 0 {
			d.abandon(t)
			d = w.open(t, dir)
		}
	}
	defer func() { d.abandon(t) }()
	state.Store(0)
	pass(37 * time.Second)
	kept := app.until(t, 0)
	for _, s := range speakers {
		if got := fresh(order(kept, s)); len(got) != 20 || !inOrder(got) {
			t.Errorf("seed %d: %s was told %v", seed, s.connection, got)
		}
	}
	if t.Failed() {
		conditions, err := d.Conditions(t.Context())
		t.Logf("%+v %v", conditions, err)
	}
}

// fresh leaves out what came again.
func fresh(sequences []string) []string {
	seen := make(map[string]bool)
	var first []string
	for _, s := range sequences {
		if !seen[s] {
			first = append(first, s)
		}
		seen[s] = true
	}
	return first
}
