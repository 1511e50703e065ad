package rest

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// claims are what a token of the issuer says. They are looked up letter for
// letter: to encoding/json "OID" would be as good as "oid", and a user may be
// free to choose one of them.
type claims map[string]any

// text is a claim that is a string; any other is empty.
func (c claims) text(name string) string {
	s, _ := c[name].(string)
	return s
}

// words are a claim that is a list of strings, or one with spaces between.
func (c claims) words(name string) []string {
	if s, ok := c[name].(string); ok {
		return strings.Fields(s)
	}
	list, _ := c[name].([]any)
	var all []string
	for _, item := range list {
		if s, ok := item.(string); ok {
			all = append(all, s)
		}
	}
	return all
}

// audiences are those whom the token is for: a string or a list (RFC 7519
// section 4.1.3).
func (c claims) audiences() []string {
	if s, ok := c["aud"].(string); ok {
		return []string{s}
	}
	return c.words("aud")
}

// ends is when the token does.
func (c claims) ends() (time.Time, error) {
	at, err := jwt.MapClaims(c).GetExpirationTime()
	if err != nil || at == nil {
		return time.Time{}, errors.New("it has no end")
	}
	return at.Time, nil
}

// hasRole says whether the token has one of the roles. Entra writes roles into
// "roles" and what a user consented to into "scp", others into "scope" (RFC
// 8693 section 4.2).
func (c claims) hasRole(roles []string) bool {
	for _, name := range []string{"roles", "scp", "scope"} {
		for _, word := range c.words(name) {
			if slices.Contains(roles, word) {
				return true
			}
		}
	}
	return false
}

// client is the application that the token was issued to: "azp" of OpenID
// Connect and of Entra's tokens of version 2, "appid" of those of version 1, or
// "client_id" (RFC 9068 section 2.2).
func (c claims) client() string {
	for _, name := range []string{"azp", "appid", "client_id"} {
		if s := c.text(name); s != "" {
			return s
		}
	}
	return ""
}

// user is what the directory calls the user: Entra's object id, which is the
// same for every application, or else the subject.
func (c claims) user() string {
	if _, ok := c["oid"]; ok {
		return c.text("oid")
	}
	return c.text("sub")
}
