package automation

import (
	"context"
	"fmt"

	"github.com/botd-dev/botd/identity"
)

// Waiting is somebody in a room's lobby.
type Waiting struct {
	Identifier    identity.ID `json:"identifier"`
	ParticipantID string      `json:"participantId"`
	DisplayName   string      `json:"displayName,omitempty"`
}

// Lobby lists who waits in the lobby of a room, the first to come first.
func (s *Service) Lobby(room string) []Waiting {
	list := []Waiting{}
	for _, m := range s.cfg.Calls.Waiting(room) {
		list = append(list, Waiting{m.Identity, m.ID, m.Name})
	}
	return list
}

// LobbyRequest names who is let in, sent away, or sent back.
type LobbyRequest struct {
	Participants []identity.ID `json:"participants"`
}

// Admit lets those in who wait in the lobby of a room: all of them, or nobody
// if one does not wait.
func (s *Service) Admit(ctx context.Context, room string, r LobbyRequest) error {
	return s.atLobby(ctx, "admit", room, r, s.cfg.Calls.Admit)
}

// Refuse sends those away who wait.
func (s *Service) Refuse(ctx context.Context, room string, r LobbyRequest) error {
	return s.atLobby(ctx, "reject", room, r, s.cfg.Calls.Refuse)
}

// Return sends those who are in the room's call back to its lobby.
func (s *Service) Return(ctx context.Context, room string, r LobbyRequest) error {
	return s.atLobby(ctx, "return", room, r, s.cfg.Calls.Return)
}

func (s *Service) atLobby(ctx context.Context, what, room string, r LobbyRequest, do func(context.Context, string, []identity.ID) error) error {
	if err := everyone("participants", r.Participants); err != nil {
		return err
	}
	if err := do(ctx, room, once(r.Participants)); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}
