package webhooks

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// subscriber is an endpoint that takes part in handshakes.
type subscriber struct {
	*httptest.Server
	requests chan *http.Request
	bodies   chan string
	status   int
	silent   bool
}

func subscribing(t *testing.T) *subscriber {
	t.Helper()
	s := &subscriber{requests: make(chan *http.Request, 100), bodies: make(chan string, 100), status: http.StatusOK}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

// ServeHTTP answers handshakes and takes events.
func (s *subscriber) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	if req.Method == http.MethodOptions {
		w.Header().Set("WebHook-Allowed-Origin", req.Header.Get("WebHook-Request-Origin"))
		return
	}
	if req.Header.Get("aeg-event-type") == "SubscriptionValidation" {
		var events []struct {
			Data struct{ ValidationCode string }
		}
		_ = json.Unmarshal(body, &events)
		if !s.silent {
			_ = json.NewEncoder(w).Encode(map[string]string{"validationResponse": events[0].Data.ValidationCode})
		}
		return
	}
	s.bodies <- string(body)
	s.requests <- req
	w.WriteHeader(s.status)
}

func ringing(from, to string) call.Record {
	return call.Record{
		ID: "incoming", Type: incomingCall, Time: time.Now(), Call: "c", CallSequence: 1, Subject: "/caller/" + from + "/recipient/" + to,
		Data: json.RawMessage(`{"from":{"rawId":"` + from + `"},"to":{"rawId":"` + to + `"},"serverCallId":"c"}`),
	}
}

func TestAnIncomingCallGoesToThoseWhoAskedForIt(t *testing.T) {
	d := openNew(t, quick, func(c *Config) { c.Topic = "/topic" })
	grid, cloud, other := subscribing(t), subscribing(t), subscribing(t)
	for _, s := range []Subscription{
		{Name: "grid", Endpoint: grid.URL + "/x?y=4:+1", Filter: Filter{To: []string{"4:+1425*"}}},
		{Name: "cloud", Endpoint: cloud.URL, Schema: SchemaCloudEvents, EventTypes: []string{incomingCall}},
		{Name: "other", Endpoint: other.URL, Filter: Filter{From: []string{"4:+1999"}}},
	} {
		if got, err := d.Subscribe(t.Context(), s); err != nil || got.State != StateActive {
			t.Fatal(got, err)
		}
	}
	if !d.Matches(incomingCall, "4:+1555", "4:+14250000") || d.Matches("Microsoft.Communication.Other", "", "") == false {
		t.Error("nobody wants it")
	}
	d.write(t, ringing("4:+1555", "4:+14250000"))

	req, body := <-grid.requests, <-grid.bodies
	if req.RequestURI != "/x?y=4:+1" || req.Header.Get("aeg-event-type") != "Notification" || req.Header.Get("aeg-delivery-count") != "0" || req.Header.Get("aeg-subscription-name") != "grid" {
		t.Errorf("grid got %s %v", req.RequestURI, req.Header)
	}
	var events []map[string]any
	if err := json.Unmarshal([]byte(body), &events); err != nil || len(events) != 1 || events[0]["eventType"] != incomingCall || events[0]["topic"] != "/topic" || events[0]["dataVersion"] != "1.0" {
		t.Errorf("grid got %s", body)
	}
	req, body = <-cloud.requests, <-cloud.bodies
	var event map[string]any
	if err := json.Unmarshal([]byte(body), &event); err != nil || event["type"] != incomingCall || event["source"] != "/topic" || event["specversion"] != "1.0" {
		t.Errorf("cloud got %s", body)
	}
	if !strings.HasPrefix(req.Header.Get("Content-Type"), "application/cloudevents+json") {
		t.Errorf("cloud got %v", req.Header)
	}
	if len(other.requests) != 0 {
		t.Error("the other was told, too")
	}
}

