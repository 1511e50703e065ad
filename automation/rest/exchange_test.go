package rest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/identity"
)

const (
	company = "https://login.example"
	ann     = "33333333-3333-4333-8333-333333333333"
	app     = "2c3e1e83-8fd7-4615-ad2b-b8c1229845ac"
)

// office is a server for the users of a company, whose clock stands still.
type office struct {
	*testing.T
	handler http.Handler
	issuer  *identity.Issuer
	users   *identity.Users
	store   *moody
}

func newOffice(t *testing.T, change ...func(*Config)) *office {
	t.Helper()
	o := &office{T: t, store: &moody{}}
	o.users = identity.NewUsers(o.store, uuid.New())
	clock := func() time.Time { return testTime.Add(300 * time.Millisecond) }
	key, err := signingKey()
	o.must(err)
	o.issuer, err = identity.NewIssuer(identity.IssuerConfig{Key: key, URL: "https://botd.example", Users: o.users, Now: clock})
	o.must(err)
	bearer, err := NewBearer(BearerConfig{Issuer: company, Keys: publicKeys("k1")})
	o.must(err)
	cfg := Config{
		Automation: automation.New(automation.Config{}), Log: &book{}, Results: newResults(),
		Issuer: o.issuer, Users: o.users, Keys: [][]byte{testKey}, Bearer: bearer, PublicURL: "https://botd.example", Now: clock,
	}
	for _, f := range change {
		f(&cfg)
	}
	s, err := New(cfg)
	o.must(err)
	o.handler = s.Handler()
	return o
}

