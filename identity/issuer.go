package identity

import (
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
)

// IssuerConfig is what an Issuer needs.
type IssuerConfig struct {
	// Key signs; see LoadKey.
	Key *Key
	// Former keys are still accepted and published, but sign no more.
	Former []*Key
	// URL is written into tokens as "iss", without a trailing slash.
	URL string
	// Resource is the immutable resource id, the audience of webhook tokens.
	Resource uuid.UUID
	// Users knows who exists and whose tokens were revoked.
	Users *Users
	// Now is the wall clock; default time.Now.
	Now func() time.Time
}

// Issuer issues tokens and verifies those of users. It is safe for use by
// several goroutines.
type Issuer struct {
	cfg     IssuerConfig
	keys    map[string]*Key
	webhook webhookToken
}

// NewIssuer makes an issuer.
func NewIssuer(cfg IssuerConfig) (*Issuer, error) {
	if cfg.Key == nil || cfg.Users == nil || cfg.URL == "" {
		return nil, errors.New("issuer: key, users and URL are needed")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	i := &Issuer{cfg: cfg, keys: map[string]*Key{cfg.Key.id: cfg.Key}}
	for _, k := range cfg.Former {
		i.keys[k.id] = k
	}
	return i, nil
}

// Resource is the immutable resource id.
func (i *Issuer) Resource() uuid.UUID { return i.cfg.Resource }

// socketLife is how long the token of a media socket is valid.
const socketLife = 24 * time.Hour

// SocketToken issues the bearer token of one media socket, valid for a day.
func (i *Issuer) SocketToken() (string, error) {
	claims := i.resourceClaims(i.cfg.Now(), socketLife)
	claims["jti"] = uuid.NewString()
	return i.sign(claims)
}

// resourceClaims say that this server is speaking to an application.
func (i *Issuer) resourceClaims(now time.Time, life time.Duration) jwt.MapClaims {
	return jwt.MapClaims{
		// The audience is a string, as the service writes it: programs compare it.
		"iss": i.cfg.URL, "aud": i.cfg.Resource.String(),
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(life).Unix(),
	}
}

func (i *Issuer) sign(claims jwt.Claims) (string, error) {
	t := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	t.Header["kid"] = i.cfg.Key.id
	signed, err := t.SignedString(i.cfg.Key.private)
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	return signed, nil
}
