package rest

import (
	"context"
	"encoding/base64"
	"maps"
	"slices"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/call/room"
	"github.com/botd-dev/botd/identity"
)

// The bodies of the Rooms operations (rest.md section 11).
type (
	createRoomRequest struct {
		ValidFrom    *string              `json:"validFrom,omitempty"`
		ValidUntil   *string              `json:"validUntil,omitempty"`
		DialOut      *bool                `json:"pstnDialOutEnabled,omitempty"`
		Participants map[string]*roomRole `json:"participants,omitempty"`
	}
	updateRoomRequest struct {
		ValidFrom  *string `json:"validFrom,omitempty"`
		ValidUntil *string `json:"validUntil,omitempty"`
		DialOut    *bool   `json:"pstnDialOutEnabled,omitempty"`
	}
	// updateRosterRequest has null for those who are taken off the list.
	updateRosterRequest struct {
		Participants map[string]*roomRole `json:"participants"`
	}
	// changed is an object that says no more.
	changed  map[string]string
	roomRole struct {
		Role call.Role `json:"role,omitempty"`
	}
	roomModel struct {
		ID         string    `json:"id"`
		CreatedAt  time.Time `json:"createdAt"`
		ValidFrom  time.Time `json:"validFrom"`
		ValidUntil time.Time `json:"validUntil"`
		DialOut    bool      `json:"pstnDialOutEnabled"`
		// Beyond the contract: how people come who are not on the list.
		MeetingLink string `json:"meetingLink"`
		MeetingID   string `json:"meetingId"`
		Passcode    string `json:"passcode"`
	}
	roomList struct {
		Value    []roomModel `json:"value"`
		NextLink string      `json:"nextLink,omitempty"`
	}
	roomMember struct {
		RawID string    `json:"rawId"`
		Role  call.Role `json:"role"`
	}
	roster struct {
		Value    []roomMember `json:"value"`
		NextLink string       `json:"nextLink,omitempty"`
	}
)

func (s *Server) roomRoutes() []route {
	f, one, people := rooms, "/rooms/{roomId}", "/rooms/{roomId}/participants"
	all := []route{
		{method: post, path: "/rooms", name: "createRoom", family: f, once: noted, action: asked(201, s.createRoom)},
		{method: get, path: "/rooms", name: "listRooms", family: f, action: read(s.listRooms)},
		{method: get, path: one, name: "getRoom", family: f, action: read(s.room)},
		{method: patch, path: one, name: "updateRoom", family: f, action: asked(200, s.updateRoom)},
		{method: remove, path: one, name: "deleteRoom", family: f, action: named("roomId", 204, s.deleteRoom)},
		{method: get, path: people, name: "listRoomParticipants", family: f, action: read(s.roster)},
		{method: patch, path: people, name: "updateRoomParticipants", family: f, action: asked(200, s.updateRoster)},
	}
	all = append(all, s.lobbyRoutes()...)
	if s.cfg.Rooms == nil {
		for i := range all {
			all[i].action = unsupported()
		}
	}
	return all
}

func (s *Server) createRoom(ctx context.Context, _ *request, r createRoomRequest) (roomModel, error) {
	terms, err := updateRoomRequest{r.ValidFrom, r.ValidUntil, r.DialOut}.terms()
	if err != nil {
		return roomModel{}, err
	}
	people, err := changes(r.Participants)
	if err != nil {
		return roomModel{}, err
	}
	// Null is absent here: only in a patch it removes somebody.
	people = slices.DeleteFunc(people, func(c room.Change) bool { return c.Remove })
	made, err := s.cfg.Rooms.Create(ctx, terms, people)
	return roomOf(made), err
}

func (s *Server) room(_ context.Context, q *request) (roomModel, error) {
	found, err := s.cfg.Rooms.Get(q.params["roomId"])
	return roomOf(found), err
}

