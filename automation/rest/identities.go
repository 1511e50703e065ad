package rest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/botd-dev/botd/identity"
)

// The bodies of the identity operations (rest.md section 10).
type (
	createUserRequest struct {
		CustomID         string   `json:"customId,omitempty"`
		Scopes           []string `json:"createTokenWithScopes,omitempty"`
		ExpiresInMinutes *int     `json:"expiresInMinutes,omitempty"`
	}
	createdUser struct {
		Identity    userID       `json:"identity"`
		AccessToken *accessToken `json:"accessToken,omitempty"`
	}
	userID struct {
		ID string `json:"id"`
	}
	issueRequest struct {
		Scopes           []string `json:"scopes"`
		ExpiresInMinutes *int     `json:"expiresInMinutes,omitempty"`
	}
	accessToken struct {
		Token     string    `json:"token"`
		ExpiresOn time.Time `json:"expiresOn"`
	}
)

// How long a user token is valid, in minutes.
const (
	shortestToken = 60
	longestToken  = 1440
)

func (s *Server) createUser(ctx context.Context, _ *request, r createUserRequest) (createdUser, error) {
	grant, err := granted("createTokenWithScopes", r.Scopes, r.ExpiresInMinutes)
	if err != nil {
		return createdUser{}, err
	}
	id, err := s.userOf(ctx, r.CustomID)
	if err != nil {
		return createdUser{}, err
	}
	created := createdUser{Identity: userID{string(id)}}
	if len(r.Scopes) > 0 {
		token, err := s.issue(ctx, id, grant)
		if err != nil {
			return createdUser{}, err
		}
		created.AccessToken = &token
	}
	return created, nil
}

// longestCustomID is how long an application's own name for a user may be, in
// characters.
const longestCustomID = 256

// userOf is a new user, or the one whom the application calls by a name of its
// own: the same one every time.
func (s *Server) userOf(ctx context.Context, customID string) (identity.ID, error) {
	if customID == "" {
		return s.cfg.Users.Create(ctx)
	}
	if utf8.RuneCountInString(customID) > longestCustomID || strings.ContainsFunc(customID, unicode.IsControl) {
		return "", &mistake{"customId", fmt.Sprintf("it is not 1 to %d characters without control characters", longestCustomID)}
	}
	return s.cfg.Users.Named(ctx, customID)
}

func (s *Server) issueToken(ctx context.Context, q *request, r issueRequest) (accessToken, error) {
	grant, err := granted("scopes", r.Scopes, r.ExpiresInMinutes)
	if err != nil {
		return accessToken{}, err
	}
	if len(r.Scopes) == 0 {
		return accessToken{}, &mistake{"scopes", "it is required"}
	}
	return s.issue(ctx, identity.ID(q.params["id"]), grant)
}

func (s *Server) issue(ctx context.Context, id identity.ID, g identity.Grant) (accessToken, error) {
	token, err := s.cfg.Issuer.IssueUser(ctx, id, g)
	return accessToken{token.Token, token.ExpiresOn.UTC()}, err
}

// granted checks what a token is asked to say. A scope that comes twice is said
// once: a token longer than any that is looked at would be good for nothing.
func granted(field string, scopes []string, minutes *int) (identity.Grant, error) {
	var each []string
	for _, scope := range scopes {
		if !slices.Contains(each, scope) {
			each = append(each, scope)
		}
		if !slices.Contains(identity.Scopes, scope) {
			return identity.Grant{}, &mistake{field, fmt.Sprintf("%q is none of %s", scope, strings.Join(identity.Scopes, ", "))}
		}
	}
	valid := longestToken
	if minutes != nil {
		valid = *minutes
	}
	if valid < shortestToken || valid > longestToken {
		return identity.Grant{}, &mistake{"expiresInMinutes", fmt.Sprintf("%d is not between %d and %d", valid, shortestToken, longestToken)}
	}
	return identity.Grant{Scopes: each, For: time.Duration(valid) * time.Minute}, nil
}

func (s *Server) deleteUser(ctx context.Context, id string) error {
	return s.cfg.Users.Delete(ctx, identity.ID(id))
}

func (s *Server) revokeTokens(ctx context.Context, id string) error {
	return s.cfg.Users.Revoke(ctx, identity.ID(id))
}

func (s *Server) discovery(context.Context, *request) (identity.Discovery, error) {
	return s.cfg.Issuer.Discovery(), nil
}

func (s *Server) keys(context.Context, *request) (identity.KeySet, error) {
	return s.cfg.Issuer.Keys(), nil
}
