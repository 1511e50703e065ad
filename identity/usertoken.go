package identity

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
)

// ErrToken means that a token is not valid: malformed, not ours, expired,
// revoked, or of a user who does not exist any more.
var ErrToken = errors.New("invalid token")

// Scopes are what a user token may allow (rest.md section 10).
var Scopes = []string{"chat", "voip", "chat.join", "chat.join.limited", "voip.join"}

// userAudience sets the tokens of users apart from all others that the same
// key signs.
const userAudience = "botd:user"

// maxToken is how many bytes of a token are looked at.
const maxToken = 16 << 10

// userClaims are those that clients of the service look for, and "epoch", which
// names the time between two revocations in which the token was issued.
type userClaims struct {
	jwt.RegisteredClaims
	SkypeID    string `json:"skypeid"`
	Scope      string `json:"scp"`
	Client     string `json:"csi"`
	ACSScope   string `json:"acsScope"`
	ResourceID string `json:"resourceId"`
	Name       string `json:"name,omitempty"`
	Epoch      string `json:"epoch"`
}

// Grant is what a user token is to say.
type Grant struct {
	// Scopes are some of Scopes.
	Scopes []string
	// For is how long it is valid.
	For time.Duration
	// Name is the display name it carries, which may be empty.
	Name string
}

// Token is a token and when it ends.
type Token struct {
	Token     string
	ExpiresOn time.Time
}

// userScope begins the ID of everybody who can have a token. The claim "skypeid"
// leaves it out.
const userScope = "8:"

// IssueUser issues a user access token. ErrNoUser if the user does not exist.
func (i *Issuer) IssueUser(ctx context.Context, user ID, g Grant) (Token, error) {
	if !strings.HasPrefix(string(user), userScope) {
		return Token{}, fmt.Errorf("issue token: %q is no user: %w", user, ErrInvalid)
	}
	u, err := i.cfg.Users.get(ctx, user)
	if err != nil {
		return Token{}, fmt.Errorf("issue token: %w", err)
	}
	now := i.cfg.Now().Truncate(time.Second)
	expires := now.Add(g.For)
	token, err := i.sign(userClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: i.cfg.URL, Audience: jwt.ClaimStrings{userAudience}, ID: uuid.NewString(),
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(expires),
		},
		SkypeID: strings.TrimPrefix(string(user), userScope), Scope: strings.Join(g.Scopes, " "),
		ACSScope: strings.Join(g.Scopes, ","), Client: fmt.Sprint(now.Unix()),
		ResourceID: i.cfg.Resource.String(), Name: g.Name, Epoch: u.Epoch,
	})
	return Token{token, expires}, err
}

// Session is what a valid user token says.
type Session struct {
	// User is whom the token was issued for.
	User ID
	// Name is the display name the token carries, which may be empty.
	Name string
	// Scopes are some of Scopes.
	Scopes []string
	// Expires is when the token ends.
	Expires time.Time
}

// May says whether the token carries the scope.
func (s Session) May(scope string) bool { return slices.Contains(s.Scopes, scope) }

// VerifyUser checks a user access token. Every reason to refuse it is
// ErrToken; a store that does not answer is ErrStore, and nothing is known of
// the token then.
func (i *Issuer) VerifyUser(ctx context.Context, token string) (Session, error) {
	claims, err := i.parse(token)
	if err != nil {
		return Session{}, err
	}
	user := ID(userScope + claims.SkypeID)
	u, err := i.cfg.Users.get(ctx, user)
	switch {
	case errors.Is(err, ErrNoUser) || errors.Is(err, ErrInvalid):
		return Session{}, fmt.Errorf("%w: %w", ErrToken, err)
	case err != nil:
		return Session{}, fmt.Errorf("verify token: %w", err)
	case subtle.ConstantTimeCompare([]byte(u.Epoch), []byte(claims.Epoch)) != 1:
		return Session{}, fmt.Errorf("%w: revoked", ErrToken)
	}
	return Session{user, claims.Name, strings.Fields(claims.Scope), claims.ExpiresAt.Time}, nil
}

// parse checks what can be checked of a user token without asking anybody.
func (i *Issuer) parse(token string) (*userClaims, error) {
	if len(token) > maxToken {
		return nil, fmt.Errorf("%w: %d bytes", ErrToken, len(token))
	}
	if strings.ContainsAny(token, "\r\n") { // base64 would not mind
		return nil, fmt.Errorf("%w: it has several lines", ErrToken)
	}
	claims := &userClaims{}
	_, err := jwt.ParseWithClaims(token, claims, i.publicKey,
		jwt.WithValidMethods([]string{"RS256"}), jwt.WithIssuer(i.cfg.URL), jwt.WithAudience(userAudience),
		jwt.WithExpirationRequired(), jwt.WithStrictDecoding(), jwt.WithTimeFunc(i.cfg.Now))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrToken, err)
	}
	if claims.SkypeID == "" {
		return nil, fmt.Errorf("%w: it names no user", ErrToken)
	}
	return claims, nil
}

// publicKey finds the key by its id among our own. Keys that a token brings
// along or points to ("jwk", "jku") are never looked at, and a header that must
// be understood ("crit", RFC 7515 section 4.1.11) is none of ours.
func (i *Issuer) publicKey(t *jwt.Token) (any, error) {
	if _, critical := t.Header["crit"]; critical {
		return nil, errors.New("its header has extensions")
	}
	kid, _ := t.Header["kid"].(string)
	if k, ok := i.keys[kid]; ok {
		return &k.private.PublicKey, nil
	}
	return nil, fmt.Errorf("key %q is not ours", kid)
}
