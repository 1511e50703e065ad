package rest

import (
	"cmp"
	"context"
	"crypto"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
)

// Audience is what the SDKs request a token for (rest.md section 2.2).
const Audience = "https://communication.azure.com"

// BearerConfig names the OpenID Connect issuer whose tokens are accepted.
type BearerConfig struct {
	// Issuer is the "iss" of its tokens, and where its discovery document is.
	Issuer string
	// Audience must be among the "aud" of a token; default Audience.
	Audience string
	// Roles are those of which a token must have one, in "roles", "scp" or
	// "scope"; without any, every principal of the issuer may do everything.
	Roles []string
	// KeysURL is where its keys are; default what its discovery document says.
	KeysURL string
	// Keys, if set, are its keys, and none are fetched.
	Keys *jose.JSONWebKeySet
	// HTTP fetches the keys; needed unless Keys is set.
	HTTP *http.Client
}

// Validate reports what cannot be.
func (c BearerConfig) Validate() error {
	u, err := url.Parse(c.Issuer)
	switch {
	case err != nil || !u.IsAbs():
		return fmt.Errorf("bearer: issuer %q is not a URL", c.Issuer)
	case c.Keys == nil && c.HTTP == nil:
		return errors.New("bearer: keys, or a client to fetch them, are needed")
	}
	return nil
}

// Bearer verifies the tokens of an issuer. It is safe for use by several
// goroutines.
type Bearer struct {
	cfg  BearerConfig
	keys *keyring
}

// NewBearer makes a Bearer. The keys are fetched when the first token comes.
func NewBearer(cfg BearerConfig) (*Bearer, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg.Audience = cmp.Or(cfg.Audience, Audience)
	return &Bearer{cfg, newKeyring(cfg)}, nil
}

// algorithms are those with which an issuer may sign. None of them takes a
// shared secret, so that a public key cannot be used as one.
var algorithms = []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}

// What is looked at of a token: bytes of all of it, and of its subject (OpenID
// Connect Core 1.0, section 2).
const (
	maxToken   = 16 << 10
	maxSubject = 255
)

// leeway is how far the issuer's clock may be from ours.
const leeway = 30 * time.Second

// verify returns the name of whoever the token was issued for, if they may use
// the API.
func (b *Bearer) verify(ctx context.Context, token string, now func() time.Time) (string, error) {
	c, err := b.parse(ctx, token, now, jwt.WithAudience(b.cfg.Audience))
	if err != nil {
		return "", err
	}
	subject := c.text("sub")
	if len(subject) > maxSubject {
		return "", fmt.Errorf("%w: its subject has %d bytes", errBearer, len(subject))
	}
	if len(b.cfg.Roles) > 0 && !c.hasRole(b.cfg.Roles) {
		return "", fmt.Errorf("%w: it has none of the roles that are let in", errForbidden)
	}
	return "token/" + subject, nil
}

// parse checks what is the same for every token: that the issuer signed it and
// that this is its time.
func (b *Bearer) parse(ctx context.Context, token string, now func() time.Time, more ...jwt.ParserOption) (claims, error) {
	if len(token) > maxToken {
		return nil, fmt.Errorf("%w: %d bytes", errBearer, len(token))
	}
	if strings.ContainsAny(token, "\r\n") { // base64 would not mind
		return nil, fmt.Errorf("%w: it has several lines", errBearer)
	}
	found := jwt.MapClaims{}
	key := func(t *jwt.Token) (any, error) { return b.key(ctx, t, now()) }
	_, err := jwt.ParseWithClaims(token, found, key, append(more,
		jwt.WithValidMethods(algorithms), jwt.WithIssuer(b.cfg.Issuer), jwt.WithExpirationRequired(),
		jwt.WithStrictDecoding(), jwt.WithTimeFunc(now), jwt.WithLeeway(leeway))...)
	switch {
	case errors.Is(err, errStore):
		return nil, fmt.Errorf("%w: the keys of the issuer", errStore)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errBearer, err)
	}
	return claims(found), nil
}

// key finds the key that a token names. Only the configured keys count: those
// that a token brings along ("jwk") or points to ("jku") are never looked at.
// Headers that must be understood ("crit", RFC 7515 section 4.1.11) are not.
func (b *Bearer) key(ctx context.Context, t *jwt.Token, now time.Time) (crypto.PublicKey, error) {
	if _, critical := t.Header["crit"]; critical {
		return nil, errors.New("its header has extensions")
	}
	kid, _ := t.Header["kid"].(string)
	found, err := b.keys.find(ctx, kid, now)
	if err != nil {
		return nil, err
	}
	for _, k := range found {
		if k.Use != "" && k.Use != "sig" || k.Algorithm != "" && k.Algorithm != t.Method.Alg() || !k.IsPublic() {
			continue
		}
		return k.Key, nil
	}
	return nil, fmt.Errorf("the issuer has no key %q for %s", kid, t.Method.Alg())
}
