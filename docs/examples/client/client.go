// Package client is what the Go examples share: signed requests, the log as a
// stream, and an endpoint for webhooks.
package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/botd-dev/botd/automation/rest"
)

// Main runs an example with the server of $BOTD_CONNECTION_STRING.
func Main(example func(context.Context, *Server) error) {
	s, err := Connect(os.Getenv("BOTD_CONNECTION_STRING"))
	if err == nil {
		err = example(context.Background(), s)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// Server is a botd and the key to it.
type Server struct {
	endpoint string
	key      []byte
}

// Connect reads "endpoint=https://host/;accesskey=BASE64".
func Connect(connection string) (*Server, error) {
	endpoint, key, ok := strings.Cut(strings.TrimPrefix(connection, "endpoint="), ";accesskey=")
	if !ok {
		return nil, errors.New("BOTD_CONNECTION_STRING is no connection string")
	}
	raw, err := base64.StdEncoding.DecodeString(key)
	return &Server{strings.TrimSuffix(endpoint, "/"), raw}, err
}

// Ask sends a signed request and reads the answer, if one is wanted.
func (s *Server) Ask(ctx context.Context, method, path string, body, answer any) error {
	resp, err := s.send(ctx, method, path, body, nil)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if answer == nil {
		return nil
	}
	return json.NewDecoder(resp.Body).Decode(answer)
}

// Event is one line of a log. Last is what to go on after.
type Event struct {
	Last string `json:"-"`
	Type string
	Data json.RawMessage
}

// Follow gives the events of a log as they happen, after the one that was last.
func (s *Server) Follow(ctx context.Context, path, last string) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		resp, err := s.send(ctx, "GET", path, nil, http.Header{"Accept": {"text/event-stream"}, "Last-Event-Id": {last}})
		if err != nil {
			yield(Event{}, err)
			return
		}
		defer func() { _ = resp.Body.Close() }()
		lines := bufio.NewScanner(resp.Body)
		lines.Buffer(nil, 1<<20)
		for e := (Event{}); lines.Scan(); {
			name, text, _ := strings.Cut(lines.Text(), ": ")
			switch name {
			case "id":
				e.Last = text
			case "data":
				if err := json.Unmarshal([]byte(text), &e); !yield(e, err) {
					return
				}
			}
		}
		yield(Event{}, errors.Join(io.ErrUnexpectedEOF, lines.Err()))
	}
}

func (s *Server) send(ctx context.Context, method, path string, body any, headers http.Header) (*http.Response, error) {
	var sent []byte
	if body != nil {
		var err error
		if sent, err = json.Marshal(body); err != nil {
			return nil, err
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, s.endpoint+path, bytes.NewReader(sent))
	if err != nil {
		return nil, err
	}
	query := r.URL.Query()
	query.Set("api-version", version(path))
	r.URL.RawQuery = query.Encode()
	if headers != nil {
		r.Header = headers
	}
	r.Header.Set("Content-Type", "application/json")
	rest.Sign(r, sent, s.key, time.Now())
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode < http.StatusBadRequest {
		return resp, nil
	}
	defer func() { _ = resp.Body.Close() }()
	why, err := io.ReadAll(resp.Body)
	return nil, errors.Join(fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, why), err)
}

// version is that of the API which a path belongs to.
func version(path string) string {
	switch {
	case strings.HasPrefix(path, "/identities"), strings.HasPrefix(path, "/teamsUser"):
		return "2023-10-01"
	case strings.HasPrefix(path, "/rooms"):
		return "2025-03-13"
	}
	return "2026-03-12"
}
