package rest

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"github.com/botd-dev/botd/identity"
)

var issuerKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func publicKeys(kid string) *jose.JSONWebKeySet {
	return &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &issuerKey().PublicKey, KeyID: kid, Algorithm: "RS256", Use: "sig"}}}
}

func oidcToken(t *testing.T, method jwt.SigningMethod, key any, kid string, claims jwt.MapClaims) string {
	t.Helper()
	all := jwt.MapClaims{
		"iss": "https://login.example", "aud": Audience, "sub": "app-1", "exp": testTime.Add(time.Hour).Unix(),
	}
	for name, value := range claims {
		if all[name] = value; value == nil {
			delete(all, name)
		}
	}
	token := jwt.NewWithClaims(method, all)
	token.Header["kid"] = kid
	signed, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// extended is a good token with other headers.
func extended(t *testing.T, header map[string]any) string {
	t.Helper()
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": "https://login.example", "aud": Audience, "sub": "app-1", "exp": testTime.Add(time.Hour).Unix(),
	})
	token.Header["kid"] = "k1"
	for name, value := range header {
		token.Header[name] = value
	}
	signed, err := token.SignedString(issuerKey())
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// users knows one user token.
type users string

func (u users) VerifyUser(_ context.Context, token string) (identity.Session, error) {
	if token == string(u) {
		return identity.Session{}, nil
	}
	return identity.Session{}, identity.ErrToken
}

func TestOnlyTokensOfTheIssuerForUsAreAccepted(t *testing.T) {
	b, err := NewBearer(BearerConfig{Issuer: "https://login.example", Keys: publicKeys("k1")})
	if err != nil {
		t.Fatal(err)
	}
	g := guard{bearer: b, users: users("a.user.token"), now: func() time.Time { return testTime }}
	rs, key := jwt.SigningMethodRS256, issuerKey()
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name, token string
		want        error
	}{
		{"a good one", oidcToken(t, rs, key, "k1", nil), nil},
		{"one of several audiences", oidcToken(t, rs, key, "k1", jwt.MapClaims{"aud": []string{"x", Audience}}), nil},
		{"a user's", "a.user.token", errForbidden},
		{"of another issuer", oidcToken(t, rs, key, "k1", jwt.MapClaims{"iss": "https://evil.example"}), errBearer},
		{"for somebody else", oidcToken(t, rs, key, "k1", jwt.MapClaims{"aud": "https://graph.example"}), errBearer},
		{"for nobody", oidcToken(t, rs, key, "k1", jwt.MapClaims{"aud": nil}), errBearer},
		{"expired", oidcToken(t, rs, key, "k1", jwt.MapClaims{"exp": testTime.Add(-time.Minute).Unix()}), errBearer},
		{"without an end", oidcToken(t, rs, key, "k1", jwt.MapClaims{"exp": nil}), errBearer},
		{"not valid yet", oidcToken(t, rs, key, "k1", jwt.MapClaims{"nbf": testTime.Add(time.Hour).Unix()}), errBearer},
		{"an unknown key", oidcToken(t, rs, key, "k2", nil), errBearer},
		{"another key under that name", oidcToken(t, rs, other, "k1", nil), errBearer},
		{"the public key as secret", oidcToken(t, jwt.SigningMethodHS256, key.N.Bytes(), "k1", nil), errBearer},
		{"another algorithm of the key", oidcToken(t, jwt.SigningMethodPS256, key, "k1", nil), errBearer},
		{"unsigned", oidcToken(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, "k1", nil), errBearer},
		{"extensions that must be understood", extended(t, map[string]any{"crit": []string{"exp"}}), errBearer},
		{"a key brought along", extended(t, map[string]any{"kid": "", "jwk": map[string]string{"kty": "oct", "k": "eA"}}), errBearer},
		{"a key pointed to", extended(t, map[string]any{"kid": "https://evil.example/k", "jku": "https://evil.example/k"}), errBearer},
		{"a path for a key", extended(t, map[string]any{"kid": "../../../dev/null"}), errBearer},
		{"a key that is no text", extended(t, map[string]any{"kid": []string{"k1"}}), errBearer},
		{"without a key", extended(t, map[string]any{"kid": nil}), errBearer},
		{"a subject too long", oidcToken(t, rs, key, "k1", jwt.MapClaims{"sub": strings.Repeat("a", 256)}), errBearer},
		{"dots", strings.Repeat(".", 9000), errBearer},
		{"too long", strings.Repeat("a", 17<<10), errBearer},
		{"empty", "", errBearer},
	} {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
		r.Header.Set("Authorization", "Bearer "+row.token)
		if _, err := g.authenticate(r); !errors.Is(err, row.want) {
			t.Errorf("%s: %v", row.name, err)
		}
	}
}

