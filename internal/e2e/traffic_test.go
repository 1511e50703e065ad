package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"
)

// traffic is applications that call each other over REST: one creates a call
// to a user, another is told of it and answers, one of the two ends it. What
// happens is told to either of two receivers; calls are told to the first.
type traffic struct {
	t         *testing.T
	server    account
	receivers [2]*receiver
	witness   *witness
	user      string // who is called

	mu      sync.Mutex
	chance  *rand.Rand
	pickUp  func(incoming string) // while calls are answered
	answers sync.WaitGroup
}

func newTraffic(t *testing.T, server account, user string, seed uint64) *traffic {
	tr := &traffic{
		t: t, server: server, witness: newWitness(), user: user,
		chance: rand.New(rand.NewPCG(seed, seed)),
	}
	for n := range tr.receivers {
		name := []string{"first", "second"}[n]
		mux := http.NewServeMux()
		mux.HandleFunc("POST /incoming", tr.incoming)
		mux.HandleFunc("POST /call/{which}", func(w http.ResponseWriter, r *http.Request) { tr.event(name, r) })
		mux.HandleFunc("POST /result", func(w http.ResponseWriter, r *http.Request) { tr.event(name, r) })
		tr.receivers[n] = newReceiver(t, name, mux)
	}
	return tr
}

// subscribe has the webhook told of calls to the user.
func (tr *traffic) subscribe(ctx context.Context) error {
	got, err := tr.server.ask(ctx, http.MethodPut, "/eventSubscriptions/traffic", map[string]any{
		"endpoint": tr.receivers[0].URL + "/incoming", "schema": "eventgrid",
		"eventTypes": []string{"Microsoft.Communication.IncomingCall"},
		"filter":     map[string]any{"to": []string{tr.user}},
	})
	if err == nil && got.status/100 != 2 {
		err = fmt.Errorf("subscribe: %d %s", got.status, got.body)
	}
	return err
}

// roll throws a die.
func (tr *traffic) roll(sides int) int {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.chance.IntN(sides)
}

// receiver is one of the two.
func (tr *traffic) receiver() *receiver { return tr.receivers[tr.roll(2)] }

// incoming is told of calls, and has them answered.
func (tr *traffic) incoming(w http.ResponseWriter, r *http.Request) {
	var events []struct {
		ID   string `json:"id"`
		Type string `json:"eventType"`
		Data struct {
			ValidationCode      string `json:"validationCode"`
			IncomingCallContext string `json:"incomingCallContext"`
		} `json:"data"`
	}
	body, err := io.ReadAll(r.Body)
	if err != nil || json.Unmarshal(body, &events) != nil || len(events) != 1 {
		tr.t.Errorf("incoming: %v in %s", err, body)
		return
	}
	data := events[0].Data
	if data.ValidationCode != "" {
		_ = json.NewEncoder(w).Encode(map[string]string{"validationResponse": data.ValidationCode}) // else it is not valid
		return
	}
	if err := tr.witness.ring(events[0].ID, string(body)); err != nil {
		tr.t.Error(err)
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if tr.pickUp != nil {
		tr.pickUp(data.IncomingCallContext)
	}
}

// event is told what happens to calls.
func (tr *traffic) event(receiver string, r *http.Request) {
	var events []event
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // killed while it told
	}
	if err := json.Unmarshal(body, &events); err != nil || len(events) != 1 {
		tr.t.Errorf("event: %v in %s", err, body)
		return
	}
	tr.witness.hear(receiver+r.URL.Path, events[0])
}

// flow lets calls come and go, some at a time, until ctx ends.
func (tr *traffic) flow(ctx context.Context, calls int) {
	tr.answering(func(incoming string) {
		tr.answers.Go(func() { tr.answer(ctx, incoming) })
	})
	var lives sync.WaitGroup
	for range calls {
		lives.Go(func() {
			for ctx.Err() == nil {
				tr.life(ctx)
			}
		})
	}
	lives.Wait()
	tr.answering(nil)
	tr.answers.Wait()
}

// answering sets what is done with calls that come in.
func (tr *traffic) answering(pickUp func(incoming string)) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.pickUp = pickUp
}

// life is one call from its creation to its end, or to a kill.
func (tr *traffic) life(ctx context.Context) {
	cn := tr.begin(ctx, "/calling/callConnections", http.StatusCreated, "create", map[string]any{
		"targets": []map[string]string{{"rawId": tr.user}},
	})
	if cn == "" {
		return
	}
	if tr.until(ctx, cn, "CallConnected", "connected") {
		tr.look(ctx, cn)
		tr.talk(ctx)
		if tr.roll(4) == 0 && tr.until(ctx, cn, "CallDisconnected", "disconnected") {
			return // the other side has ended it
		}
	}
	if tr.roll(2) == 0 {
		tr.throwOut(ctx, cn)
	}
	tr.finish(ctx, cn)
}

// talk is what people do in a call, for some seconds.
func (tr *traffic) talk(ctx context.Context) {
	over := time.NewTimer(time.Duration(tr.roll(8000)) * time.Millisecond)
	defer over.Stop()
	select {
	case <-over.C:
	case <-ctx.Done():
	}
}

// answer answers a call, and sometimes ends it.
func (tr *traffic) answer(ctx context.Context, incoming string) {
	cn := tr.begin(ctx, "/calling/callConnections:answer", http.StatusOK, "answer", map[string]any{
		"incomingCallContext": incoming,
	})
	if cn == "" || !tr.until(ctx, cn, "CallConnected", "connected") {
		return
	}
	tr.look(ctx, cn)
	if tr.roll(2) == 0 {
		tr.talk(ctx)
		tr.finish(ctx, cn)
	}
}

