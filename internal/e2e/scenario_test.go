package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/botd-dev/botd"
	"github.com/botd-dev/botd/identity"
)

// TestAnApplicationIsTheSameOverRESTAndInGo goes through one scenario twice:
// with the service's own packages under Node, and as a bot in Go.
func TestAnApplicationIsTheSameOverRESTAndInGo(t *testing.T) {
	prompt := promptServer(t)
	h := newHandler(t, prompt)
	s := serve(t, botd.Bot("scenario", h.serve))
	alice, aliceID := ring(t, s, "Alice", 440)
	bob, bobID := ring(t, s, "Bob", 620)
	h.colleague = identity.ID(bobID)

	app := node(t, s, prompt, bobID)
	user := app.step("ready").User
	bySDK := closed(t, s, walk(t, alice, bob, user, app))
	if diff := cmp.Diff(kinds(bySDK), app.kinds()); diff != "" {
		t.Errorf("what the application was told is not what is in the log (-log +told):\n%s", diff)
	}

	alice.forget()
	bob.forget()
	inGo := closed(t, s, walk(t, alice, bob, "scenario", h))
	names := map[string]string{aliceID: "Alice", bobID: "Bob", user: "the application", "scenario": "the application"}
	if diff := cmp.Diff(plain(t, bySDK, names), plain(t, inGo, names)); diff != "" {
		t.Errorf("the logs differ (-SDK +Go):\n%s", diff)
	}
	for _, log := range [][]event{bySDK, inGo} {
		if diff := cmp.Diff([]string{"Bob", "Alice", "the application"}, speakers(t, log, names)); diff != "" {
			t.Errorf("those who spoke, the last one first, are not those in the log (-want +log):\n%s", diff)
		}
	}
}

// closed reads the log of a connection once it has ended.
func closed(t *testing.T, s server, connection string) []event {
	t.Helper()
	var log []event
	within(t, 20*time.Second, "the connection is closed in the log", func(ctx context.Context) error {
		var err error
		if log, err = s.log(ctx, connection); err == nil && !log[len(log)-1].closes() {
			err = errors.New("still open")
		}
		return err
	})
	return log
}

// plain writes events so that two runs can be compared: without ids and times,
// with names for who is known, and without operationContexts that were made up.
// Those that tell when something was heard, or how well, are left out.
func plain(t *testing.T, events []event, names map[string]string) []string {
	t.Helper()
	var lines []string
	for _, e := range events {
		if e.Type == spoken || e.Type == "botd.participant.quality" {
			continue
		}
		var data any
		if err := json.Unmarshal(e.Data, &data); err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(simplify(data, names)) // with sorted keys
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, e.Type+" "+string(text))
	}
	return lines
}

// spoken is the type of the events that tell who speaks.
const spoken = "botd.dominantspeakers.changed"

// speakers are those who spoke, by the last event that tells of it.
func speakers(t *testing.T, events []event, names map[string]string) []string {
	t.Helper()
	var last struct {
		Speakers []struct {
			Identifier struct {
				RawID string `json:"rawId"`
			} `json:"identifier"`
		} `json:"speakers"`
	}
	for _, e := range slices.Backward(events) {
		if e.Type == spoken {
			if err := json.Unmarshal(e.Data, &last); err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	var who []string
	for _, s := range last.Speakers {
		who = append(who, names[s.Identifier.RawID])
	}
	return who
}

// made are the fields whose values are new every time.
var made = []string{"callConnectionId", "serverCallId", "correlationId", "participantId", "invitationId", "operationContext"}

func simplify(v any, names map[string]string) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = simplify(v[i], names)
		}
	case map[string]any:
		if id, ok := v["rawId"].(string); ok && names[id] != "" {
			return names[id]
		}
		delete(v, "quality")
		for key := range v {
			v[key] = simplify(v[key], names)
			if slices.Contains(made, key) {
				v[key] = "made"
			}
		}
	}
	return v
}
