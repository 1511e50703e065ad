package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
)

// TestWhatIsRepeatedAfterAKillIsNotDoneAgain loses the answers of a server that is
// killed: who asks again gets the same ones, of the call that died with it and of
// the room that did not.
func TestWhatIsRepeatedAfterAKillIsNotDoneAgain(t *testing.T) {
	p := build(t, []byte("a key of the tests, thirty-two bytes or more"))
	p.start()
	type try struct {
		target string
		body   any
		header []string
		first  answer
	}
	tries := []*try{
		{target: calling, body: map[string]any{"targets": []any{map[string]any{"rawId": "echo"}}, "callbackUri": "https://127.0.0.1:9/"}},
		{target: "/rooms?api-version=2025-03-13", body: map[string]any{}},
	}
	ask := func(x *try) answer {
		t.Helper()
		got, err := p.ask(t.Context(), http.MethodPost, x.target, x.body, x.header...)
		if err != nil || got.status != http.StatusCreated {
			t.Fatalf("%s: %d %s, %v", x.target, got.status, got.body, err)
		}
		return got
	}
	for _, x := range tries {
		x.header = []string{
			"Repeatability-Request-ID", uuid.NewString(),
			"Repeatability-First-Sent", time.Now().UTC().Format(http.TimeFormat),
		}
		x.first = ask(x)
	}
	p.kill()
	p.start()
	for _, x := range tries {
		if again := ask(x); string(again.body) != string(x.first.body) {
			t.Errorf("%s: first %s, then %s", x.target, x.first.body, again.body)
		}
	}
	p.has(1, "/rooms?api-version=2025-03-13")
	p.has(0, "/calling/calls")
	log, err := p.pages(t.Context(), "/calling/events")
	if err != nil {
		t.Fatal(err)
	}
	begun := 0
	for _, e := range log {
		if e.Type == "botd.call.started" {
			begun++
		}
	}
	if begun != 1 {
		t.Errorf("%d calls were begun", begun)
	}
}

// has fails the test unless a list has so many.
func (p *process) has(want int, target string) {
	p.t.Helper()
	got, err := p.ask(p.t.Context(), http.MethodGet, target, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	var list struct {
		Value []any `json:"value"`
	}
	if err := got.decode(&list); err != nil || len(list.Value) != want {
		p.t.Errorf("%s has %d, %v; want %d", target, len(list.Value), err, want)
	}
}