// begin asks for a connection and notes that there is one.
func (tr *traffic) begin(ctx context.Context, target string, status int, kind string, body map[string]any) string {
	to, which := tr.receiver(), "some"
	var events []string
	if tr.roll(2) == 0 {
		which, events = "all", []string{"botd-events", "all"}
	}
	body["callbackUri"] = to.URL + "/call/" + which
	got, err := tr.server.ask(ctx, http.MethodPost, target, body, events...)
	if err != nil || got.status != status {
		return ""
	}
	var made struct {
		ID string `json:"callConnectionId"`
	}
	if err := got.decode(&made); err != nil || made.ID == "" {
		tr.t.Errorf("%s: %v in %s", kind, err, got.body)
		return ""
	}
	tr.witness.claim(made.ID, kind, func(e event) bool {
		return e.Type == "botd.connection.opened" && e.field("kind") == kind
	})
	tr.witness.expect(made.ID, to.name+"/call/"+which)
	return made.ID
}

// look reads a connection, who is in the call, and the log, and changes
// something.
func (tr *traffic) look(ctx context.Context, cn string) {
	target := "/calling/callConnections/" + cn
	tr.state(ctx, cn)
	var list struct {
		Value []member `json:"value"`
	}
	if tr.get(ctx, target+"/participants", &list) {
		for _, m := range list.Value {
			tr.witness.claim(cn, fmt.Sprintf("participant %+v", m), m.explained)
		}
	}
	read, err := tr.server.log(ctx, cn)
	if err != nil {
		return
	}
	for _, e := range read {
		tr.witness.claim(cn, "event "+e.ID, func(f event) bool { return f.ID == e.ID && f.Sequence == e.Sequence })
	}
	tr.mute(ctx, cn)
}

// get reads something; false if it could not be read.
func (tr *traffic) get(ctx context.Context, target string, into any) bool {
	got, err := tr.server.ask(ctx, http.MethodGet, target, nil)
	if err != nil || got.status != http.StatusOK {
		return false
	}
	if err := got.decode(into); err != nil {
		tr.t.Error(err)
		return false
	}
	return true
}

// mute mutes who was called.
func (tr *traffic) mute(ctx context.Context, cn string) {
	got, err := tr.server.ask(ctx, http.MethodPost, "/calling/callConnections/"+cn+"/participants:mute", map[string]any{
		"targetParticipants": []map[string]string{{"rawId": tr.user}},
	})
	if err == nil && got.status == http.StatusOK {
		m := member{Muted: true}
		m.Identifier.RawID = tr.user
		tr.witness.claim(cn, "mute", m.explained)
	}
}

// member is a participant in a list, and in the event that tells of one.
type member struct {
	Identifier struct {
		RawID string `json:"rawId"`
	} `json:"identifier"`
	Muted bool `json:"isMuted"`
	Held  bool `json:"isOnHold"`
}

// explained recognizes the event that says that a participant became so.
func (m member) explained(e event) bool {
	var told member
	return e.Type == "botd.participant.state" && e.field("state") == "Connected" &&
		json.Unmarshal(e.Data, &told) == nil && told == m
}

// state reads the state of a connection; empty if it has none any more.
func (tr *traffic) state(ctx context.Context, cn string) string {
	var seen struct {
		State string `json:"callConnectionState"`
	}
	if tr.get(ctx, "/calling/callConnections/"+cn, &seen) {
		tr.witness.claim(cn, "state "+seen.State, inState(seen.State))
	}
	return seen.State
}

// throwOut removes who was called, and has the result told to either receiver.
func (tr *traffic) throwOut(ctx context.Context, cn string) {
	to := tr.receiver()
	got, err := tr.server.ask(ctx, http.MethodPost, "/calling/callConnections/"+cn+"/participants:remove", map[string]any{
		"participantToRemove": map[string]string{"rawId": tr.user},
		"operationContext":    to.name, "operationCallbackUri": to.URL + "/result",
	})
	if err == nil && got.status == http.StatusAccepted {
		tr.witness.claim(cn, "remove", func(e event) bool { return e.result() == to.name })
	}
}

// finish ends a call in one of the two ways.
func (tr *traffic) finish(ctx context.Context, cn string) {
	method, target := http.MethodDelete, "/calling/callConnections/"+cn
	if tr.roll(2) == 0 {
		method, target = http.MethodPost, target+":terminate"
	}
	if got, err := tr.server.ask(ctx, method, target, nil); err == nil && got.status == http.StatusNoContent {
		tr.witness.claim(cn, "end", inState("disconnecting"))
	}
}

// inState recognizes the event that says that a connection came to a state.
func inState(state string) func(event) bool {
	return func(e event) bool { return e.Type == "botd.connection.state" && e.field("state") == state }
}

// until waits until a connection is told an event, or is seen in a state: where
// it is told may be down.
func (tr *traffic) until(ctx context.Context, cn, kind, state string) bool {
	for range 4 {
		if tr.await(ctx, cn, kind) {
			return true
		}
		now := tr.state(ctx, cn)
		switch {
		case ctx.Err() != nil:
			return false
		case now == state, now == "" && state == "disconnected":
			return true
		case now == "":
			return false
		}
	}
	return false
}

// await waits a moment until a connection is told an event.
func (tr *traffic) await(ctx context.Context, connection, kind string) bool {
	late := time.NewTimer(500 * time.Millisecond)
	defer late.Stop()
	for {
		told, more := tr.witness.heard(connection, kind)
		if told {
			return true
		}
		select {
		case <-more:
		case <-late.C:
			return false
		case <-ctx.Done():
			return false
		}
	}
}

// field is a text in the event's data.
func (e event) field(name string) string {
	var data map[string]any
	if json.Unmarshal(e.Data, &data) != nil {
		return ""
	}
	text, _ := data[name].(string)
	return text
}
