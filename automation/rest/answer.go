package rest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// answer is a response as it goes out, and as it is kept for a repeated
// request.
type answer struct {
	Status int    `json:"status"`
	Code   string `json:"code,omitempty"` // of an error
	Retry  int    `json:"retry,omitempty"`
	Body   []byte `json:"body,omitempty"`

	// then runs once the response has been sent, whether or not it arrived.
	then func()
	// stream, if set, writes the body itself, as long as it likes.
	stream func(http.ResponseWriter) error
}

// encode writes JSON as it is, without escapes for pages.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) //nolint:forbidigo // a body that cannot be written is a mistake in its type
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// unread is how long a client may leave unread what it is sent before its
// connection is given up.
const unread = 30 * time.Second

// hurry gives the client that time from now on. Where no deadline can be set
// nothing is waited for.
func hurry(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(unread))
}

// send writes the answer and has it leave at once.
func (a answer) send(w http.ResponseWriter) error {
	if a.then != nil {
		defer a.then()
	}
	if a.stream != nil {
		return a.stream(w)
	}
	hurry(w)
	h := w.Header()
	if a.Code != "" {
		h.Set("x-ms-error-code", a.Code)
	}
	if a.Retry > 0 {
		h.Set("Retry-After", strconv.Itoa(a.Retry))
	}
	if a.Body != nil {
		h.Set("Content-Type", "application/json; charset=utf-8")
		h.Set("Content-Length", strconv.Itoa(len(a.Body)))
	}
	w.WriteHeader(a.Status)
	if len(a.Body) > 0 {
		if _, err := w.Write(a.Body); err != nil {
			return err
		}
	}
	return http.NewResponseController(w).Flush()
}