func (o *office) must(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

// ask sends a signed request.
func (o *office) ask(method, path, body string) *httptest.ResponseRecorder {
	o.Helper()
	r := httptest.NewRequestWithContext(o.Context(), method, "https://botd.example"+path+"?api-version=2023-10-01", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.RequestURI = r.URL.RequestURI()
	Sign(r, []byte(body), testKey, testTime)
	w := httptest.NewRecorder()
	o.handler.ServeHTTP(w, r)
	return w
}

func (o *office) exchange(token, appID, userID string) *httptest.ResponseRecorder {
	o.Helper()
	body, err := json.Marshal(exchangeRequest{token, appID, userID})
	o.must(err)
	return o.ask("POST", "/teamsUser/:exchangeAccessToken", string(body))
}

// bearing asks for a user with a bearer token.
func (o *office) bearing(token string) *httptest.ResponseRecorder {
	o.Helper()
	r := httptest.NewRequestWithContext(o.Context(), "POST", "https://botd.example/identities?api-version=2023-10-01", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	o.handler.ServeHTTP(w, r)
	return w
}

// got reads the token of an answer.
func (o *office) got(w *httptest.ResponseRecorder) accessToken {
	o.Helper()
	var token accessToken
	if err := json.Unmarshal(w.Body.Bytes(), &token); err != nil || w.Code != 200 || token.Token == "" {
		o.Fatalf("%d %s", w.Code, w.Body)
	}
	return token
}

// refuses wants a failure, of that target and inner code where they are given.
func (o *office) refuses(why string, w *httptest.ResponseRecorder, status int, code, inner, target string) {
	o.Helper()
	var e envelope
	err := json.Unmarshal(w.Body.Bytes(), &e)
	wrong := err != nil || w.Code != status || e.Error.Code != code || e.Error.Target != target
	if wrong || (inner != "") != (e.Error.Inner != nil) || inner != "" && e.Error.Inner.Code != inner {
		o.Errorf("%s: %d %s, want %d %s/%s %s", why, w.Code, w.Body, status, code, inner, target)
	}
	if strings.Contains(w.Body.String(), "eyJ") {
		o.Errorf("%s: the token is said again: %s", why, w.Body)
	}
}

// theirs is a token of the company for ann, issued to the app for botd; claims
// change it.
func theirs(t *testing.T, claims jwt.MapClaims) string {
	t.Helper()
	all := jwt.MapClaims{"oid": ann, "appid": app, "aud": teams, "sub": "pairwise"}
	for name, value := range claims {
		all[name] = value
	}
	return oidcToken(t, jwt.SigningMethodRS256, issuerKey(), "k1", all)
}

func TestATokenOfTheCompanyIsExchangedForOneThatEndsWithIt(t *testing.T) {
	o := newOffice(t)
	for _, row := range []struct {
		name        string
		life, lasts time.Duration
	}{
		{"an hour", time.Hour, time.Hour},
		{"a minute", time.Minute, time.Minute},
		{"24 hours", 24 * time.Hour, 24 * time.Hour},
		{"a year", 365 * 24 * time.Hour, 24 * time.Hour},
	} {
		token := o.got(o.exchange(theirs(t, jwt.MapClaims{"exp": testTime.Add(row.life).Unix()}), app, ann))
		if want := testTime.Add(row.lasts); !token.ExpiresOn.Equal(want) {
			t.Errorf("%s: until %v, want %v", row.name, token.ExpiresOn, want)
		}
		s, err := o.issuer.VerifyUser(t.Context(), token.Token)
		if err != nil || s.User != "8:orgid:"+ann || !slices.Equal(s.Scopes, []string{"chat", "voip"}) || !s.Expires.Equal(token.ExpiresOn) {
			t.Errorf("%s: %+v, %v", row.name, s, err)
		}
	}
}

func TestWhoIsMeantByATokenOfTheCompany(t *testing.T) {
	inside, outside := newOffice(t), newOffice(t)
	for _, row := range []struct {
		name, app, user string
		claims          jwt.MapClaims
		status          int
		code, inner     string
	}{
		{"issued to the app for calls", app, ann, nil, 200, "", ""},
		{"issued to the app for botd", app, ann, jwt.MapClaims{"aud": Audience}, 200, "", ""},
		{"version 2 says azp", app, ann, jwt.MapClaims{"appid": nil, "azp": app}, 200, "", ""},
		{"others say client_id", app, ann, jwt.MapClaims{"appid": nil, "client_id": app}, 200, "", ""},
		{"an ID token", app, ann, jwt.MapClaims{"appid": nil, "aud": app}, 200, "", ""},
		{"one audience of two", app, ann, jwt.MapClaims{"appid": nil, "aud": []string{"x", app}}, 200, "", ""},
		{"a subject where there is no oid", app, "pairwise", jwt.MapClaims{"oid": nil}, 200, "", ""},
		{"a name that is no UUID", app, "ann.b_c-7", jwt.MapClaims{"oid": "ann.b_c-7"}, 200, "", ""},

		{"issued to another app", app, ann, jwt.MapClaims{"appid": "other"}, 401, "Unauthorized", "7501"},
		{"issued to the app for mail", app, ann, jwt.MapClaims{"aud": "https://graph.example"}, 401, "Unauthorized", "7501"},
		{"issued to nobody", app, ann, jwt.MapClaims{"appid": nil}, 401, "Unauthorized", "7501"},
		{"for nobody", app, ann, jwt.MapClaims{"aud": nil}, 401, "Unauthorized", "7501"},
		{"azp wins over appid", app, ann, jwt.MapClaims{"azp": "other"}, 401, "Unauthorized", "7501"},
		{"another user's", app, "44444444-4444-4444-8444-444444444444", nil, 403, "Forbidden", "7504"},
		{"the subject where there is an oid", app, "pairwise", nil, 403, "Forbidden", "7504"},
		{"an oid that is no string", app, "pairwise", jwt.MapClaims{"oid": 7}, 403, "Forbidden", "7504"},
		{"a claim that only looks like oid", app, "mallory", jwt.MapClaims{"OID": "mallory", "Oid": "mallory"}, 403, "Forbidden", "7504"},
		{"another spelling", app, "ANN", jwt.MapClaims{"oid": "ann"}, 403, "Forbidden", "7504"},
	} {
		token := theirs(t, row.claims)
		if row.status == 200 {
			made := inside.got(inside.exchange(token, row.app, row.user))
			if s, err := inside.issuer.VerifyUser(t.Context(), made.Token); err != nil || s.User != identity.ID("8:orgid:"+row.user) {
				t.Errorf("%s: %+v, %v", row.name, s, err)
			}
			continue
		}
		outside.refuses(row.name, outside.exchange(token, row.app, row.user), row.status, row.code, row.inner, "")
		if there, err := outside.users.Exists(t.Context(), identity.ID("8:orgid:"+row.user)); there || err != nil {
			t.Errorf("%s: there is a user, %v", row.name, err)
		}
	}
}

func TestABadTokenOfTheCompanyIsNotExchanged(t *testing.T) {
	o := newOffice(t)
	good := theirs(t, nil)
	ours, err := o.users.Create(t.Context())
	o.must(err)
	userToken, err := o.issuer.IssueUser(t.Context(), ours, identity.Grant{For: time.Hour})
	o.must(err)
	claims := jwt.MapClaims{"iss": company, "oid": ann, "appid": app, "aud": teams, "exp": testTime.Add(time.Hour).Unix()}
	for name, token := range map[string]string{
		"nonsense":                   "t",
		"too long":                   good + strings.Repeat("A", maxToken),
		"expired":                    theirs(t, jwt.MapClaims{"exp": testTime.Add(-time.Minute).Unix()}),
		"expired within the leeway":  theirs(t, jwt.MapClaims{"exp": testTime.Unix()}),
		"without an end":             theirs(t, jwt.MapClaims{"exp": nil}),
		"not valid yet":              theirs(t, jwt.MapClaims{"nbf": testTime.Add(time.Hour).Unix()}),
		"of another issuer":          theirs(t, jwt.MapClaims{"iss": "https://evil.example"}),
		"signed with the public key": oidcToken(t, jwt.SigningMethodHS256, issuerKey().N.Bytes(), "k1", claims),
		"unsigned":                   oidcToken(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, "k1", claims),
		"an unknown key":             oidcToken(t, jwt.SigningMethodRS256, issuerKey(), "k2", claims),
		"a user's of botd":           userToken.Token,
		"of two lines":               good + "\n",
		"changed":                    good[:len(good)-6] + "AAAAAA",
	} {
		o.refuses(name, o.exchange(token, app, ann), 401, "Unauthorized", "7501", "")
	}
}

func TestWhatAnExchangeNeedsIsNamed(t *testing.T) {
	o := newOffice(t)
	token := theirs(t, nil)
	for _, row := range []struct{ body, target string }{
		{`{}`, "token"},
		{`{"appId":"a","userId":"u"}`, "token"},
		{`{"token":"t","userId":"u"}`, "appId"},
		{`{"token":"t","appId":"a"}`, "userId"},
		{`{"token":"t","appId":"a","userId":null}`, "userId"},
		{`{"token":7,"appId":"a","userId":"u"}`, "token"},
		{fmt.Sprintf(`{"token":%q,"appId":"a","userId":"a b"}`, token), "userId"},
		{fmt.Sprintf(`{"token":%q,"appId":"a","userId":"a:b"}`, token), "userId"},
		{fmt.Sprintf(`{"token":%q,"appId":"a","userId":%q}`, token, strings.Repeat("a", 65)), "userId"},
	} {
		o.refuses(row.body, o.ask("POST", "/teamsUser/:exchangeAccessToken", row.body), 400, "8523", "", row.target)
	}
	alone := newOffice(t, func(c *Config) { c.Bearer = nil })
	alone.refuses("no issuer", alone.exchange(token, app, ann), 400, "8523", "", "token")
}

func TestAUserOfTheCompanyIsRevokedAndDeletedLikeAnyOther(t *testing.T) {
	o := newOffice(t)
	path := "/identities/" + url.PathEscape("8:orgid:"+ann)
	first := o.got(o.exchange(theirs(t, nil), app, ann))
	if w := o.ask("POST", path+"/:revokeAccessTokens", ""); w.Code != 204 {
		t.Fatalf("revoke: %d %s", w.Code, w.Body)
	}
	second := o.got(o.exchange(theirs(t, nil), app, ann))
	valid := func(token accessToken) bool {
		_, err := o.issuer.VerifyUser(t.Context(), token.Token)
		return err == nil
	}
	if valid(first) || !valid(second) {
		t.Errorf("after revoking: the first %v, the second %v", valid(first), valid(second))
	}
	if w := o.ask("DELETE", path, ""); w.Code != 204 || valid(second) {
		t.Errorf("delete: %d %s, valid %v", w.Code, w.Body, valid(second))
	}
	o.refuses("deleted", o.ask("POST", path+"/:issueAccessToken", `{"scopes":["voip"]}`), 404, "8522", "", "")
}

func TestAnExchangeNeedsCredentialsOfTheApplication(t *testing.T) {
	o := newOffice(t)
	body := fmt.Sprintf(`{"token":%q,"appId":%q,"userId":%q}`, theirs(t, nil), app, ann)
	r := httptest.NewRequestWithContext(t.Context(), "POST",
		"https://botd.example/teamsUser/:exchangeAccessToken?api-version=2023-10-01", strings.NewReader(body))
	w := httptest.NewRecorder()
	o.handler.ServeHTTP(w, r)
	o.refuses("a user alone", w, 401, "Unauthorized", "7509", "")
}

func FuzzTheClaimsOfAnybodyAreRead(f *testing.F) {
	f.Add(`{"oid":"a","sub":"b","azp":"c","roles":["d"],"scp":"e f","aud":["g"],"exp":1}`)
	f.Add(`{"oid":7,"aud":{},"scope":[1,"x"],"exp":"soon"}`)
	f.Fuzz(func(t *testing.T, text string) {
		var c claims
		if json.Unmarshal([]byte(text), &c) != nil {
			return
		}
		_, _ = c.ends()
		if c["oid"] != nil && c["oid"] != c.user() && c.user() != "" {
			t.Errorf("%s: the user is %q", text, c.user())
		}
		if c.hasRole([]string{""}) && !strings.Contains(text, `""`) {
			t.Errorf("%s has a role without a name", text)
		}
		if client := c.client(); client != "" && client != c["azp"] && client != c["appid"] && client != c["client_id"] {
			t.Errorf("%s: issued to %q", text, client)
		}
		_ = c.audiences()
	})
}
