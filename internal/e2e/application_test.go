package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"
)

// application is a program that goes through the scenario: it answers, plays,
// recognizes, mutes, adds and ends. It says how far it is.
type application interface {
	// step waits until the program has come to a step.
	step(name string) progress
	// end lets it end the call, which it does not do before.
	end()
}

// progress is one line of what a program tells.
type progress struct {
	Step         string          `json:"step"`
	User         string          `json:"user,omitempty"`       // ready: whom to call
	Connection   string          `json:"connection,omitempty"` // answered
	Tones        []string        `json:"tones,omitempty"`      // recognized
	Participants int             `json:"participants,omitempty"`
	Event        json.RawMessage `json:"event,omitempty"`
	Error        string          `json:"error,omitempty"`
}

// walk takes two browsers through the scenario with an application and checks
// what they hear and see. It returns the application's connection.
func walk(t *testing.T, alice, bob *tab, target string, app application) string {
	t.Helper()
	alice.count()
	alice.start(target)
	connection := app.step("answered").Connection
	alice.reach("Connected")
	app.step("played")
	alice.mark("played")
	hearsPrompt(t, alice)

	app.step("recognizing")
	alice.press("Num1", "Num2", "Pound")
	if got := app.step("recognized").Tones; !slices.Equal(got, []string{"one", "two"}) {
		t.Errorf("1, 2 and # were pressed, %v recognized", got)
	}

	app.step("muted")
	run[bool](alice, "phone.until('muted', () => phone.call().isMuted)")

	bob.accept()
	bob.reach("Connected")
	if got := app.step("added").Participants; got != 3 {
		t.Errorf("%d participants are listed, want the two and the application", got)
	}
	alice.mark("added")
	isTone(t, "Alice", alice.heardOnce("added", 2*time.Second), 620, 440)
	bob.mark("added")
	if _, ok := bob.heard("added", 2*time.Second).begins(); ok {
		t.Error("Bob hears somebody although Alice is muted")
	}

	app.end()
	for _, p := range []*tab{alice, bob} {
		p.reach("Disconnected")
		if got := p.endReason(); got.Code != 0 || got.Subcode != 7000 {
			t.Errorf("a browser's call ended with %+v, want 0/7000", got)
		}
	}
	app.step("over")
	return connection
}

// promptTone is what the application plays, promptLasts for how long.
const (
	promptTone  = 880
	promptLasts = 2 * time.Second
)

// hearsPrompt fails the test unless the page heard the prompt, all of it and
// once, and then nothing. A browser that gets too little of a processor makes
// sound up and leaves sound out, and counts both; what it counted is allowed for.
func hearsPrompt(t *testing.T, p *tab) {
	t.Helper()
	heard := p.heardOut("Connected", "played", 1500*time.Millisecond)
	began, ended, lasted := heard.audible()
	if lasted == 0 {
		t.Fatal("the prompt is not heard")
	}
	isTone(t, "the caller", heard.between(began, ended), promptTone, 440)
	up, away := p.made("Connected", began, ended)
	const edges = 100 * time.Millisecond
	if lasted < promptLasts-edges-away || lasted > promptLasts+edges+up {
		t.Errorf("a prompt of %v is heard for %v, from %v to %v; the browser made up %v and left out %v",
			promptLasts, lasted, began, ended, up, away)
	}
}

// promptServer serves the prompt and returns its URL.
func promptServer(t *testing.T) string {
	t.Helper()
	file := wav(tone(promptTone, promptLasts))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "prompt.wav", time.Time{}, bytes.NewReader(file))
	}))
	t.Cleanup(s.Close)
	return s.URL + "/prompt.wav"
}
