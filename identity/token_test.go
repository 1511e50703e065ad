package identity_test

import (
	"context"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/botd-dev/botd/identity"
)

// memory is a store that forgets with the process.
type memory struct{ sync.Map }

func (m *memory) Get(_ context.Context, key string) ([]byte, bool, error) {
	v, ok := m.Load(key)
	if !ok {
		return nil, false, nil
	}
	return v.([]byte), true, nil
}

func (m *memory) Put(_ context.Context, key string, value []byte) error {
	m.Store(key, value)
	return nil
}
func (m *memory) Delete(_ context.Context, key string) error { m.Map.Delete(key); return nil }

// newKey is made once: it takes a while.
var newKey = sync.OnceValues(identity.NewKey)

type bench struct {
	*identity.Issuer
	users *identity.Users
	now   time.Time
}

func newIssuer(t *testing.T) *bench {
	t.Helper()
	key, err := newKey()
	if err != nil {
		t.Fatal(err)
	}
	id := uuid.MustParse(resource)
	b := &bench{users: identity.NewUsers(&memory{}, id), now: time.Date(2030, 5, 1, 10, 0, 0, 5e8, time.UTC)}
	b.Issuer, err = identity.NewIssuer(identity.IssuerConfig{
		Key: key, URL: "https://botd.example", Resource: id, Users: b.users, Now: func() time.Time { return b.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) user(t *testing.T) (identity.ID, string) {
	t.Helper()
	id, err := b.users.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return id, b.token(t, id)
}

func (b *bench) token(t *testing.T, id identity.ID) string {
	t.Helper()
	token, err := b.IssueUser(t.Context(), id, identity.Grant{Scopes: []string{"voip", "chat"}, For: time.Hour, Name: "Alice"})
	if err != nil {
		t.Fatal(err)
	}
	return token.Token
}

func (b *bench) refuses(t *testing.T, why, token string) {
	t.Helper()
	if s, err := b.VerifyUser(t.Context(), token); !errors.Is(err, identity.ErrToken) {
		t.Errorf("%s: %+v, %v", why, s, err)
	}
}

func TestAUserTokenSaysWhoAndWhatAndUntilWhen(t *testing.T) {
	b := newIssuer(t)
	id, token := b.user(t)
	s, err := b.VerifyUser(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	if s.User != id || s.Name != "Alice" || !slices.Equal(s.Scopes, []string{"voip", "chat"}) || !s.May("voip") || s.May("voip.join") {
		t.Errorf("session %+v", s)
	}
	if want := b.now.Truncate(time.Second).Add(time.Hour); !s.Expires.Equal(want) {
		t.Errorf("expires %v, want %v", s.Expires, want)
	}
	claims := decode(t, token)
	for _, name := range []string{"skypeid", "scp", "csi", "acsScope", "resourceId", "iat", "exp", "jti"} {
		if claims[name] == nil {
			t.Errorf("no claim %s in %v", name, claims)
		}
	}
	if claims["skypeid"] != strings.TrimPrefix(string(id), "8:") {
		t.Errorf("skypeid %v of %s", claims["skypeid"], id)
	}
}

func decode(t *testing.T, token string) map[string]any {
	t.Helper()
	data, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	claims := map[string]any{}
	if err := json.Unmarshal(data, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

func TestATokenEndsWhenItSays(t *testing.T) {
	b := newIssuer(t)
	_, token := b.user(t)
	b.now = b.now.Add(time.Hour)
	b.refuses(t, "expired", token)
}

func TestRevokingEndsTokensIssuedBeforeAndNoOthers(t *testing.T) {
	b := newIssuer(t)
	id, before := b.user(t)
	_, other := b.user(t)
	var told []identity.ID
	b.users.OnRevoke(func(id identity.ID) { told = append(told, id) })
	if err := b.users.Revoke(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	b.refuses(t, "revoked", before)
	for _, token := range []string{b.token(t, id), other} { // in the same second
		if _, err := b.VerifyUser(t.Context(), token); err != nil {
			t.Error(err)
		}
	}
	if !slices.Equal(told, []identity.ID{id}) {
		t.Errorf("told %v", told)
	}
}

func TestTheTokensOfADeletedUserAreDeadForEver(t *testing.T) {
	b := newIssuer(t)
	id, token := b.user(t)
	var told []identity.ID
	b.users.OnRevoke(func(id identity.ID) { told = append(told, id) })
	if err := b.users.Delete(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	b.refuses(t, "deleted", token)
	if err := b.users.Add(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	b.refuses(t, "of a former user of that name", token)
	if len(told) != 1 {
		t.Errorf("told %v", told)
	}
	if err := b.users.Add(t.Context(), id); err != nil {
		t.Errorf("adding twice: %v", err)
	}
}

func TestWhoDoesNotExistGetsNothing(t *testing.T) {
	b := newIssuer(t)
	_, err := b.IssueUser(t.Context(), alice, identity.Grant{For: time.Hour})
	for name, err := range map[string]error{
		"issue": err, "revoke": b.users.Revoke(t.Context(), alice), "delete": b.users.Delete(t.Context(), alice),
	} {
		if !errors.Is(err, identity.ErrNoUser) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestForgedTokensAreRefused(t *testing.T) {
	b := newIssuer(t)
	id, token := b.user(t)
	part := strings.Split(token, ".")
	webhook, err := b.WebhookToken()
	if err != nil {
		t.Fatal(err)
	}
	claims := jwt.MapClaims(decode(t, token))
	none, err := jwt.NewWithClaims(jwt.SigningMethodNone, claims).SignedString(jwt.UnsafeAllowNoneSignatureType)
	if err != nil {
		t.Fatal(err)
	}
	public, err := base64.RawURLEncoding.DecodeString(b.Keys().Keys[0].Modulus)
	if err != nil {
		t.Fatal(err)
	}
	forged := func(method jwt.SigningMethod, key any, header map[string]any, claims jwt.Claims) string {
		tok := jwt.NewWithClaims(method, claims)
		tok.Header["kid"] = b.Keys().Keys[0].ID
		for k, v := range header {
			tok.Header[k] = v
		}
		signed, err := tok.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	stranger, err := identity.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := identity.NewIssuer(identity.IssuerConfig{Key: stranger, URL: "https://botd.example", Users: b.users})
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := theirs.IssueUser(t.Context(), id, identity.Grant{For: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	for why, token := range map[string]string{
		"empty":                      "",
		"dots":                       strings.Repeat(".", 10_000),
		"too long":                   token + strings.Repeat("A", 17<<10),
		"no signature":               part[0] + "." + part[1] + ".",
		"another payload":            part[0] + "." + strings.Split(webhook, ".")[1] + "." + part[2],
		"alg none":                   none,
		"signed with the public key": forged(jwt.SigningMethodHS256, public, nil, claims),
		"a key brought along":        forged(jwt.SigningMethodHS256, []byte("x"), map[string]any{"jwk": map[string]string{"kty": "oct", "k": "eA"}}, claims),
		"another key":                foreign.Token,
		"the token of a webhook":     webhook,
	} {
		b.refuses(t, why, token)
	}
}

func TestAWebhookTokenIsCheckedWithThePublishedKeys(t *testing.T) {
	b := newIssuer(t)
	token, err := b.WebhookToken()
	if err != nil {
		t.Fatal(err)
	}
	d := b.Discovery()
	if d.Issuer != "https://botd.example" || d.KeysURI != "https://botd.example/calling/keys" || !slices.Equal(d.Algorithms, []string{"RS256"}) {
		t.Errorf("discovery %+v", d)
	}
	var claims jwt.RegisteredClaims
	parsed, err := jwt.ParseWithClaims(token, &claims, func(tok *jwt.Token) (any, error) {
		return published(t, b.Keys(), tok.Header["kid"]), nil
	}, jwt.WithAudience(resource), jwt.WithIssuer(d.Issuer), jwt.WithTimeFunc(func() time.Time { return b.now }))
	if err != nil || !parsed.Valid {
		t.Fatal(err)
	}
	if life := claims.ExpiresAt.Sub(claims.IssuedAt.Time); life != 5*time.Minute {
		t.Errorf("valid for %v", life)
	}
}

func published(t *testing.T, set identity.KeySet, kid any) *rsa.PublicKey {
	t.Helper()
	for _, k := range set.Keys {
		if k.ID == kid {
			n, err := base64.RawURLEncoding.DecodeString(k.Modulus)
			if err != nil || k.Exponent != "AQAB" || k.Type != "RSA" {
				t.Fatalf("key %+v, %v", k, err)
			}
			return &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: 65537}
		}
	}
	t.Fatalf("no key %v", kid)
	return nil
}

func TestTheKeyIsMadeOnceAndReadableByNobodyElse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token.pem")
	first, err := identity.LoadKey(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info.Mode(), err)
	}
	second, err := identity.LoadKey(path)
	if err != nil {
		t.Fatal(err)
	}
	b := newIssuer(t)
	with := func(k *identity.Key, former ...*identity.Key) *identity.Issuer {
		i, err := identity.NewIssuer(identity.IssuerConfig{Key: k, Former: former, URL: "u", Users: b.users})
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	id, _ := b.user(t)
	token, err := with(first).IssueUser(t.Context(), id, identity.Grant{For: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := with(second).VerifyUser(t.Context(), token.Token); err != nil {
		t.Errorf("after a restart: %v", err)
	}
	next, err := newKey()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := with(next, second).VerifyUser(t.Context(), token.Token); err != nil {
		t.Errorf("after a new key: %v", err)
	}
}

func TestAKeyFileThatIsNoKeyStopsTheServer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token.pem")
	if err := os.WriteFile(path, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := identity.LoadKey(path); err == nil {
		t.Error("taken for a key")
	}
}

func FuzzATokenOfAStrangerIsNeverAccepted(f *testing.F) {
	f.Add("a.b.c")
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	key, err := newKey()
	if err != nil {
		f.Fatal(err)
	}
	i, err := identity.NewIssuer(identity.IssuerConfig{Key: key, URL: "u", Users: identity.NewUsers(&memory{}, uuid.Nil)})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, token string) {
		if _, err := i.VerifyUser(t.Context(), token); !errors.Is(err, identity.ErrToken) {
			t.Errorf("%q: %v", token, err)
		}
	})
}

func TestAUserIsKnownByAName(t *testing.T) {
	resource := uuid.MustParse("0a1b2c3d-0000-4000-8000-000000000001")
	users := identity.NewUsers(&memory{}, resource)
	first, err := users.Named(t.Context(), "alice")
	if err != nil || first != identity.NamedUser(resource, "alice") || first.Kind() != identity.KindCommunicationUser {
		t.Fatalf("%s, %v", first, err)
	}
	if again, err := users.Named(t.Context(), "alice"); err != nil || again != first {
		t.Errorf("%s, then %s, %v", first, again, err)
	}
	if there, err := users.Exists(t.Context(), first); err != nil || !there {
		t.Errorf("exists: %v, %v", there, err)
	}
	if elsewhere := identity.NamedUser(uuid.New(), "alice"); elsewhere == first {
		t.Error("two resources share a user")
	}
}

func TestWhatIsNoIdentifierNeverReachesTheStore(t *testing.T) {
	users := identity.NewUsers(untouched{t}, uuid.New())
	for _, id := range []identity.ID{"", identity.ID("8:acs:" + strings.Repeat("x", 9000) + "_y"), "8:acs:a_\n"} {
		for name, err := range map[string]error{
			"add": users.Add(t.Context(), id), "revoke": users.Revoke(t.Context(), id), "delete": users.Delete(t.Context(), id),
		} {
			if !errors.Is(err, identity.ErrInvalid) {
				t.Errorf("%s of %d bytes: %v", name, len(id), err)
			}
		}
	}
}

// untouched is a store that nobody may ask.
type untouched struct{ *testing.T }

func (u untouched) Get(context.Context, string) ([]byte, bool, error) {
	u.Error("the store was asked")
	return nil, false, nil
}

func (u untouched) Put(context.Context, string, []byte) error {
	u.Error("the store was told")
	return nil
}

func (u untouched) Delete(context.Context, string) error {
	u.Error("something was removed")
	return nil
}
