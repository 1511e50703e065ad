package rest

import (
	"context"

	"github.com/botd-dev/botd/automation"
)

// waitingList is who is in a lobby; the whole list is one page.
type waitingList struct {
	Value []automation.Waiting `json:"value"`
}

func (s *Server) lobbyRoutes() []route {
	a, f, lobby := s.cfg.Automation, beyond, "/rooms/{roomId}/lobby"
	return []route{
		{method: get, path: lobby, name: "getLobby", family: f, action: read(s.lobby)},
		{method: post, path: lobby + "/:admit", name: "admitFromLobby", family: f, action: s.atLobby(a.Admit)},
		{method: post, path: lobby + "/:reject", name: "rejectFromLobby", family: f, action: s.atLobby(a.Refuse)},
		{method: post, path: lobby + "/:return", name: "returnToLobby", family: f, action: s.atLobby(a.Return)},
	}
}

func (s *Server) lobby(_ context.Context, q *request) (waitingList, error) {
	id := q.params["roomId"]
	if _, err := s.cfg.Rooms.Get(id); err != nil {
		return waitingList{}, err
	}
	return waitingList{s.cfg.Automation.Lobby(id)}, nil
}

// atLobby is an operation on those who are in a room or at its door.
func (s *Server) atLobby(do func(context.Context, string, automation.LobbyRequest) error) action {
	return asked(204, func(ctx context.Context, q *request, r automation.LobbyRequest) (none, error) {
		id := q.params["roomId"]
		if _, err := s.cfg.Rooms.Get(id); err != nil {
			return none{}, err
		}
		return none{}, do(ctx, id, r)
	}).silent()
}
