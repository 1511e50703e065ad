package e2e

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
)

// create is a request that would be right, but for its callback if it is given
// another.
func create(callback string) []byte {
	return []byte(`{"targets":[{"rawId":"echo"}],"callbackUri":"` + callback + `"}`)
}

const (
	calling  = "/calling/callConnections"
	callback = "https://app.example.com/events"
	// expired is a token of 2001.
	expired = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6IjEifQ.eyJhdWQiOiJodHRwczovL2NvbW11bmljYXRpb24uYXp1cmUuY29tIiwiZXhwIjoxMDAwMDAwMDAwfQ.c2ln"
)

// badRequests are requests as no application should send them, and how they are
// refused.
var badRequests = []struct {
	name         string
	method, path string
	body         []byte
	spoil        func(*http.Request)
	status       int
	code         string // of the error, where the contract has one
	says         string // in the message
}{
	{
		name: "a wrong signature", method: http.MethodPost, path: calling, body: create(callback),
		spoil:  func(r *http.Request) { r.Header.Set("Authorization", r.Header.Get("Authorization")[:90]+"AAAA") },
		status: http.StatusUnauthorized,
	},
	{
		name: "a body that is not the signed one", method: http.MethodPost, path: calling, body: create(callback),
		spoil: func(r *http.Request) {
			other := create(callback + "/2")
			r.Body, r.ContentLength = readCloser{bytes.NewReader(other)}, int64(len(other))
		},
		status: http.StatusUnauthorized,
	},
	{
		name: "no signature", method: http.MethodPost, path: calling, body: create(callback),
		spoil:  func(r *http.Request) { r.Header.Del("Authorization") },
		status: http.StatusUnauthorized,
	},
	{
		name: "an expired token", method: http.MethodPost, path: calling, body: create(callback),
		spoil:  func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+expired) },
		status: http.StatusUnauthorized,
	},
	{
		name: "an unknown call", method: http.MethodGet, path: calling + "/6d1a2f0c-0000-4000-8000-000000000001",
		status: http.StatusNotFound, code: "8522",
	},
	{
		name: "hanging up an unknown call", method: http.MethodDelete, path: calling + "/nothing",
		status: http.StatusNotFound, code: "8522",
	},
	{
		name: "malformed JSON", method: http.MethodPost, path: calling, body: []byte(`{"targets":[`),
		status: http.StatusBadRequest,
	},
	{
		name: "a body of the wrong type", method: http.MethodPost, path: calling, body: []byte(`{"targets":"echo","callbackUri":7}`),
		status: http.StatusBadRequest, says: "targets",
	},
	{
		name: "a body that is not JSON by its own word", method: http.MethodPost, path: calling, body: create(callback),
		spoil:  func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") },
		status: http.StatusBadRequest, says: "Content-Type",
	},
	{
		name: "a body of two megabytes", method: http.MethodPost, path: calling,
		body:   create(callback + "?" + strings.Repeat("x", 2<<20)),
		status: http.StatusRequestEntityTooLarge,
	},
	{
		name: "no target", method: http.MethodPost, path: calling, body: []byte(`{"callbackUri":"` + callback + `"}`),
		status: http.StatusBadRequest, code: "8523", says: "targets",
	},
	{
		name: "a callback to loopback", method: http.MethodPost, path: calling, body: create("https://127.0.0.1/events"),
		status: http.StatusBadRequest, code: "8523", says: "callbackUri",
	},
	{
		name: "a callback to the metadata service", method: http.MethodPost, path: calling, body: create("https://169.254.169.254/"),
		status: http.StatusBadRequest, code: "8523", says: "callbackUri",
	},
	{
		name: "a callback over plain http", method: http.MethodPost, path: calling, body: create("http://app.example.com/events"),
		status: http.StatusBadRequest, code: "8523", says: "callbackUri",
	},
	{
		name: "an answer to nothing", method: http.MethodPost, path: calling + ":answer",
		body:   []byte(`{"incomingCallContext":"nonsense","callbackUri":"` + callback + `"}`),
		status: http.StatusBadRequest, code: "8523", says: "incomingCallContext",
	},
}

// TestBadRequestsAreRefusedAndDoNothing goes over TLS to a server as it runs
// outside development.
func TestBadRequestsAreRefusedAndDoNothing(t *testing.T) {
	cfg := settings(t)
	cfg.Dev = false
	s := serveWith(t, cfg)
	for _, row := range badRequests {
		t.Run(row.name, func(t *testing.T) {
			req, err := s.request(t.Context(), row.method, row.path, row.body)
			if err != nil {
				t.Fatal(err)
			}
			if row.spoil != nil {
				row.spoil(req)
			}
			got, err := s.send(req)
			if err != nil {
				t.Fatal(err)
			}
			refused(t, got, row.status, row.code, row.says)
		})
	}
	if log, err := s.pages(t.Context(), "/calling/events"); err != nil || len(log) > 0 {
		t.Errorf("the log has %v (%v), want nothing", log, err)
	}
	if err := s.empty(t.Context()); err != nil {
		t.Errorf("something goes on: %v", err)
	}
}

// readCloser is a body without anything to close.
type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }

// refused checks the contract's error envelope.
func refused(t *testing.T, got answer, status int, code, says string) {
	t.Helper()
	var envelope struct {
		Error struct{ Code, Message string }
	}
	if err := got.decode(&envelope); err != nil {
		t.Error(err)
	}
	e := envelope.Error
	if got.status != status || e.Code == "" || e.Message == "" {
		t.Errorf("answered %d %s, want %d", got.status, got.body, status)
	}
	if code != "" && e.Code != code {
		t.Errorf("the error has code %q, want %q: %s", e.Code, code, e.Message)
	}
	if !strings.Contains(e.Message, says) {
		t.Errorf("the error says %q, want it to name %s", e.Message, says)
	}
	if h := got.header.Get("x-ms-error-code"); h != e.Code {
		t.Errorf("x-ms-error-code is %q, the error's code %q", h, e.Code)
	}
}
