package browser

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/botd-dev/botd/identity"
)

// whipUser is who asks.
type whipUser struct {
	Session
	guest bool // came without a token, as Config.Guest lets them
}

// What is wrong with the credentials of a request (RFC 6750, section 3).
var (
	errNoToken    = errors.New("a bearer token is needed")
	errUnfitToken = errors.New("the bearer token is not valid")
)

// whipUser says who posts an offer, and counts it as one more client of theirs.
func (s *Server) whipUser(r *http.Request) (whipUser, error) {
	who, err := s.bearer(r)
	if err != nil {
		return whipUser{}, err
	}
	if err := s.admit(who.User, "", r.RemoteAddr); err != nil {
		return whipUser{}, by(who.User, err)
	}
	if name := r.URL.Query().Get("name"); name != "" {
		who.Name = name
	}
	return who, nil
}

// somebodys is an error in what a user asked for, whom the log names.
type somebodys struct {
	error
	user identity.ID
}

// Unwrap gives the error itself.
func (e somebodys) Unwrap() error { return e.error }

// by is an error, if there is one, in what the user asked for.
func by(user identity.ID, err error) error {
	if err == nil {
		return nil
	}
	return somebodys{err, user}
}

// sameUser says whether a request about a session comes from whom it belongs
// to. Who came without a token needs none for that either.
func (s *Server) sameUser(r *http.Request, owner whipUser) error {
	who, err := s.bearer(r)
	switch {
	case err != nil:
		return err
	case owner.guest && who.guest, owner.User == who.User:
		return nil
	}
	return by(who.User, fmt.Errorf("%w: %w", errForbidden, errOtherUser))
}

// bearer reads the token of a request (RFC 6750, section 2.1), or asks whether
// it may do without.
func (s *Server) bearer(r *http.Request) (whipUser, error) {
	given := r.Header.Get("Authorization")
	if given == "" {
		return s.guest(r)
	}
	scheme, token, _ := strings.Cut(given, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return whipUser{}, errNoToken
	}
	session, err := s.verify(strings.TrimSpace(token))
	switch {
	case err == nil:
		return whipUser{Session: session}, nil
	case errors.Is(err, identity.ErrStore), errors.Is(err, errForbidden):
		return whipUser{}, err
	}
	return whipUser{}, fmt.Errorf("%w: %w", errUnfitToken, err)
}

func (s *Server) guest(r *http.Request) (whipUser, error) {
	if s.cfg.Guest == nil {
		return whipUser{}, errNoToken
	}
	session, ok := s.cfg.Guest(r, r.URL.Query().Get("name"))
	if !ok {
		return whipUser{}, errNoToken
	}
	return whipUser{Session: session, guest: true}, nil
}
