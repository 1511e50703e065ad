package conformance

import (
	"cmp"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
)

// company is an OpenID Connect issuer whose tokens are exchanged for those of
// users.
type company struct {
	key *rsa.PrivateKey
	url string
}

const companyKey = "company-1"

func newCompany(t *testing.T) *company {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return &company{key: key}
}

// discovery is the document that says where the keys are.
func (c *company) discovery(w http.ResponseWriter, _ *http.Request) {
	reply(w, map[string]any{
		"issuer": c.url, "jwks_uri": c.url + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"},
	})
}

func (c *company) keys(w http.ResponseWriter, _ *http.Request) {
	reply(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
		{Key: &c.key.PublicKey, KeyID: companyKey, Algorithm: "RS256", Use: "sig"},
	}})
}

// login gives a token for a user of an application, as a company's own login
// would.
func (c *company) login(w http.ResponseWriter, r *http.Request) {
	var who struct {
		UserID string `json:"userId"`
		AppID  string `json:"appId"`
		// Audience is whom the token is for; the application if nobody says.
		Audience string `json:"audience"`
	}
	if err := json.NewDecoder(r.Body).Decode(&who); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	now := time.Now()
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": c.url, "aud": cmp.Or(who.Audience, who.AppID), "appid": who.AppID, "azp": who.AppID, "oid": who.UserID, "sub": who.UserID,
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(time.Hour).Unix(), "scp": "Teams.ManageCalls Teams.ManageChats",
	})
	token.Header["kid"] = companyKey
	signed, err := token.SignedString(c.key)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	reply(w, map[string]string{"token": signed})
}