func TestWithoutCredentialsNobodyIsLetIn(t *testing.T) {
	g := guard{keys: [][]byte{testKey}, now: time.Now}
	for authorization, want := range map[string]error{
		"": errCredentials, "Basic YTpi": errCredentials, "Bearer x": errBearer, "HMAC-SHA256": errSignature,
	} {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		if _, err := g.authenticate(r); !errors.Is(err, want) {
			t.Errorf("%q: %v", authorization, err)
		}
	}
}

func TestKeysAreFetchedWhenNeededAndNotMoreOften(t *testing.T) {
	var fetched atomic.Int32
	var down atomic.Bool
	kid := atomic.Value{}
	kid.Store("k1")
	mux := http.NewServeMux()
	srv := httptest.NewServer(mux)
	defer srv.Close()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]string{"issuer": srv.URL, "jwks_uri": srv.URL + "/keys"})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		fetched.Add(1)
		if down.Load() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		_ = json.NewEncoder(w).Encode(publicKeys(kid.Load().(string)))
	})
	b, err := NewBearer(BearerConfig{Issuer: srv.URL, HTTP: srv.Client()})
	if err != nil {
		t.Fatal(err)
	}
	now := testTime
	step := func(name, kid string, want error, fetches int32) {
		t.Helper()
		token := oidcToken(t, jwt.SigningMethodRS256, issuerKey(), kid, jwt.MapClaims{"iss": srv.URL})
		_, err := b.verify(t.Context(), token, func() time.Time { return now })
		if !errors.Is(err, want) || fetched.Load() != fetches {
			t.Errorf("%s: %v after %d fetches", name, err, fetched.Load())
		}
	}
	down.Store(true)
	step("the issuer is down", "k1", errStore, 1)
	step("and is left alone", "k1", errStore, 1)
	down.Store(false)
	now = now.Add(retry)
	step("it is back", "k1", nil, 2)
	step("its keys are known", "k1", nil, 2)
	step("a name made up", "k9", errBearer, 2)
	kid.Store("k2")
	now = now.Add(refetch)
	step("a new key", "k2", nil, 3)
	step("the old one is gone", "k1", errBearer, 3)
}

func TestOnlyPrincipalsWithARoleAreLetInWhereRolesAreNamed(t *testing.T) {
	for _, row := range []struct {
		name   string
		roles  []string
		claims jwt.MapClaims
		want   error
	}{
		{"anybody, where none is named", nil, nil, nil},
		{"nobody in particular", []string{"botd.manage"}, nil, errForbidden},
		{"one of the roles", []string{"botd.manage"}, jwt.MapClaims{"roles": []string{"x", "botd.manage"}}, nil},
		{"the second that is let in", []string{"a", "botd.manage"}, jwt.MapClaims{"roles": []string{"botd.manage"}}, nil},
		{"one role, as text", []string{"botd.manage"}, jwt.MapClaims{"roles": "botd.manage"}, nil},
		{"a scope a user consented to", []string{"botd.manage"}, jwt.MapClaims{"scp": "openid botd.manage"}, nil},
		{"a scope", []string{"botd.manage"}, jwt.MapClaims{"scope": "openid botd.manage"}, nil},
		{"half a role", []string{"botd.manage"}, jwt.MapClaims{"roles": "botd", "scp": "botd.managers"}, errForbidden},
		{"another spelling", []string{"botd.manage"}, jwt.MapClaims{"roles": "Botd.Manage"}, errForbidden},
		{"another claim", []string{"botd.manage"}, jwt.MapClaims{"groups": "botd.manage", "Roles": "botd.manage"}, errForbidden},
		{"something that is no role", []string{"botd.manage"}, jwt.MapClaims{"roles": map[string]any{"botd.manage": true}, "scp": 7}, errForbidden},
	} {
		bearer, err := NewBearer(BearerConfig{Issuer: company, Keys: publicKeys("k1"), Roles: row.roles})
		if err != nil {
			t.Fatal(err)
		}
		g := guard{bearer: bearer, now: func() time.Time { return testTime }}
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
		r.Header.Set("Authorization", "Bearer "+oidcToken(t, jwt.SigningMethodRS256, issuerKey(), "k1", row.claims))
		if _, err := g.authenticate(r); !errors.Is(err, row.want) {
			t.Errorf("%s: %v", row.name, err)
		}
	}
}
