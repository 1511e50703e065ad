package identity_test

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/botd-dev/botd/identity"
)

// forge is an issuer whose private key got into the hands of the test, so that
// only what a token says can be what is wrong with it.
type forge struct {
	*bench
	key    *rsa.PrivateKey
	claims jwt.MapClaims // of a good token
}

func newForge(t *testing.T) *forge {
	t.Helper()
	path := filepath.Join(t.TempDir(), "token.pem")
	key, err := identity.LoadKey(path)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(data)
	private, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{users: identity.NewUsers(&memory{}, uuid.MustParse(resource)), now: time.Date(2030, 5, 1, 10, 0, 0, 0, time.UTC)}
	b.Issuer, err = identity.NewIssuer(identity.IssuerConfig{
		Key: key, URL: "https://botd.example", Users: b.users, Now: func() time.Time { return b.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	_, token := b.user(t)
	return &forge{b, private.(*rsa.PrivateKey), decode(t, token)}
}

// sign makes a token with a header and claims that differ as told; nil leaves
// one out.
func (f *forge) sign(t *testing.T, method jwt.SigningMethod, key any, header, claims map[string]any) string {
	t.Helper()
	token := jwt.NewWithClaims(method, maps.Clone(f.claims))
	token.Header["kid"] = f.Keys().Keys[0].ID
	for name, value := range header {
		token.Header[name] = value
	}
	all := token.Claims.(jwt.MapClaims)
	for name, value := range claims {
		if all[name] = value; value == nil {
			delete(all, name)
		}
	}
	signed, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func (f *forge) accepts(t *testing.T, token string) {
	t.Helper()
	if _, err := f.VerifyUser(t.Context(), token); err != nil {
		t.Errorf("a good token: %v", err)
	}
}

func TestTheHeaderOfATokenChoosesNeitherKeyNorAlgorithm(t *testing.T) {
	f := newForge(t)
	rs := jwt.SigningMethodRS256
	f.accepts(t, f.sign(t, rs, f.key, nil, nil))
	f.accepts(t, f.sign(t, rs, f.key, map[string]any{"typ": "at+jwt", "jku": "https://evil.example"}, nil))
	der, err := x509.MarshalPKIXPublicKey(&f.key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	kid := f.Keys().Keys[0].ID
	for _, row := range []struct {
		name   string
		method jwt.SigningMethod
		key    any
		header map[string]any
	}{
		{"no algorithm", jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil},
		{"none in other letters", jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, map[string]any{"alg": "nOnE"}},
		{"none, but it says RS256", jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, map[string]any{"alg": "RS256"}},
		{"the public key in PEM as secret", jwt.SigningMethodHS256, public, nil},
		{"the public key in DER as secret", jwt.SigningMethodHS256, der, nil},
		{"the public key as secret, and it says RS256", jwt.SigningMethodHS256, public, map[string]any{"alg": "RS256"}},
		{"the id of the key as secret", jwt.SigningMethodHS256, []byte(kid), nil},
		{"our key with RS512", jwt.SigningMethodRS512, f.key, nil},
		{"our key with PS256", jwt.SigningMethodPS256, f.key, nil},
		{"a key without an id", rs, f.key, map[string]any{"kid": ""}},
		{"no id of a key", rs, f.key, map[string]any{"kid": nil}},
		{"a number for an id", rs, f.key, map[string]any{"kid": 0}},
		{"a list for an id", rs, f.key, map[string]any{"kid": []string{kid}}},
		{"an id with more behind it", rs, f.key, map[string]any{"kid": kid + "\x00"}},
		{"an id that is a path", jwt.SigningMethodHS256, []byte{}, map[string]any{"kid": "../../../../dev/null"}},
		{"an id that is a query", jwt.SigningMethodHS256, []byte("x"), map[string]any{"kid": "' UNION SELECT 'x"}},
		{"extensions that must be understood", rs, f.key, map[string]any{"crit": []string{"b64"}, "b64": false}},
		{"an empty list of them", rs, f.key, map[string]any{"crit": []string{}}},
	} {
		f.refuses(t, row.name, f.sign(t, row.method, row.key, row.header, nil))
	}
}

func TestTheClaimsOfATokenAreAllLookedAt(t *testing.T) {
	f := newForge(t)
	other, err := f.users.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, claims := range map[string]map[string]any{
		"another issuer":          {"iss": "https://evil.example"},
		"no issuer":               {"iss": nil},
		"another audience":        {"aud": "botd:webhook"},
		"no audience":             {"aud": nil},
		"no end":                  {"exp": nil},
		"an end that is text":     {"exp": "2031-01-01"},
		"not valid yet":           {"nbf": f.now.Add(time.Minute).Unix()},
		"no user":                 {"skypeid": nil},
		"another user":            {"skypeid": strings.TrimPrefix(string(other), "8:")},
		"nobody":                  {"skypeid": "acs:a_b"},
		"what is no identifier":   {"skypeid": "acs:a\n"},
		"no epoch":                {"epoch": nil},
		"an epoch before this":    {"epoch": uuid.NewString()},
		"an epoch that is longer": {"epoch": f.claims["epoch"].(string) + "0"},
	} {
		f.refuses(t, name, f.sign(t, jwt.SigningMethodRS256, f.key, nil, claims))
	}
}

// What decodes to the same bytes is another text: whoever keeps a list of
// tokens would not find it.
func TestATokenIsSpelledInOneWay(t *testing.T) {
	f := newForge(t)
	good := f.sign(t, jwt.SigningMethodRS256, f.key, nil, nil)
	f.accepts(t, good)
	part := strings.Split(good, ".")
	raw, err := base64.RawURLEncoding.DecodeString(part[2])
	if err != nil {
		t.Fatal(err)
	}
	last := part[2][len(part[2])-1]
	for _, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" {
		spelled := part[2][:len(part[2])-1] + string(c)
		again, err := base64.RawURLEncoding.DecodeString(spelled)
		if byte(c) == last || err != nil || string(again) != string(raw) {
			continue
		}
		f.refuses(t, "spare bits "+string(c), part[0]+"."+part[1]+"."+spelled)
	}
	f.refuses(t, "padding", good+"==")
	f.refuses(t, "the other alphabet", part[0]+"."+part[1]+"."+base64.StdEncoding.EncodeToString(raw))
	f.refuses(t, "a line break", good+"\n")
	f.refuses(t, "a fourth part", good+"."+part[2])
}

func TestATokenOfSixteenKilobytesIsTheLongest(t *testing.T) {
	f := newForge(t)
	padded := func(n int) string {
		return f.sign(t, jwt.SigningMethodRS256, f.key, nil, map[string]any{"x": strings.Repeat("a", n)})
	}
	const longest = 16 << 10
	n := 0
	for step := longest; step > 0; step /= 2 {
		if len(padded(n+step)) <= longest {
			n += step
		}
	}
	f.accepts(t, padded(n))
	f.refuses(t, "one more", padded(n+3))
}
