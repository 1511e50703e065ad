package openapitest

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
)

// Transport checks what next carries.
func (c *Checker) Transport(next http.RoundTripper) http.RoundTripper { return transport{c, next} }

type transport struct {
	checker *Checker
	next    http.RoundTripper
}

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if !isREST(r) {
		return t.next.RoundTrip(r)
	}
	sent, err := all(r.Body)
	if err != nil {
		return nil, err
	}
	out := r.Clone(r.Context())
	if r.Body != nil {
		out.Body = io.NopCloser(bytes.NewReader(sent))
	}
	resp, err := t.next.RoundTrip(out)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		t.checker.check(r.Context(), exchange{r, sent, resp, nil})
		return resp, nil
	}
	got, err := all(resp.Body)
	resp.Body = io.NopCloser(&rest{bytes.NewReader(got), err})
	if err == nil {
		t.checker.check(r.Context(), exchange{r, sent, resp, got})
	}
	return resp, nil
}

// CloseIdleConnections fits what http.Client looks for.
func (t transport) CloseIdleConnections() {
	if c, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// all reads a body to its end and closes it.
func all(body io.ReadCloser) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	read, err := io.ReadAll(body)
	return read, errors.Join(err, body.Close())
}

// rest gives what was read of a body, and ends as that did.
type rest struct {
	*bytes.Reader
	end error
}

func (r *rest) Read(b []byte) (int, error) {
	n, err := r.Reader.Read(b)
	if errors.Is(err, io.EOF) && r.end != nil {
		err = r.end
	}
	return n, err
}
