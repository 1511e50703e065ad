// Package openapitest holds what is said over REST against the document of the
// server that says it: whatever is done and every answer must be as the document
// describes it. It is for tests.
package openapitest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// Checker compares exchanges with a document. It is safe for use by several
// goroutines.
type Checker struct {
	doc   *openapi3.T
	paths []path

	mu        sync.Mutex
	wrong     map[string]string // and in what it was first
	strangers map[string]bool
	answers   map[Answer]int
}

// Answer is how an operation was answered.
type Answer struct {
	Operation string
	Status    int
}

// New makes a Checker for a document.
func New(document []byte) (*Checker, error) {
	doc, err := openapi3.NewLoader().LoadFromData(document)
	if err == nil {
		err = doc.Validate(context.Background())
	}
	if err != nil {
		return nil, fmt.Errorf("openapi: %w", err)
	}
	c := &Checker{doc: doc, wrong: map[string]string{}, strangers: map[string]bool{}, answers: map[Answer]int{}}
	for template, item := range doc.Paths.Map() {
		c.paths = append(c.paths, newPath(template, item))
	}
	slices.SortFunc(c.paths, byLiterals)
	return c, nil
}

// Fetch makes a Checker for the document of a server.
func Fetch(ctx context.Context, by http.RoundTripper, endpoint string) (*Checker, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, endpoint+"/openapi.json", nil)
	if err != nil {
		return nil, fmt.Errorf("openapi: %w", err)
	}
	resp, err := by.RoundTrip(r)
	if err != nil {
		return nil, fmt.Errorf("openapi: %w", err)
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end
	document, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("openapi: %w", err)
	}
	return New(document)
}

// Wrong is everything that was not as it is described, each thing once.
func (c *Checker) Wrong() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make([]string, 0, len(c.wrong))
	for what, in := range c.wrong {
		all = append(all, what+in)
	}
	slices.Sort(all)
	return all
}

// Strangers are the fields and parameters that were sent and are not described,
// as "operation: name"; each once.
func (c *Checker) Strangers() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Sorted(maps.Keys(c.strangers))
}

// Answers counts how operations were answered.
func (c *Checker) Answers() map[Answer]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.answers)
}

// exchange is a request and its answer, both read to their ends.
type exchange struct {
	request  *http.Request
	sent     []byte
	response *http.Response
	got      []byte
}

// done says that it was a success.
func (e exchange) done() bool { return e.response.StatusCode < http.StatusBadRequest }

// check compares an exchange with the document.
func (c *Checker) check(ctx context.Context, e exchange) {
	found, params := c.find(e.request)
	op := found.operation(e.request.Method)
	if op == nil {
		if e.done() {
			c.note(fmt.Sprintf("%s %s was answered %d and is not described", e.request.Method, e.request.URL.Path, e.response.StatusCode), "")
		}
		return
	}
	c.count(Answer{op.OperationID, e.response.StatusCode})
	in := c.input(e, found, op, params)
	if e.done() {
		c.fail(op, "request", e.sent, openapi3filter.ValidateRequest(ctx, in))
		c.meet(op, strangers(op, in.Request, e.sent))
	}
	c.fail(op, fmt.Sprintf("answer %d", e.response.StatusCode), e.got, c.answered(ctx, in, e))
}

func (c *Checker) input(e exchange, found path, op *openapi3.Operation, params map[string]string) *openapi3filter.RequestValidationInput {
	r := e.request.Clone(e.request.Context())
	r.Body = io.NopCloser(bytes.NewReader(e.sent))
	return &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params,
		Route:   &routers.Route{Spec: c.doc, Path: found.template, PathItem: found.item, Method: r.Method, Operation: op},
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	}
}

// answered compares the answer. Of a stream only its type is looked at.
func (c *Checker) answered(ctx context.Context, in *openapi3filter.RequestValidationInput, e exchange) error {
	described := in.Route.Operation.Responses.Status(e.response.StatusCode)
	if described != nil && len(described.Value.Content) == 0 && len(e.got) > 0 {
		return errors.New("there is a body, and none is described")
	}
	return openapi3filter.ValidateResponse(ctx, &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: e.response.StatusCode, Header: e.response.Header,
		Body: io.NopCloser(bytes.NewReader(e.got)), Options: &openapi3filter.Options{IncludeResponseStatus: true},
	})
}

// fail notes what was wrong with a part of an exchange, if something was.
func (c *Checker) fail(op *openapi3.Operation, part string, body []byte, err error) {
	if err == nil {
		return
	}
	why := err.Error()
	if mismatch := (*openapi3.SchemaError)(nil); errors.As(err, &mismatch) {
		why = fmt.Sprintf("/%s: %s", strings.Join(mismatch.JSONPointer(), "/"), mismatch.Reason)
	}
	c.note(fmt.Sprintf("%s, %s: %s", op.OperationID, part, why), fmt.Sprintf(" in %s", body))
}

func (c *Checker) note(what, in string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.wrong[what] == "" {
		c.wrong[what] = in
	}
}

func (c *Checker) count(a Answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answers[a]++
}

func (c *Checker) meet(op *openapi3.Operation, names []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, name := range names {
		c.strangers[op.OperationID+": "+name] = true
	}
}

// strangers are the parameters and fields of a request that the operation is not
// described to have.
func strangers(op *openapi3.Operation, r *http.Request, sent []byte) []string {
	var all []string
	for name := range r.URL.Query() {
		if op.Parameters.GetByInAndName(openapi3.ParameterInQuery, name) == nil {
			all = append(all, "?"+name)
		}
	}
	var value any
	if json.Unmarshal(sent, &value) != nil || op.RequestBody == nil {
		return all // nothing was sent, or what was sent is not read
	}
	return append(all, unknown(op.RequestBody.Value.Content.Get("application/json").Schema.Value, value, "")...)
}

// unknown are the fields of a value that its schema does not have.
func unknown(s *openapi3.Schema, value any, at string) []string {
	var all []string
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			field := s.Properties[name]
			if field == nil {
				field = s.AdditionalProperties.Schema
			}
			if field == nil {
				all = append(all, at+name)
				continue
			}
			all = append(all, unknown(field.Value, inner, at+name+".")...)
		}
	case []any:
		for _, inner := range v {
			if s.Items != nil {
				all = append(all, unknown(s.Items.Value, inner, at)...)
			}
		}
	}
	return all
}
