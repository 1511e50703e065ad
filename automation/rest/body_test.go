package rest

import (
	"encoding/json"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

func TestWhatParsersReadDifferentlyIsRefused(t *testing.T) {
	for _, row := range []struct{ name, body string }{
		{"a name that comes twice", `{"callbackUri":"a","callbackUri":"b"}`},
		{"a name that comes twice inside", `{"source":{"id":"a","id":"b"}}`},
		{"a name that comes twice, spelled differently", `{"a":1,"\u0061":2}`},
		{"two values", `{} {}`},
		{"half a value", `{"targets":[`},
		{"a comma too many", `{"a":1,}`},
		{"no JSON", `targets=x`},
		{"too deep", strings.Repeat("[", 65) + strings.Repeat("]", 65)},
		{"endlessly deep", strings.Repeat("[", 100_000)},
		{"a field of another type", `{"callbackUri":7}`},
		{"a list instead of an object", `[]`},
		{"an identifier that names nobody", `{"targets":[{}]}`},
		{"an identifier that names two", `{"targets":[{"communicationUser":{"id":"a"},"phoneNumber":{"value":"+15551230001"}}]}`},
	} {
		var into automation.CreateRequest
		err := decode([]byte(row.body), &into)
		if a, known := failed(err); !known || a.Status != 400 || a.Code != "8523" {
			t.Errorf("%s: %v, %d/%s", row.name, err, a.Status, a.Code)
		}
	}
}

func TestWhatClientsReallySendIsRead(t *testing.T) {
	for _, row := range []struct{ name, body string }{
		{"nothing", ``},
		{"an empty object", `{}`},
		{"unknown fields", `{"colour":{"red":[1,2,{"x":null}]}}`},
		{"nulls", `{"callbackUri":null,"source":null,"targets":null}`},
		{"as deep as allowed", strings.Repeat(`{"a":`, 64) + "1" + strings.Repeat("}", 64)},
		{"the same name in two objects", `{"targets":[{"rawId":"a"},{"rawId":"b"}]}`},
	} {
		var into automation.CreateRequest
		if err := decode([]byte(row.body), &into); err != nil {
			t.Errorf("%s: %v", row.name, err)
		}
	}
}

func TestAMistakeNamesItsField(t *testing.T) {
	for _, row := range []struct {
		into         any
		body, target string
	}{
		{&automation.CreateRequest{}, `{"source":{"id":7}}`, "source.id"},
		{&automation.CreateRequest{}, `{"callbackUri":"https://x","targets":[{"rawId":"8:acs:r_a"},{"kind":"phoneNumber"}]}`, "targets[1]"},
		{&automation.AddRequest{}, `{"participantToAdd":{"phoneNumber":{"value":"hello"}}}`, "participantToAdd"},
		{&automation.AddRequest{}, `{"ParticipantToAdd":{}}`, "participantToAdd"}, // to encoding/json that is the same
		{&automation.RecognizeRequest{}, `{"recognizeOptions":{"targetParticipant":{}}}`, "recognizeOptions.targetParticipant"},
		{&automation.CreateRequest{}, `{"callIntelligenceOptions":{"cognitiveServicesEndpoint":7}}`, "callIntelligenceOptions.cognitiveServicesEndpoint"},
		{&automation.AnswerRequest{}, `{"mediaStreamingOptions":{"startMediaStreaming":"yes"}}`, "mediaStreamingOptions.startMediaStreaming"},
		{&automation.AddRequest{}, `{"customCallingContext":{"voipHeaders":{"a":7}}}`, "customCallingContext.voipHeaders"},
		{&automation.PlayRequest{}, `{"playSources":[{"file":{"uri":7}}]}`, "playSources.file.uri"},
		{&automation.CreateRequest{}, `7`, "body"},
		{&call.Routing{}, `{"preset":"pairs","pairs":[{"listener":{"rawId":"a"},"speaker":{"rawId":"\u0000"}}]}`, "pairs[0].speaker"},
	} {
		err := decode([]byte(row.body), row.into)
		a, known := failed(err)
		if target(err) != row.target || !strings.Contains(err.Error(), row.target) || !known || a.Status != 400 {
			t.Errorf("%s: target %q of %v, %d", row.body, target(err), err, a.Status)
		}
	}
}

func TestAMistakeIsToldInTheWordsOfTheContract(t *testing.T) {
	for _, body := range []string{
		`[]`, `7`, `{"targets":7}`, `{"targets":["8:acs:r_a"]}`, `{"targets":[{"rawId":7}]}`, `{"targets":[{"phoneNumber":{"value":1}}]}`,
	} {
		err := decode([]byte(body), &automation.CreateRequest{})
		if err == nil || strings.Contains(err.Error(), "Go ") || strings.Contains(err.Error(), "json:") {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func FuzzABodyIsReadOrRefused(f *testing.F) {
	for _, seed := range []string{
		`{"targets":[{"rawId":"8:acs:r_u"}],"callbackUri":"https://x"}`, `{"a":{"a":[1,"\u0061"]}}`, `{"a":1,"a":2}`, `[[[`,
		`{"playSources":[{"kind":"file","file":{"uri":"x"}}]}`, ` 1 2`, `"\xff"`,
		`{"customCallingContext":{"voipHeaders":{"a":7},"teamsPhoneCallDetails":{"teamsPhoneSourceDetails":{"intendedTargets":{"x":{}}}}}}`,
		`{"mediaStreamingOptions":[],"MediaOptions":7,"teamsAppSource":{"appId":7}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		err := checkJSON(body)
		if err == nil && !json.Valid(body) {
			t.Fatalf("%q is no JSON", body)
		}
		for _, into := range []any{&automation.PlayRequest{}, &automation.CreateRequest{}, &automation.TransferRequest{}, &call.Routing{}} {
			if err := decode(body, into); err != nil && !errors.Is(err, errRequest) && !errors.Is(err, identity.ErrInvalid) {
				t.Fatalf("%q: %v", body, err)
			}
		}
	})
}

// clocked is a response whose connection has a deadline for reading.
type clocked struct {
	*httptest.ResponseRecorder
	deadline time.Time
}

func (c *clocked) SetReadDeadline(at time.Time) error { c.deadline = at; return nil }

func TestTheDeadlineOfABodyEndsWithIt(t *testing.T) {
	w := &clocked{httptest.NewRecorder(), time.Now().Add(time.Second)}
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/", strings.NewReader("{}"))
	if _, err := readBody(w, r, nil); err != nil || !w.deadline.IsZero() {
		t.Errorf("the deadline is %s, %v", w.deadline, err)
	}
}
