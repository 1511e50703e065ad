package rest

import (
	"context"
	"crypto/subtle"
	"fmt"
	"slices"
	"time"

	"github.com/botd-dev/botd/identity"
)

// exchangeRequest asks for a user access token for a user of the company's
// directory (rest.md section 10).
type exchangeRequest struct {
	Token  string `json:"token"`
	AppID  string `json:"appId"`
	UserID string `json:"userId"`
}

// user is whom the request is about, if all of it is there.
func (r exchangeRequest) user() (identity.ID, error) {
	for _, field := range []struct{ name, value string }{{"token", r.Token}, {"appId", r.AppID}, {"userId", r.UserID}} {
		if field.value == "" {
			return "", &mistake{field.name, "it is required"}
		}
	}
	id, err := identity.DirectoryUser(r.UserID)
	if err != nil {
		return "", &mistake{"userId", err.Error()}
	}
	return id, nil
}

// Teams is the audience that the SDKs' guides have users get a token for.
const teams = "https://auth.msft.communication.azure.com"

// longestExchanged is how long a token is valid at most that was exchanged for
// one that is valid for longer.
const longestExchanged = longestToken * time.Minute

// exchangedScopes is what such a token allows.
var exchangedScopes = []string{"chat", "voip"}

// exchange trades a token of the configured issuer for a user access token that
// ends with it, at the latest. The user is made when they come for the first
// time, and can be revoked and deleted like any other.
func (s *Server) exchange(ctx context.Context, _ *request, r exchangeRequest) (accessToken, error) {
	user, err := r.user()
	if err != nil {
		return accessToken{}, err
	}
	if s.cfg.Bearer == nil {
		return accessToken{}, &mistake{"token", "no issuer of users is configured"}
	}
	ends, err := s.cfg.Bearer.vouch(ctx, r, s.cfg.Now)
	if err != nil {
		return accessToken{}, err
	}
	if err := s.cfg.Users.Add(ctx, user); err != nil {
		return accessToken{}, err
	}
	left := ends.Sub(s.cfg.Now().Truncate(time.Second))
	return s.issue(ctx, user, identity.Grant{Scopes: exchangedScopes, For: min(left, longestExchanged)})
}

// vouch checks that the issuer knows the user and gave the application a token
// for them. It returns when that ends.
func (b *Bearer) vouch(ctx context.Context, r exchangeRequest, now func() time.Time) (time.Time, error) {
	c, err := b.parse(ctx, r.Token, now)
	switch {
	case err != nil:
		return time.Time{}, err
	case !b.meant(c, r.AppID):
		return time.Time{}, fmt.Errorf("%w: it is not for the application", errBearer)
	case subtle.ConstantTimeCompare([]byte(c.user()), []byte(r.UserID)) != 1:
		return time.Time{}, fmt.Errorf("%w: it is another user's", errForbidden)
	}
	ends, err := c.ends()
	if err != nil || !ends.After(now()) {
		return time.Time{}, fmt.Errorf("%w: it has expired", errBearer)
	}
	return ends, nil
}

// meant says whether a token is for the application: it is its audience, as of
// an ID token, or the token was issued to it to be used here. One that was
// issued to it to be used elsewhere is not enough: whoever it is used with could
// call in the name of the user.
func (b *Bearer) meant(c claims, app string) bool {
	audiences := c.audiences()
	here := slices.Contains(audiences, b.cfg.Audience) || slices.Contains(audiences, teams)
	return slices.Contains(audiences, app) || here && c.client() == app
}
