package client

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
)

// Hooks takes events as long as the program runs, and returns where. Take is
// given the type of each and says how to answer.
func Hooks(ctx context.Context, take func(kind string) int) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	go func() {
		_ = http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var events []Event
			if json.NewDecoder(r.Body).Decode(&events) != nil || len(events) != 1 {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			w.WriteHeader(take(events[0].Type))
		}))
	}()
	return "http://" + l.Addr().String() + "/", nil
}

// Taken answers every event alike.
func Taken(string) int { return http.StatusOK }

// Letter is an event that could not be told.
type Letter struct{ ID, Type, Reason, Destination string }

// Undelivered waits for the first letter of an endpoint.
func (s *Server) Undelivered(ctx context.Context, endpoint string) (Letter, error) {
	const letters = "/webhooks/deadLetters?limit=1000"
	if err := s.Until(ctx, letters, endpoint); err != nil {
		return Letter{}, err
	}
	var list struct{ Value []Letter }
	err := s.Ask(ctx, "GET", letters, nil, &list)
	for _, l := range list.Value {
		if l.Destination == endpoint {
			return l, err
		}
	}
	return Letter{}, err
}