func (s *Server) updateRoom(ctx context.Context, q *request, r updateRoomRequest) (roomModel, error) {
	terms, err := r.terms()
	if err != nil {
		return roomModel{}, err
	}
	updated, err := s.cfg.Rooms.Update(ctx, q.params["roomId"], terms)
	return roomOf(updated), err
}

func (s *Server) deleteRoom(ctx context.Context, id string) error { return s.cfg.Rooms.Delete(ctx, id) }

func (s *Server) listRooms(_ context.Context, q *request) (roomList, error) {
	limit, err := q.limit()
	if err != nil {
		return roomList{}, err
	}
	from, err := q.spot()
	if err != nil {
		return roomList{}, err
	}
	page, next := s.cfg.Rooms.List(room.Cursor{Created: from.at, ID: from.name}, limit)
	list := roomList{Value: make([]roomModel, len(page))}
	for i, r := range page {
		list.Value[i] = roomOf(r)
	}
	if next.ID != "" {
		list.NextLink = s.next(q, spot{next.Created, next.ID}.String())
	}
	return list, nil
}

func (s *Server) roster(_ context.Context, q *request) (roster, error) {
	limit, err := q.limit()
	if err != nil {
		return roster{}, err
	}
	after, err := q.after()
	if err != nil {
		return roster{}, err
	}
	page, more, err := s.cfg.Rooms.Members(q.params["roomId"], identity.ID(after), limit)
	if err != nil {
		return roster{}, err
	}
	list := roster{Value: make([]roomMember, len(page))}
	for i, m := range page {
		list.Value[i] = roomMember{string(m.ID), m.Role}
	}
	if more {
		last := page[len(page)-1].ID
		list.NextLink = s.next(q, base64.RawURLEncoding.EncodeToString([]byte(last)))
	}
	return list, nil
}

func (s *Server) updateRoster(ctx context.Context, q *request, r updateRosterRequest) (changed, error) {
	if r.Participants == nil {
		return nil, &mistake{"participants", "it is required"}
	}
	people, err := changes(r.Participants)
	if err != nil {
		return nil, err
	}
	return changed{}, s.cfg.Rooms.Change(ctx, q.params["roomId"], people)
}

func roomOf(r room.Room) roomModel {
	return roomModel{
		r.ID, r.CreatedAt, r.ValidFrom, r.ValidUntil, r.DialOut,
		r.MeetingLink, r.MeetingID, r.Passcode,
	}
}

func (r updateRoomRequest) terms() (room.Terms, error) {
	from, err := instant("validFrom", r.ValidFrom)
	if err != nil {
		return room.Terms{}, err
	}
	until, err := instant("validUntil", r.ValidUntil)
	return room.Terms{ValidFrom: from, ValidUntil: until, DialOut: r.DialOut}, err
}

func instant(field string, text *string) (*time.Time, error) {
	if text == nil {
		return nil, nil //nolint:nilnil // absent, and no mistake
	}
	at, err := time.Parse(time.RFC3339, *text)
	if err != nil {
		return nil, &mistake{field, "it is not a time as in RFC 3339"}
	}
	if year := at.UTC().Year(); year < 0 || year > 9999 { // RFC 3339 has no spelling for it
		return nil, &mistake{field, "in UTC it is not in the years 0 to 9999"}
	}
	return &at, nil
}

// changes reads a map from raw ids to roles, in the order of the ids: which
// mistake is told of does not depend on chance.
func changes(people map[string]*roomRole) ([]room.Change, error) {
	list := make([]room.Change, 0, len(people))
	for _, raw := range slices.Sorted(maps.Keys(people)) {
		p := people[raw]
		id, err := identity.Parse(raw)
		if err != nil {
			return nil, &mistake{"participants", err.Error()}
		}
		c := room.Change{ID: id, Remove: p == nil}
		if p != nil {
			c.Role = p.Role
		}
		list = append(list, c)
	}
	return list, nil
}
