package control

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Seat is the application's part in one call.
type Seat struct {
	application *Application
	call        string // its id
	path        string // of the connection
}

// id is somebody in a request.
type id struct {
	RawID string `json:"rawId"`
}

// Enter comes to the call of a group, which somebody must be in.
func (a *Application) Enter(ctx context.Context, group string) (*Seat, error) {
	var connection struct{ CallConnectionID, ServerCallID string }
	err := a.ask(ctx, http.MethodPost, "/calling/callConnections:connect", map[string]any{
		"callLocator": map[string]string{"kind": "groupCallLocator", "groupCallId": group}, "callbackUri": a.told,
	}, &connection)
	if err != nil {
		return nil, err
	}
	s := &Seat{application: a, call: connection.ServerCallID, path: "/calling/callConnections/" + connection.CallConnectionID}
	return s, s.until(ctx, "the application", func(members []member) bool {
		for _, m := range members {
			if m.IsApplication && m.State == "Connected" {
				return true
			}
		}
		return false
	})
}

// member is one of a call.
type member struct {
	Identifier    id
	DisplayName   string
	State         string
	IsApplication bool
}

func (s *Seat) members(ctx context.Context) ([]member, error) {
	var c struct{ Participants []member }
	err := s.application.ask(ctx, http.MethodGet, "/calling/calls/"+url.PathEscape(s.call), nil, &c)
	return c.Participants, err
}

// Add brings a bot into the call and waits until it is there.
func (s *Seat) Add(ctx context.Context, bot string) error {
	err := s.application.ask(ctx, http.MethodPost, s.path+"/participants:add", map[string]any{"participantToAdd": id{bot}}, nil)
	if err != nil {
		return err
	}
	return s.until(ctx, bot, func(members []member) bool {
		for _, m := range members {
			if m.Identifier.RawID == bot && m.State == "Connected" {
				return true
			}
		}
		return false
	})
}

// until waits until somebody is there.
func (s *Seat) until(ctx context.Context, who string, there func([]member) bool) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(often)
	defer tick.Stop()
	for {
		members, err := s.members(ctx)
		if err != nil {
			return err
		}
		if there(members) {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%s did not come: %w", who, ctx.Err())
		}
	}
}

// pair is one who hears another.
type pair struct {
	Listener id `json:"listener"`
	Speaker  id `json:"speaker"`
}

// limit makes one bot hear one participant only, found by display name; all
// others go on hearing those who speak.
func (s *Seat) limit(ctx context.Context, bot string, to string, speakers []string) error {
	members, err := s.members(ctx)
	if err != nil {
		return err
	}
	return s.application.ask(ctx, http.MethodPut, s.path+"/audioRouting", map[string]any{
		"preset": "pairs", "pairs": pairs(members, bot, to, speakers),
	}, nil)
}

// pairs are all there is to be heard.
func pairs(members []member, bot, to string, speakers []string) []pair {
	named := map[string]id{}
	for _, m := range members {
		named[m.DisplayName] = m.Identifier
	}
	var all []pair
	for _, m := range members {
		heard := speakers
		if m.Identifier.RawID == bot {
			heard = []string{to}
		}
		for _, name := range heard {
			if speaker, ok := named[name]; ok && speaker != m.Identifier {
				all = append(all, pair{Listener: m.Identifier, Speaker: speaker})
			}
		}
	}
	return all
}

// The bots that listen, of the server in cmd/listening.
const (
	MixTap   = "mix-tap"
	VoiceTap = "voice-tap"
)

// Tap brings in a bot that hears the mix, and one that hears only the first of
// the speakers, who are named as they are displayed.
func (s *Seat) Tap(ctx context.Context, speakers []string) error {
	for _, bot := range []string{MixTap, VoiceTap} {
		if err := s.Add(ctx, bot); err != nil {
			return err
		}
	}
	return s.limit(ctx, VoiceTap, speakers[0], speakers)
}
