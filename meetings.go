package botd

import (
	"context"
	"errors"
	"strings"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/call/room"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/leg/browser"
	"github.com/botd-dev/botd/media/prompt"
)

// openRooms reads the rooms that there are.
func (s *Server) openRooms(ctx context.Context) error {
	store, err := s.journal.Bucket(ctx, "rooms")
	if err != nil {
		return err
	}
	s.meetings, err = room.Open(ctx, room.Config{
		Store: store, Calls: s.calls, Link: s.meetingLink(), Log: s.log.Named("room"),
	})
	if err != nil {
		return err
	}
	registerRefused(s.telemetry.Metrics, "passcodes", s.meetings.Refused)
	registerPasscodes(s.telemetry.Metrics, s.meetings.Compared)
	return nil
}

// meetingLink is what meeting links begin with. By default the secret part
// stands behind "#": no browser sends that anywhere, so no log has it.
func (s *Server) meetingLink() string {
	switch link := s.cfg.MeetingLink; {
	case link == "":
		return s.publicURL() + "/#meeting/"
	case strings.HasSuffix(link, "/"), strings.HasSuffix(link, "="), strings.HasSuffix(link, "#"):
		return link
	default:
		return link + "/"
	}
}

// enter lets a browser into a room.
func (s *Server) enter(ctx context.Context, user identity.ID, d browser.Door) (browser.Admission, error) {
	a, err := s.meetings.Enter(ctx, room.Entering{
		RoomID: d.RoomID, MeetingLink: d.MeetingLink, MeetingID: d.MeetingID, Passcode: d.Passcode, User: user,
	})
	return browser.Admission{Room: a.Room, Role: a.Role, Lobby: a.Lobby, Confirm: a.Confirm}, err
}

// filler is what is played while an application is away; nil is a soft tone.
func (c Config) filler() *prompt.Source {
	if c.FillerSound == "" {
		return nil
	}
	return &prompt.Source{Kind: prompt.File, URI: c.FillerSound, CacheID: "botd-filler " + c.FillerSound}
}

// away fills the calls of an application that does not take its events.
func (s *Server) away(connection string, away bool) {
	ctx, cancel := context.WithTimeout(context.Background(), fillTimeout)
	defer cancel()
	err := s.service.Away(ctx, connection, away)
	over := errors.Is(err, call.ErrNoCall) || errors.Is(err, call.ErrEnded) || errors.Is(err, call.ErrWrongState)
	if err != nil && !over {
		s.log.Warn("the filler sound failed", zap.String("callConnectionId", connection), zap.Error(err))
	}
}
