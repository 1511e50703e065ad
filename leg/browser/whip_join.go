package browser

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/call"
)

// roomDigits is how long the id of a room is: digits only. Anything else is the
// id of a group.
const roomDigits = 17

// whipJoin brings whoever posts an offer into the call of a group or a room,
// and answers once every address of ours is known: no second request is needed
// (RFC 9725, section 4.3).
func (s *Server) whipJoin(w http.ResponseWriter, r *http.Request, place string) error {
	ctx, cancel := context.WithTimeout(r.Context(), requestTimeout)
	defer cancel()
	if !isType(r, typeSDP) {
		return fmt.Errorf("%w: an offer is %s", errMediaType, typeSDP)
	}
	since := s.revocations()
	who, err := s.whipUser(r)
	if err != nil {
		return err
	}
	return by(who.User, s.whipVisit(ctx, w, r, who, place, since))
}

// whipVisit brings a user in whose token was looked at after so many revocations.
func (s *Server) whipVisit(ctx context.Context, w http.ResponseWriter, r *http.Request, who whipUser, place string, since uint64) error {
	j, err := s.whipEnter(ctx, who, place)
	if err != nil {
		return err
	}
	offer, err := whipOffer(w, r)
	if err != nil {
		return err
	}
	session, err := s.newSession(offer, who, place)
	if err != nil {
		return err
	}
	if err := s.keepVerified(r, session, since); err != nil {
		return err
	}
	text, err := session.enter(ctx, j)
	if err != nil {
		return err
	}
	return session.created(w, text)
}

// whipEnter finds what the place is, and on which terms the user may enter.
func (s *Server) whipEnter(ctx context.Context, who whipUser, place string) (call.Joining, error) {
	j := call.Joining{From: who.User, Name: who.Name}
	switch {
	case !validGroup(place) || len(place) > maxID:
		return j, invalid("path", "ends in the id of a group or a room: 1 to 64 of A-Z a-z 0-9 _ -")
	case !isName(who.Name):
		return j, invalid("name", badName)
	case !isRoom(place):
		j.Group = place
		return j, nil
	}
	pass, err := s.knock(ctx, who.User, Door{RoomID: place})
	if err != nil {
		return j, fmt.Errorf("join: %w", err)
	}
	j.Room, j.Role, j.Lobby, j.Confirm = pass.Room, pass.Role, pass.Lobby, pass.Confirm
	return j, nil
}

// isRoom tells the id of a room from that of a group.
func isRoom(place string) bool {
	for i := range len(place) {
		if place[i] < '0' || place[i] > '9' {
			return false
		}
	}
	return len(place) == roomDigits
}

// whipOffer reads the offer.
func whipOffer(w http.ResponseWriter, r *http.Request) (description, error) {
	b, err := whipBody(w, r)
	if err != nil {
		return description{}, err
	}
	return parseOffer(string(b))
}

// whipBody reads a body of at most maxSDP bytes.
func whipBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxSDP))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return nil, fmt.Errorf("%w: more than %d bytes", errTooLarge, maxSDP)
	}
	if err != nil {
		return nil, invalid("body", "could not be read")
	}
	return b, nil
}

// newSession makes a leg of the offer, which no call has taken yet.
func (s *Server) newSession(offer description, who whipUser, place string) (*whipSession, error) {
	session := &whipSession{who: who, place: place, secret: rand.Text(), told: make(chan string, 1)}
	log := s.log.With(zap.String("user", string(who.User)))
	var err error
	if session.leg, err = s.newLeg(offer, session, log); err != nil {
		return nil, err
	}
	return session, nil
}

// keepVerified makes the session known. Where tokens have been revoked since
// the client's was looked at, it is looked at again.
func (s *Server) keepVerified(r *http.Request, session *whipSession, since uint64) error {
	for !s.keep(session, since) {
		since = s.revocations()
		if _, err := s.bearer(r); err != nil {
			session.peer.close()
			return err
		}
	}
	return nil
}

// enter brings the session's leg into the call and waits for our side of the
// description.
func (s *whipSession) enter(ctx context.Context, j call.Joining) (string, error) {
	if err := s.start(); err != nil {
		return "", err
	}
	j.Leg = s.leg
	if _, err := s.server.cfg.Calls.Join(ctx, j); err != nil {
		s.abandon()
		return "", err
	}
	text, err := s.described(ctx)
	if err != nil {
		s.leave(call.ReasonLocal) // nobody will ever know the session's name
	}
	return text, err
}

// created answers an offer: where the session is, the version of its ICE
// session, and which servers help to reach us (RFC 9725, sections 4.2 and 4.6).
func (s *whipSession) created(w http.ResponseWriter, text string) error {
	h := w.Header()
	h.Set("Content-Type", typeSDP)
	h.Set("Location", whipPath+s.place+"/"+s.secret)
	h.Set("ETag", s.etag())
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	for _, link := range iceLinks(s.server.cfg.ICEServers(s.who.User)) {
		h.Add("Link", link)
	}
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, text) //nolint:gosec // SDP of our own making, and named as that; whoever does not read it is gone in SetupTimeout
	return nil
}