func TestARefusedResourceEventIsNotTriedAgain(t *testing.T) {
	d := openNew(t, quick)
	app := subscribing(t)
	app.status = http.StatusUnauthorized
	if err := d.Adopt(t.Context(), Subscription{Name: "s", Endpoint: app.URL}); err != nil {
		t.Fatal(err)
	}
	d.write(t, ringing("a", "b"))
	<-app.requests
	eventually(t, "it is given up", func() bool {
		letters, err := d.DeadLetters(t.Context())
		return err == nil && len(letters) == 1 && letters[0].State == "dead" && letters[0].Subscription == "s"
	})
	app.status = http.StatusOK
	letters, err := d.DeadLetters(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Redeliver(t.Context(), letters[0].ID); err != nil {
		t.Error(err)
	}
	if len(app.requests) != 1 {
		t.Errorf("%d requests more", len(app.requests))
	}
}

func TestASubscriptionOutlivesTheProcess(t *testing.T) {
	dir := t.TempDir()
	d := openAt(t, dir, quick)
	app := subscribing(t)
	want := Subscription{Name: "kept", Endpoint: app.URL, EventTypes: []string{incomingCall}, Filter: Filter{To: []string{"8:*"}}}
	if _, err := d.Subscribe(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	if err := d.Adopt(t.Context(), Subscription{Name: "dropped", Endpoint: app.URL}); err != nil {
		t.Fatal(err)
	}
	if err := d.Unsubscribe(t.Context(), "dropped"); err != nil {
		t.Fatal(err)
	}
	d.close(t)
	d = openAt(t, dir, quick)
	defer d.abandon(t)
	all := d.Subscriptions()
	if len(all) != 1 || all[0].Name != "kept" || all[0].Filter.To[0] != "8:*" || all[0].Schema != SchemaEventGrid {
		t.Errorf("left are %+v", all)
	}
	if _, err := d.Subscription("dropped"); !errors.Is(err, ErrUnknown) {
		t.Errorf("the dropped one: %v", err)
	}
	if err := d.Unsubscribe(t.Context(), "dropped"); !errors.Is(err, ErrUnknown) {
		t.Errorf("dropped twice: %v", err)
	}
}

func TestASubscriptionThatIsNotConfiguredAnyMoreEnds(t *testing.T) {
	dir := t.TempDir()
	app := subscribing(t)
	stays := Subscription{Name: "stays", Endpoint: app.URL, Ack: ackRequired}
	d := openAt(t, dir, quick)
	if err := d.Configure(t.Context(), []Subscription{stays, {Name: "goes", Endpoint: app.URL}, {Name: "theirs", Endpoint: app.URL}}); err != nil {
		t.Fatal(err)
	}
	for _, s := range []Subscription{{Name: "asked", Endpoint: app.URL}, {Name: "theirs", Endpoint: app.URL}} {
		if got, err := d.Subscribe(t.Context(), s); err != nil || got.Configured {
			t.Fatal(got, err)
		}
	}
	d.close(t)
	d = openAt(t, dir, quick)
	defer d.abandon(t)
	if err := d.Configure(t.Context(), []Subscription{stays}); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range d.Subscriptions() {
		names = append(names, s.Name)
	}
	if !slices.Equal(names, []string{"asked", "stays", "theirs"}) {
		t.Errorf("left are %v", names)
	}
	if s, err := d.Subscription("stays"); err != nil || s.Ack != ackRequired || !s.Configured {
		t.Errorf("%+v, %v", s, err)
	}
	if err := d.Configure(t.Context(), []Subscription{{Name: "bad", Endpoint: "x"}}); !errors.Is(err, ErrSubscription) {
		t.Errorf("a bad one: %v", err)
	}
}

func TestASubscriptionCanBeConfirmedByHand(t *testing.T) {
	d := openNew(t, quick, func(c *Config) { c.ConfirmURL = "https://example.org/confirm/" })
	app := subscribing(t)
	app.silent = true
	s, err := d.Subscribe(t.Context(), Subscription{Name: "s", Endpoint: app.URL})
	if err != nil || s.State != StatePending {
		t.Fatal(s, err)
	}
	if d.Matches(incomingCall, "", "") {
		t.Error("it is told before it has been confirmed")
	}
	if err := d.Confirm(t.Context(), "guess"); !errors.Is(err, ErrUnknown) {
		t.Errorf("a guess: %v", err)
	}
	var code string
	for c := range d.subscribe.codes {
		code = c
	}
	if err := d.Confirm(t.Context(), code); err != nil {
		t.Fatal(err)
	}
	if err := d.Confirm(t.Context(), code); !errors.Is(err, ErrUnknown) {
		t.Errorf("a code used twice: %v", err)
	}
	if !d.Matches(incomingCall, "", "") {
		t.Error("it is not told although confirmed")
	}
}

func TestAnEndpointThatDoesNotAgreeIsNotSubscribed(t *testing.T) {
	d := openNew(t, quick)
	app := subscribing(t)
	app.silent = true
	refusing := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(refusing.Close)
	for _, s := range []Subscription{
		{Name: "silent", Endpoint: app.URL},
		{Name: "refusing", Endpoint: refusing.URL},
		{Name: "refusing", Endpoint: refusing.URL, Schema: SchemaCloudEvents},
		{Name: "nobody", Endpoint: "http://127.0.0.1:1/"},
	} {
		if _, err := d.Subscribe(t.Context(), s); !errors.Is(err, ErrHandshake) {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
	for field, s := range map[string]Subscription{
		"name":          {Name: "a b", Endpoint: app.URL},
		"endpoint":      {Name: "s", Endpoint: "file:///etc/passwd"},
		"schema":        {Name: "s", Endpoint: app.URL, Schema: "soap"},
		"eventTypes[1]": {Name: "s", Endpoint: app.URL, EventTypes: []string{incomingCall, "Microsoft.Communication.IncommingCall"}},
		"ack":           {Name: "s", Endpoint: app.URL, Ack: "maybe"},
	} {
		_, err := d.Subscribe(t.Context(), s)
		var invalid *Invalid
		if !errors.Is(err, ErrSubscription) || !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if all := d.Subscriptions(); len(all) != 0 {
		t.Errorf("subscribed are %v", all)
	}
}

func TestFiltersMeanWhoTheySay(t *testing.T) {
	s := Subscription{State: StateActive, Filter: Filter{From: []string{"8:acs:a"}, To: []string{"4:+1425*", "8:acs:b"}}}
	for _, c := range []struct {
		kind     string
		from, to identity.ID
		want     bool
	}{
		{incomingCall, "8:acs:a", "4:+14251", true},
		{incomingCall, "8:acs:a", "8:acs:b", true},
		{incomingCall, "8:acs:a", "8:acs:bc", false},
		{incomingCall, "8:acs:x", "8:acs:b", false},
		{"Microsoft.Communication.CallStarted", "", "", true},
	} {
		if got := s.matches(c.kind, c.from, c.to); got != c.want {
			t.Errorf("%s from %s to %s: %v", c.kind, c.from, c.to, got)
		}
	}
	s.State = StatePending
	if s.matches(incomingCall, "8:acs:a", "8:acs:b") {
		t.Error("a pending one matches")
	}
}

// TestAHandshakeThatFailsDoesNotRepeatTheAddress: what stands in its query may be
// a secret, and whoever reads the error need not be who chose it.
func TestAHandshakeThatFailsDoesNotRepeatTheAddress(t *testing.T) {
	d := openNew(t, quick)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for _, schema := range []string{SchemaEventGrid, SchemaCloudEvents} {
		_, err := d.Subscribe(t.Context(), Subscription{Name: "a", Endpoint: gone.URL + "/s3cr3t?k=s3cr3t", Schema: schema})
		if !errors.Is(err, ErrHandshake) || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%s: %v", schema, err)
		}
	}
}
