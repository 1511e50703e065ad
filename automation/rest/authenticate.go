package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/botd-dev/botd/identity"
)

// guard knows who may ask.
type guard struct {
	keys   [][]byte
	bearer *Bearer // nil without one
	users  UserTokens
	now    func() time.Time
}

// UserTokens verifies user access tokens. *identity.Issuer fits it.
type UserTokens interface {
	VerifyUser(ctx context.Context, token string) (identity.Session, error)
}

// caller is who asks.
type caller struct {
	// name sets the repeatability ids of one apart from those of others.
	name string
	// hash is the SHA-256 of the body that was signed, or nil.
	hash []byte
}

// authenticate finds out who asks, by what the Authorization header says
// (rest.md section 2).
func (g guard) authenticate(r *http.Request) (caller, error) {
	if len(r.Header.Values("Authorization")) > 1 {
		return caller{}, fmt.Errorf("%w: more than one Authorization header", errRequest)
	}
	scheme, rest, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	switch {
	case scheme == schemeHMAC:
		hash, err := verifySignature(r, g.keys, g.now())
		return caller{"key", hash}, err
	case strings.EqualFold(scheme, "Bearer"):
		name, err := g.token(r.Context(), strings.TrimSpace(rest))
		return caller{name: name}, err
	}
	return caller{}, errCredentials
}

// Authorize says why whoever sends a request may not ask for anything; nil is that
// they may. It is for doors beside the API; a body is not looked at.
func (s *Server) Authorize(r *http.Request) error {
	_, err := s.guard.authenticate(r)
	return err
}

// Refuse answers a request with an error as the API does. door names what it was
// not let in at.
func (s *Server) Refuse(w http.ResponseWriter, r *http.Request, door string, err error) {
	a := s.fail(err, w, door)
	s.barred(door, r.RemoteAddr, a.Status, err)
	_ = a.send(w) // nobody is left to be told
}

// token accepts those of the configured issuer. A valid token of a user is
// known, and may nothing here; where users cannot be looked up, nobody knows
// what it is.
func (g guard) token(ctx context.Context, token string) (string, error) {
	if g.users != nil {
		_, err := g.users.VerifyUser(ctx, token)
		switch {
		case err == nil:
			return "", fmt.Errorf("%w: it is a user access token", errForbidden)
		case errors.Is(err, identity.ErrStore):
			return "", err
		}
	}
	if g.bearer == nil {
		return "", fmt.Errorf("%w: no issuer is configured", errBearer)
	}
	return g.bearer.verify(ctx, token, g.now)
}
