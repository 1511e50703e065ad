package client

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Until asks again and again until the answer has what is looked for, for a
// minute.
func (s *Server) Until(ctx context.Context, path, what string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	again := time.NewTicker(200 * time.Millisecond)
	defer again.Stop()
	for {
		var answer json.RawMessage
		if err := s.Ask(ctx, "GET", path, nil, &answer); err == nil && strings.Contains(string(answer), what) {
			return nil
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return fmt.Errorf("%s in %s: %w", what, path, ctx.Err())
		}
	}
}

// Connection is an application's part in a call, as it is answered.
type Connection struct {
	CallConnectionID, ServerCallID string
	// Path is where it is, Log where its events are.
	Path, Log string `json:"-"`
}

// Call calls somebody and waits until they are there.
func (s *Server) Call(ctx context.Context, who, callback string) (Connection, error) {
	return s.begin(ctx, "", Map{"targets": []Map{{"rawId": who}}, "callbackUri": callback})
}

// Join comes to a call that runs and waits until the application is in it.
func (s *Server) Join(ctx context.Context, call, callback string) (Connection, error) {
	locator := Map{"kind": "serverCallLocator", "serverCallId": call}
	return s.begin(ctx, ":connect", Map{"callLocator": locator, "callbackUri": callback})
}

func (s *Server) begin(ctx context.Context, how string, body Map) (Connection, error) {
	var c Connection
	if err := s.Ask(ctx, "POST", "/calling/callConnections"+how, body, &c); err != nil {
		return c, err
	}
	c.Path = "/calling/callConnections/" + c.CallConnectionID
	c.Log = c.Path + "/events"
	return c, s.Until(ctx, c.Log, ".CallConnected")
}

// Named is the user whom the application calls by a name of its own.
func (s *Server) Named(ctx context.Context, name string) (string, error) {
	var made struct{ Identity struct{ ID string } }
	err := s.Ask(ctx, "POST", "/identities", Map{"customId": name}, &made)
	return made.Identity.ID, err
}

// Map is a JSON object.
type Map = map[string]any
