package rest

import (
	"bufio"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

func TestACallIsCreatedReadAndEnded(t *testing.T) {
	d := newDesk(t)
	r := d.ask("POST", "/calling/callConnections?"+version, createBody, "x-ms-client-request-id", "mine", "botd-events", "all", "botd-ack", "required")
	var p map[string]any
	if err := json.Unmarshal(r.body, &p); err != nil || r.StatusCode != 201 {
		t.Fatalf("%s %s, %v", r.Status, r.body, err)
	}
	id, _ := p["callConnectionId"].(string)
	if p["callConnectionState"] != "connecting" || p["callbackUri"] != "https://app.example/cb?a=b:c+d" || id == "" || p["serverCallId"] == "" {
		t.Errorf("%s", r.body)
	}
	if got := <-d.released; got != id {
		t.Errorf("released %s, want %s", got, id)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/json; charset=utf-8", "x-ms-client-request-id": "mine", "api-supported-versions": calling.String(),
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if _, err := uuid.Parse(r.Header.Get("x-ms-request-id")); err != nil {
		t.Errorf("x-ms-request-id: %v", err)
	}
	opened := d.book.find(1, func(r call.Record) bool { return r.Telling != nil })[0]
	if !opened.Telling.All || !opened.Telling.AckRequired {
		t.Errorf("told %+v", opened.Telling)
	}
	d.ok(200, "GET", cnPath(id), "")
	d.ok(204, "POST", cnPath(id)+":terminate", "")
	d.refused(d.ask("GET", cnPath(id)+"?"+version, ""), 404, "8522")
	d.refused(d.ask("DELETE", cnPath(id)+"?"+version, ""), 404, "8522")
}

func TestAnIncomingCallIsAnswered(t *testing.T) {
	d := newDesk(t)
	_, err := d.calls.Offer(t.Context(), call.Offer{Leg: &phone{}, From: alice, To: []identity.ID{"echo"}})
	d.must(err)
	context := d.contexts.Seal((<-d.bell).ID(), time.Now().Add(time.Minute))
	body := `{"incomingCallContext":"` + context + `","callbackUri":"https://app.example/cb","answeredBy":{"id":"8:acs:r_app"}}`
	p := d.ok(200, "POST", "/calling/callConnections:answer", body)
	id, _ := p["callConnectionId"].(string)
	if got := <-d.released; got != id {
		t.Errorf("released %s, want %s", got, id)
	}
	d.settled(id, "connected")
	for _, verb := range []string{"answer", "redirect", "reject"} {
		body := `{"incomingCallContext":"` + context + `","callbackUri":"https://app.example/cb","target":{"rawId":"8:acs:r_bob"}}`
		d.refused(d.ask("POST", "/calling/callConnections:"+verb+"?"+version, body), 404, "8522")
	}
}

func TestAnIncomingCallIsRejectedOrRedirected(t *testing.T) {
	d := newDesk(t)
	for _, row := range []struct{ verb, more string }{
		{"reject", `"callRejectReason":"busy"`}, {"redirect", `"target":{"kind":"communicationUser","communicationUser":{"id":"8:acs:r_bob"}}`},
	} {
		_, err := d.calls.Offer(t.Context(), call.Offer{Leg: &phone{}, From: alice, To: []identity.ID{"echo"}})
		d.must(err)
		context := d.contexts.Seal((<-d.bell).ID(), time.Now().Add(time.Minute))
		d.ok(204, "POST", "/calling/callConnections:"+row.verb, `{"incomingCallContext":"`+context+`",`+row.more+`}`)
	}
	if inv := <-d.bell; inv.To() != bob {
		t.Errorf("redirected to %s", inv.To())
	}
}

func TestParticipantsAreListedFoundAddedAndRemoved(t *testing.T) {
	d := newDesk(t)
	cn := d.connected()
	list := d.ok(200, "GET", cn+"/participants", "")
	if value, _ := list["value"].([]any); len(value) != 2 || list["nextLink"] != nil {
		t.Errorf("%v", list)
	}
	one := d.ok(200, "GET", cn+"/participants/8%3Aacs%3Ar_bob", "")
	if id, _ := one["identifier"].(map[string]any); id["rawId"] != "8:acs:r_bob" || id["kind"] != "communicationUser" || one["isMuted"] != false {
		t.Errorf("%v", one)
	}
	d.refused(d.ask("GET", cn+"/participants/4%3A%2B15551230001?"+version, ""), 404, "8522")
	added := d.ok(202, "POST", cn+"/participants:add", `{"participantToAdd":{"id":"echo"},"operationContext":"x"}`)
	invitation, _ := added["invitationId"].(string)
	participant, _ := added["participant"].(map[string]any)
	if id, _ := participant["identifier"].(map[string]any); id["rawId"] != "echo" || invitation == "" || added["operationContext"] != "x" {
		t.Errorf("%v", added)
	}
	cancelled := d.ok(202, "POST", cn+"/participants:cancelAddParticipant", `{"invitationId":"`+invitation+`"}`)
	if _, there := cancelled["operationContext"]; there || cancelled["invitationId"] != invitation {
		t.Errorf("%v", cancelled)
	}
	muted := d.ok(200, "POST", cn+"/participants:mute", `{"targetParticipants":[{"communicationUser":{"id":"8:acs:r_bob"}}],"operationContext":"m"}`)
	if muted["operationContext"] != "m" {
		t.Errorf("%v", muted)
	}
	removed := d.ok(202, "POST", cn+"/participants:remove", `{"participantToRemove":{"rawId":"8:acs:r_bob"},"operationContext":"r"}`)
	if removed["operationContext"] != "r" {
		t.Errorf("%v", removed)
	}
}

func TestMediaOperationsAreAccepted(t *testing.T) {
	d := newDesk(t)
	cn := d.connected()
	r := d.ask("POST", cn+":play?"+version, `{"playSources":[{"kind":"file","file":{"uri":"https://x/y.wav"}}],"playTo":[]}`)
	if r.StatusCode != 202 || len(r.body) != 0 {
		t.Errorf("play: %s %q", r.Status, r.body)
	}
	d.ok(202, "POST", cn+":recognize", `{"recognizeInputType":"dtmf","recognizeOptions":{"targetParticipant":{"rawId":"8:acs:r_bob"},"dtmfOptions":{"maxTonesToCollect":2}}}`)
	d.ok(202, "POST", cn+":cancelAllMediaOperations", "")
}

func TestEveryMistakeHasItsStatusAndNamesItsField(t *testing.T) {
	d := newDesk(t)
	cn := d.connected()
	for _, row := range []struct {
		name, method, target, body string
		headers                    []string
		status                     int
		code                       string
	}{
		{"no version", "GET", cn, "", nil, 400, "8523"},
		{"an unknown version", "GET", cn + "?api-version=2020-01-01", "", nil, 400, "8523"},
		{"the version of another family", "GET", cn + "?api-version=2023-10-01", "", nil, 400, "8523"},
		{"no targets", "POST", "/calling/callConnections?" + version, `{"callbackUri":"https://x"}`, nil, 400, "8523"},
		{"no body", "POST", "/calling/callConnections?" + version, "", nil, 400, "8523"},
		{"a callback that is not https", "POST", "/calling/callConnections?" + version, strings.Replace(createBody, "https", "http", 1), nil, 400, "8523"},
		{"a body that is no JSON", "POST", cn + ":play?" + version, `playSources=1`, nil, 400, "8523"},
		{"another content type", "POST", cn + ":play?" + version, `{}`, []string{"Content-Type", "text/plain"}, 400, "8523"},
		{"a compressed body", "POST", cn + ":play?" + version, `{}`, []string{"Content-Encoding", "gzip"}, 415, "8523"},
		{"a name twice", "POST", cn + ":play?" + version, `{"playTo":[],"playTo":[]}`, nil, 400, "8523"},
		{"no sources", "POST", cn + ":play?" + version, `{}`, nil, 400, "8523"},
		{"too large", "POST", cn + ":play?" + version, `{"x":"` + strings.Repeat("x", 1<<20) + `"}`, nil, 413, "8523"},
		{"a phone number without trunk", "POST", cn + "/participants:mute?" + version, `{"targetParticipants":[{"phoneNumber":{"value":"+15551230001"}}]}`, nil, 400, "8523"},
		{"nobody of that name", "POST", cn + "/participants:remove?" + version, `{"participantToRemove":{"rawId":"8:acs:r_carol"}}`, nil, 404, "8522"},
		{"speech", "POST", cn + ":recognize?" + version, `{"recognizeInputType":"thought"}`, nil, 400, "8523"},
		{"not here yet", "POST", cn + ":sendRealTimeText?" + version, `{}`, nil, 405, "8520"},
		{"an unknown verb", "POST", cn + ":dance?" + version, "", nil, 405, "8520"},
		{"nowhere", "GET", "/calling/nowhere?" + version, "", nil, 404, "8522"},
		{"a name longer than any", "DELETE", "/identities/" + strings.Repeat("x", 9000) + "?api-version=2023-10-01", "", nil, 404, "8522"},
		{"a call of a name longer than any", "GET", "/calling/events?call=" + strings.Repeat("x", 9000), "", nil, 400, "8523"},
		{"an odd method", "BREW", cn + "?" + version, "", nil, 405, "8520"},
		{"a connection that is not", "GET", cnPath("none") + "?" + version, "", nil, 404, "8522"},
		{"events that are none", "POST", "/calling/callConnections?" + version, createBody, []string{"botd-events", "some"}, 400, "8523"},
		{"an acknowledgement that is none", "POST", "/calling/callConnections:connect?" + version, `{}`, []string{"botd-ack", "Required"}, 400, "8523"},
		{"half a repetition", "POST", "/calling/callConnections?" + version, createBody, []string{headerRepeatID, uuid.NewString()}, 400, "8523"},
		{"a sequence that will not come", "GET", cn + "?minSequence=x&" + version, "", nil, 400, "8523"},
		{"no credentials", "GET", cn + "?" + version, "", []string{"Authorization", "none"}, 401, "Unauthorized"},
		{"another key", "GET", cn + "?" + version, "", []string{"Authorization", "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=AAAA"}, 401, "Unauthorized"},
		{"a token of nobody", "GET", cn + "?" + version, "", []string{"Authorization", "Bearer x"}, 401, "Unauthorized"},
	} {
		t.Run(row.name, func(t *testing.T) {
			(&desk{T: t}).refused(d.ask(row.method, row.target, row.body, row.headers...), row.status, row.code)
		})
	}
	var e envelope
	r := d.ask("POST", "/calling/callConnections?"+version, `{"callbackUri":"https://x"}`)
	if err := json.Unmarshal(r.body, &e); err != nil || e.Error.Target != "targets" || !strings.Contains(e.Error.Message, "targets") {
		t.Errorf("%s, %v", r.body, err)
	}
}

func TestTheBodyIsTheOneThatWasSigned(t *testing.T) {
	d := newDesk(t)
	r, err := http.NewRequestWithContext(t.Context(), "POST", d.URL+"/calling/callConnections?"+version, strings.NewReader(createBody))
	d.must(err)
	r.Header.Set("Content-Type", "application/json")
	Sign(r, []byte(strings.Replace(createBody, "bob", "eve", 1)), testKey, time.Now())
	resp, err := d.Client().Do(r)
	d.must(err)
	defer resp.Body.Close() //nolint:errcheck // not read
	if resp.StatusCode != 401 {
		t.Error(resp.Status)
	}
}

func TestARetriedCreateMakesOneCall(t *testing.T) {
	d := newDesk(t)
	headers := []string{headerRepeatID, uuid.NewString(), headerFirstSent, time.Now().UTC().Format(http.TimeFormat)}
	first := d.ask("POST", "/calling/callConnections?"+version, createBody, headers...)
	again := d.ask("POST", "/calling/callConnections?"+version, createBody, headers...)
	if string(first.body) != string(again.body) || first.StatusCode != 201 || again.StatusCode != 201 {
		t.Errorf("%s %s\n%s %s", first.Status, first.body, again.Status, again.body)
	}
	if n := d.calls.Counts().Calls; n != 1 {
		t.Errorf("%d calls", n)
	}
	if got := again.Header.Get(headerRepeatState); got != "accepted" {
		t.Errorf("%s: %q", headerRepeatState, got)
	}
	other := strings.Replace(createBody, "cb", "bc", 1)
	r := d.ask("POST", "/calling/callConnections?"+version, other, headers...)
	d.refused(r, 400, "8523")
	if got := r.Header.Get(headerRepeatState); got != "rejected" {
		t.Errorf("%s: %q", headerRepeatState, got)
	}
}

func TestTheLogOfAConnectionIsReadInPages(t *testing.T) {
	d := newDesk(t)
	cn := d.connected()
	var types, sequences []string
	next := cn + "/events?limit=2"
	for next != "" {
		r := d.ask("GET", next, "")
		var page eventList
		if err := json.Unmarshal(r.body, &page); err != nil || r.StatusCode != 200 {
			t.Fatalf("%s %s", r.Status, r.body)
		}
		for _, e := range page.Value {
			types, sequences = append(types, e.Type), append(sequences, e.Sequence)
		}
		next = strings.TrimPrefix(page.NextLink, d.URL)
	}
	if !slices.Contains(types, "Microsoft.Communication.CallConnected") || sequences[0] != "1" || len(sequences) < 4 {
		t.Errorf("%v %v", types, sequences)
	}
	d.refused(d.ask("GET", cnPath("none")+"/events", ""), 404, "8522")
	d.refused(d.ask("GET", cn+"/events?after=x", ""), 400, "8523")
	d.refused(d.ask("GET", cn+"/events?limit=0", ""), 400, "8523")
	d.refused(d.ask("GET", "/calling/events?after=nonsense", ""), 400, "8523")
	all := d.ok(200, "GET", "/calling/events", "")
	if value, _ := all["value"].([]any); len(value) <= len(types) || all["cursor"] == "" {
		t.Errorf("%v", all)
	}
}

func TestTheLogIsFollowedToItsEnd(t *testing.T) {
	d := newDesk(t)
	cn := d.connected()
	r, err := http.NewRequestWithContext(t.Context(), "GET", d.URL+cn+"/events", nil)
	d.must(err)
	r.Header.Set("Accept", "text/event-stream")
	r.Header.Set("Last-Event-ID", "1")
	Sign(r, nil, testKey, time.Now())
	resp, err := d.Client().Do(r)
	d.must(err)
	defer resp.Body.Close() //nolint:errcheck // read to its end
	d.ok(204, "DELETE", cn, "")
	var ids []string
	last := ""
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if id, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
			ids = append(ids, id)
		}
		if kind, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			last = kind
		}
	}
	if ids[0] != "2" || last != "Microsoft.Communication.CallDisconnected" {
		t.Errorf("%v, at last %s", ids, last)
	}
}

