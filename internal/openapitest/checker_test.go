package openapitest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/botd-dev/botd/internal/openapitest"
)

// document describes two things that can be asked for.
const document = `{"openapi":"3.0.3","info":{"title":"t","version":"1"},"paths":{
"/rooms/{id}":{"get":{"operationId":"read","parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}}],
	"responses":{"200":{"description":"it","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Room"}}}},
		"default":{"description":"no","headers":{"x-ms-error-code":{"required":true,"schema":{"type":"string"}}},
			"content":{"application/json":{"schema":{"type":"object","required":["error"],"properties":{"error":{"type":"object"}}}}}}}}},
"/rooms/{id}:open":{"post":{"operationId":"open",
	"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}}],"responses":{"200":{"description":"done"}}}},
"/rooms/{id}:close":{"post":{"operationId":"close",
	"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}},{"name":"api-version","in":"query","required":true,"schema":{"type":"string"}}],
	"requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Room"}}}},
	"responses":{"204":{"description":"done"}}}}},
"components":{"schemas":{"Room":{"type":"object","required":["id"],"properties":{"id":{"type":"string"},"open":{"type":"boolean"},
	"people":{"type":"object","additionalProperties":{"type":"object","properties":{"role":{"type":"string"}}}}}}}}}`

// said is one exchange with a server that answers what it is told to.
type said struct {
	method, target, body string
	status               int
	answer               string
}

// judge has a Checker hear an exchange.
func judge(t *testing.T, e said) *openapitest.Checker {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got, err := io.ReadAll(r.Body); err != nil || string(got) != e.body {
			t.Errorf("the server got %q, %v", got, err)
		}
		w.Header().Set("Content-Type", "application/json")
		if strings.Contains(e.answer, "error") {
			w.Header().Set("x-ms-error-code", "8523")
		}
		w.WriteHeader(e.status)
		if e.status != http.StatusNoContent {
			_, _ = io.WriteString(w, e.answer) // the client says what came
		}
	}))
	defer s.Close()
	c, err := openapitest.New([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), e.method, s.URL+e.target, strings.NewReader(e.body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := c.Transport(s.Client().Transport).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end
	got, err := io.ReadAll(resp.Body)
	if err != nil || e.status != http.StatusNoContent && string(got) != e.answer {
		t.Errorf("the client got %q, %v", got, err)
	}
	return c
}

func TestWhatIsNotAsDescribedIsNoticed(t *testing.T) {
	for _, row := range []struct {
		name string
		e    said
		fine bool
	}{
		{"an answer as described", said{"GET", "/rooms/1", "", 200, `{"id":"1","open":true}`}, true},
		{"a field that is missing", said{"GET", "/rooms/1", "", 200, `{"open":true}`}, false},
		{"a field of another type", said{"GET", "/rooms/1", "", 200, `{"id":1}`}, false},
		{"a null", said{"GET", "/rooms/1", "", 200, `{"id":"1","open":null}`}, false},
		{"no body where there is one", said{"GET", "/rooms/1", "", 200, ``}, false},
		{"another status of success", said{"GET", "/rooms/1", "", 202, `{"id":"1"}`}, false},
		{"a failure as described", said{"GET", "/rooms/1", "", 404, `{"error":{}}`}, true},
		{"a failure without a code in its header", said{"GET", "/rooms/1", "", 404, `{}`}, false},
		{"a request as described", said{"POST", "/rooms/1:close?api-version=1", `{"id":"1"}`, 204, ""}, true},
		{"a request without a body", said{"POST", "/rooms/1:close?api-version=1", ``, 204, ""}, true},
		{"a request without what it needs, that is granted", said{"POST", "/rooms/1:close?api-version=1", `{}`, 204, ""}, false},
		{"a request without a version, that is granted", said{"POST", "/rooms/1:close", `{"id":"1"}`, 204, ""}, false},
		{"an answer that is not described", said{"POST", "/rooms/1:close?api-version=1", `{"id":"1"}`, 200, "{}"}, false},
		{"a body where there is none", said{"POST", "/rooms/1:open", "", 200, "{}"}, false},
		{"something granted that is not described", said{"DELETE", "/rooms/1", "", 204, ""}, false},
		{"something refused that is not described", said{"DELETE", "/rooms/1", "", 405, ""}, true},
		{"something that is not REST", said{"GET", "/page", "", 200, "{}"}, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			if wrong := judge(t, row.e).Wrong(); (len(wrong) == 0) != row.fine {
				t.Errorf("%q", wrong)
			}
		})
	}
}

func TestWhatIsSentAndNotDescribedIsNamed(t *testing.T) {
	c := judge(t, said{
		"POST", "/rooms/1:close?api-version=1&force=yes",
		`{"id":"1","colour":"red","people":{"ann":{"role":"Presenter","hat":true}}}`, 204, "",
	})
	want := []string{"close: ?force", "close: colour", "close: people.ann.hat"}
	if got := c.Strangers(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestAnswersAreCounted(t *testing.T) {
	c := judge(t, said{"POST", "/rooms/1:close?api-version=1", "", 204, ""})
	if got := c.Answers(); len(got) != 1 || got[openapitest.Answer{Operation: "close", Status: 204}] != 1 {
		t.Errorf("%v", got)
	}
}

func TestADocumentThatIsNoneIsRefused(t *testing.T) {
	for _, text := range []string{"", "{}", `{"openapi":"3.0.3"}`} {
		if _, err := openapitest.New([]byte(text)); err == nil {
			t.Errorf("%q is one", text)
		}
	}
}
