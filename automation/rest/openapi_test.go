package rest

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

func document(t *testing.T, d *desk) *openapi3.T {
	t.Helper()
	r := d.ask("GET", "/openapi.json", "", "Authorization", "none")
	doc, err := openapi3.NewLoader().LoadFromData(r.body)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestTheDocumentIsValidAndHasEveryOperation(t *testing.T) {
	d := newDesk(t)
	doc := document(t, d)
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, rt := range (&Server{}).table() {
		item := doc.Paths.Value(rt.path)
		if item == nil || item.GetOperation(rt.method) == nil || item.GetOperation(rt.method).OperationID != rt.name {
			t.Errorf("%s %s is not described", rt.method, rt.path)
		}
	}
	play := doc.Components.Schemas["PlayRequest"]
	if play == nil || play.Value.Properties["playSources"] == nil || play.Value.Properties["Feed"] != nil {
		t.Errorf("PlayRequest is described as %+v", play)
	}
	if kind := doc.Components.Schemas["PlaySource"].Value.Properties["kind"]; len(kind.Value.Enum) != 3 {
		t.Errorf("the kinds of what is played are %v", kind.Value.Enum)
	}
	if state := doc.Components.Schemas["MemberInfo"].Value.Properties["state"]; len(state.Value.Enum) != 0 {
		t.Errorf("a participant is %v, as a connection", state.Value.Enum)
	}
	create := doc.Components.Schemas["CreateRequest"]
	if create == nil || create.Value.Properties["targets"] == nil || create.Value.Properties["port"] != nil || create.Value.Properties["Direct"] != nil {
		t.Errorf("CreateRequest is described as %+v", create)
	}
}

func TestEveryListSaysHowItIsRead(t *testing.T) {
	doc := document(t, newDesk(t))
	for path, item := range doc.Paths.Map() {
		if item.Get == nil || item.Get.Responses.Status(200) == nil {
			continue
		}
		content := item.Get.Responses.Status(200).Value.Content.Get("application/json")
		if content == nil || content.Schema.Value.Properties["nextLink"] == nil {
			continue
		}
		for _, name := range []string{"after", "limit"} {
			if item.Get.Parameters.GetByInAndName("query", name) == nil {
				t.Errorf("%s is not said to take %s", path, name)
			}
		}
	}
}

// TestWhatIsSaidIsWhatIsDescribed holds real exchanges against the document.
func TestWhatIsSaidIsWhatIsDescribed(t *testing.T) {
	d := newDesk(t)
	doc := document(t, d)
	cn := d.connected()
	for _, row := range []struct{ method, path, target, body string }{
		{"POST", "/calling/callConnections", "/calling/callConnections", createBody},
		{"GET", cc, cn, ""},
		{"GET", cc + "/participants", cn + "/participants", ""},
		{"GET", cc + "/participants/{participantRawId}", cn + "/participants/8%3Aacs%3Ar_bob", ""},
		{"POST", cc + ":play", cn + ":play", `{"playSources":[{"kind":"file","file":{"uri":"https://x/y.wav"}}],"playOptions":{"loop":false}}`},
		{"POST", cc + "/participants:add", cn + "/participants:add", `{"participantToAdd":{"id":"echo"}}`},
		{"GET", cc + "/events", cn + "/events", ""},
		{"POST", cc + "/participants:remove", cn + "/participants:remove", `{"participantToRemove":{"rawId":"8:acs:r_nobody"}}`},
		{"POST", cc + ":sendDtmfTones", cn + ":sendDtmfTones", ""},
		{"POST", "/calling/callConnections:connect", "/calling/callConnections:connect", `{"callLocator":{"kind":"groupCallLocator","groupCallId":"g"},"callbackUri":"https://app.example/cb"}`},
		{"POST", cc + ":transferToParticipant", cn + ":transferToParticipant", `{"targetCall":{"callConnectionId":"none"},"customCallingContext":{"sipHeaders":{},"voipHeaders":{}},"transferee":null}`},
		{"POST", cc + ":hold", cn + ":hold", `{"targetParticipant":{"rawId":"8:acs:r_bob"},"playSourceInfo":{"kind":"text","text":{"text":"wait"}}}`},
		{"POST", cc + ":unhold", cn + ":unhold", `{"targetParticipant":{"rawId":"8:acs:r_bob"}}`},
		{"POST", cc + "/participants:moveHere", cn + "/participants:moveHere", `{"targetParticipants":[{"rawId":"8:acs:r_bob"}],"fromCall":"none"}`},
		{"POST", cc + "/participants:unmute", cn + "/participants:unmute", `{"targetParticipants":[{"rawId":"8:acs:r_bob"}]}`},
		{"POST", cc + "/participants:muteAll", cn + "/participants:muteAll", `{"except":[{"rawId":"8:acs:r_bob"}],"operationContext":"x"}`},
		{"PUT", cc + "/audioRouting", cn + "/audioRouting", `{"preset":"pairs","pairs":[{"listener":{"rawId":"8:acs:r_bob"},"speaker":{"rawId":"8:acs:r_app"}}]}`},
		{"GET", cc + "/audioRouting", cn + "/audioRouting", ""},
		{"GET", "/calling/calls", "/calling/calls", ""},
		{"GET", "/calling/calls/{serverCallId}", "/calling/calls/none", ""},
		{"GET", "/calling/calls/{serverCallId}/why", "/calling/calls/none/why", ""},
		{"POST", "/calling/callConnections:reject", "/calling/callConnections:reject", `{"incomingCallContext":"x","callRejectReason":null}`},
		{"POST", cc + ":terminate", cn + ":terminate", ""},
	} {
		conforms(t, d, doc, row.method, row.path, row.target+"?"+version, row.body)
	}
}

func TestUsersAndLettersAreDescribedAsTheyAre(t *testing.T) {
	d := newDesk(t)
	doc := document(t, d)
	const of = "?api-version=2023-10-01"
	made := d.user(`{}`)["identity"].(map[string]any)
	user := "/identities/" + url.PathEscape(made["id"].(string))
	for _, row := range []struct{ method, path, target, body string }{
		{"POST", "/identities", "/identities", ""},
		{"POST", "/identities", "/identities", `{"customId":"anna","createTokenWithScopes":["voip"],"expiresInMinutes":60}`},
		{"POST", "/identities", "/identities", `{"expiresInMinutes":59}`},
		{"POST", "/identities/{id}/:issueAccessToken", user + "/:issueAccessToken", `{"scopes":["voip.join"]}`},
		{"POST", "/identities/{id}/:revokeAccessTokens", user + "/:revokeAccessTokens", ""},
		{"DELETE", "/identities/{id}", user, ""},
		{"POST", "/teamsUser/:exchangeAccessToken", "/teamsUser/:exchangeAccessToken", `{"token":"t","appId":"a","userId":"u"}`},
		{"GET", "/webhooks/deadLetters", "/webhooks/deadLetters", ""},
		{"GET", "/webhooks/endpoints", "/webhooks/endpoints", ""},
		{"GET", "/calling/events", "/calling/events", ""},
	} {
		conforms(t, d, doc, row.method, row.path, row.target+of, row.body)
	}
}

func conforms(t *testing.T, d *desk, doc *openapi3.T, method, path, target, body string) {
	t.Helper()
	got := d.ask(method, target, body)
	r, err := http.NewRequestWithContext(t.Context(), method, d.URL+target, strings.NewReader(body))
	d.must(err)
	r.Header.Set("Content-Type", "application/json")
	Sign(r, []byte(body), testKey, time.Now())
	item := doc.Paths.Value(path)
	in := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: paramsOf(path, r.URL.EscapedPath()),
		Route:   &routers.Route{Spec: doc, Path: path, PathItem: item, Method: method, Operation: item.GetOperation(method)},
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	}
	if err := openapi3filter.ValidateRequest(t.Context(), in); err != nil {
		t.Errorf("%s %s: %v", method, path, err)
	}
	out := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: got.StatusCode, Header: got.Header,
		Body: io.NopCloser(bytes.NewReader(got.body)),
	}
	if err := openapi3filter.ValidateResponse(t.Context(), out); err != nil {
		t.Errorf("%s %s: %s %s: %v", method, path, got.Status, got.body, err)
	}
}

func paramsOf(path, escaped string) map[string]string {
	rt := route{path: path, pattern: strings.Split(path, "/")}
	params, _ := rt.match(strings.Split(escaped, "/"))
	return params
}