func TestAReadWaitsForWhatItsReaderKnows(t *testing.T) {
	d := newDesk(t)
	cn := d.connected()
	d.ok(200, "GET", cn, "")
	if r := d.ask("GET", cn+"?minSequence=3&"+version, ""); r.StatusCode != 200 {
		t.Errorf("%s %s", r.Status, r.body)
	}
	d.refused(d.ask("GET", cn+"?minSequence=1000&"+version, ""), 412, "8583")
}

func TestWhatIsNotDurableIsNotAnswered(t *testing.T) {
	d := newDesk(t)
	d.book.fail(errors.New("disk full"))
	r := d.ask("POST", "/calling/callConnections?"+version, createBody)
	d.refused(r, 503, "9999")
	if r.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	if len(d.released) != 0 {
		t.Error("released")
	}
}

func TestATraceGoesOnInTheEventsItCauses(t *testing.T) {
	d := newDesk(t)
	const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	d.ok(201, "POST", "/calling/callConnections", createBody, "traceparent", parent)
	if r := d.book.find(1, func(r call.Record) bool { return r.Telling != nil }); r[0].Trace != parent {
		t.Errorf("trace %q", r[0].Trace)
	}
}

func TestSubscriptionsAreKeptByName(t *testing.T) {
	d := newDesk(t)
	put := d.ok(200, "PUT", "/eventSubscriptions/mine", `{"endpoint":"https://x","filter":{"to":["4:+1425*"]}}`)
	if put["name"] != "mine" || put["endpoint"] != "https://x" {
		t.Errorf("%v", put)
	}
	d.ok(200, "GET", "/eventSubscriptions/mine", "")
	d.ok(204, "DELETE", "/eventSubscriptions/mine", "")
	d.refused(d.ask("GET", "/eventSubscriptions/mine", ""), 404, "8522")
	d.refused(d.ask("PUT", "/eventSubscriptions/mine", `{}`), 400, "8523")
	letters := d.ok(200, "GET", "/webhooks/deadLetters", "")
	if next, _ := letters["nextLink"].(string); len(letters["value"].([]any)) != usualPage || !strings.Contains(next, "after=further") {
		t.Errorf("dead letters: %v", letters)
	}
	d.refused(d.ask("GET", "/webhooks/deadLetters?after=broken", ""), 400, "8523")
	d.ok(200, "GET", "/webhooks/endpoints", "")
	if r := d.ask("GET", ConfirmPath+"right", "", "Authorization", "none"); r.StatusCode != 200 {
		t.Errorf("confirming by hand: %s", r.Status)
	}
}

func TestWhoChecksOurTokensNeedsNoKey(t *testing.T) {
	d := newDesk(t)
	var discovery identity.Discovery
	var keys identity.KeySet
	for path, into := range map[string]any{"/calling/.well-known/acsopenidconfiguration": &discovery, "/calling/keys": &keys} {
		r := d.ask("GET", path, "", "Authorization", "none")
		if err := json.Unmarshal(r.body, into); err != nil || r.StatusCode != 200 {
			t.Errorf("%s: %s %s", path, r.Status, r.body)
		}
	}
	if !strings.HasSuffix(discovery.KeysURI, "/calling/keys") || len(keys.Keys) != 1 {
		t.Errorf("%+v %+v", discovery, keys)
	}
}

func TestAWeakKeyStopsTheServer(t *testing.T) {
	cfg := Config{Keys: [][]byte{[]byte("short")}}
	if err := cfg.Validate(); err == nil {
		t.Error("accepted")
	}
}
