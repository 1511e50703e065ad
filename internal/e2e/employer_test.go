package e2e

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
)

// employer is the OpenID Connect issuer of a company.
type employer struct {
	url string
	key *rsa.PrivateKey
}

const employerKey = "k1"

func employ(t *testing.T) employer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	document := func(path string, body any) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(body) })
	}
	document("/.well-known/openid-configuration", map[string]string{"issuer": s.URL, "jwks_uri": s.URL + "/keys"})
	document("/keys", jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: employerKey}}})
	return employer{s.URL, key}
}

// badge is what the company says of somebody to one of its applications.
func (e employer) badge(t *testing.T, user, app string) string {
	t.Helper()
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": e.url, "aud": app, "oid": user, "exp": time.Now().Add(time.Hour).Unix(),
	})
	token.Header["kid"] = employerKey
	signed, err := token.SignedString(e.key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}
