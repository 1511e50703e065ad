package botd

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
)

func TestATokenForTheIDOfAUserIsAskedFor(t *testing.T) {
	for _, id := range []string{"8:acs:a_b", "8:orgid:ann"} {
		dir, address := server(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/identities/"+id+"/:issueAccessToken" {
				t.Errorf("asked for %s", r.URL)
			}
			_, _ = fmt.Fprint(w, `{"token":"t0ken","expiresOn":"2026-11-22T00:00:00Z"}`)
		})
		r := command(t, nil, "token", "--user", id, "--life", "1h", "--data-dir", dir, "--http-addr", address)
		if r.status != exitClean || r.out != "t0ken\n" || !strings.Contains(r.err, id) {
			t.Errorf("%+v", r)
		}
	}
}

// directory is the OpenID Connect issuer of a company.
type directory struct {
	*httptest.Server
	key *rsa.PrivateKey
}

func newDirectory(t *testing.T) *directory {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	d := &directory{httptest.NewServer(mux), key}
	t.Cleanup(d.Close)
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]string{"issuer": d.URL, "jwks_uri": d.URL + "/keys"})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: "k1", Use: "sig"}}})
	})
	return d
}

// token says who somebody is, for an hour.
func (d *directory) token(t *testing.T, claims jwt.MapClaims) string {
	t.Helper()
	claims["iss"], claims["exp"] = d.URL, time.Now().Add(time.Hour).Unix()
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	token.Header["kid"] = "k1"
	signed, err := token.SignedString(d.key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

const identities = "?api-version=2023-10-01"

func TestAUserOfTheCompanyComesInWithTheirOwnTokenUntilItIsRevoked(t *testing.T) {
	d := newDirectory(t)
	s := start(t, func(c *Config) { c.OIDCIssuer = d.URL })
	defer stop(t, s)
	body, err := json.Marshal(map[string]string{
		"token": d.token(t, jwt.MapClaims{"sub": "ann", "aud": "portal"}), "appId": "portal", "userId": "ann",
	})
	if err != nil {
		t.Fatal(err)
	}
	var made issued
	status, answer := ask(t, s, http.MethodPost, "/teamsUser/:exchangeAccessToken"+identities, string(body), nil)
	if err := json.Unmarshal(answer, &made); err != nil || status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	conn, m := hello(t, s, made.Token)
	if m["type"] != "welcome" || fmt.Sprint(m["user"]) == "" || !strings.Contains(fmt.Sprint(m["user"]), "8:orgid:ann") {
		t.Fatalf("hello is answered %v", m)
	}
	path := "/identities/" + url.PathEscape("8:orgid:ann") + "/:revokeAccessTokens" + identities
	if status, answer := ask(t, s, http.MethodPost, path, "", nil); status != http.StatusNoContent {
		t.Fatalf("%d %s", status, answer)
	}
	if err := wsjson.Read(t.Context(), conn, &m); err != nil || m["type"] != "unregistered" {
		t.Errorf("after the revocation comes %v, %v", m, err)
	}
	again, m := hello(t, s, made.Token)
	if m["type"] != "unregistered" {
		t.Errorf("hello is then answered %v", m)
	}
	_, _ = conn.CloseNow(), again.CloseNow()
}

func stop(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Stop(context.WithoutCancel(t.Context())); err != nil {
		t.Error(err)
	}
}

// hello opens a signalling socket and returns what a token is answered.
func hello(t *testing.T, s *Server, token string) (*websocket.Conn, map[string]any) {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), "ws://"+s.HTTPAddr()+"/client/signal", &websocket.DialOptions{Subprotocols: []string{"botd.signal.v1"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := wsjson.Write(t.Context(), conn, map[string]string{"type": "hello", "token": token}); err != nil {
		t.Fatal(err)
	}
	var answer map[string]any
	if err := wsjson.Read(t.Context(), conn, &answer); err != nil {
		t.Fatal(err)
	}
	return conn, answer
}

func TestTheSettingsSayWhoseBearerTokensOpenREST(t *testing.T) {
	d := newDirectory(t)
	s := start(t, func(c *Config) {
		c.OIDCIssuer, c.OIDCAudience, c.OIDCRoles = d.URL, "https://calls.example", []string{"botd.manage"}
	})
	defer stop(t, s)
	for _, row := range []struct {
		name   string
		claims jwt.MapClaims
		status int
	}{
		{"audience and role", jwt.MapClaims{"aud": "https://calls.example", "roles": []string{"botd.manage"}}, http.StatusCreated},
		{"no role", jwt.MapClaims{"aud": "https://calls.example"}, http.StatusForbidden},
		{"another audience", jwt.MapClaims{"aud": "https://communication.azure.com", "roles": []string{"botd.manage"}}, http.StatusUnauthorized},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+s.HTTPAddr()+"/identities"+identities, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+d.token(t, row.claims))
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != row.status {
			t.Errorf("%s: %s", row.name, resp.Status)
		}
	}
}
