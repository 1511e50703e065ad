package rest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/identity"
)

func TestATokenIsValidFromAnHourToADay(t *testing.T) {
	o := newOffice(t)
	id, err := o.users.Create(t.Context())
	o.must(err)
	for _, row := range []struct {
		asked string
		lasts time.Duration // zero is refused
	}{
		{``, 24 * time.Hour},
		{`,"expiresInMinutes":null`, 24 * time.Hour},
		{`,"expiresInMinutes":60`, time.Hour},
		{`,"expiresInMinutes":61`, 61 * time.Minute},
		{`,"expiresInMinutes":1440`, 24 * time.Hour},
		{`,"expiresInMinutes":59`, 0},
		{`,"expiresInMinutes":1441`, 0},
		{`,"expiresInMinutes":0`, 0},
		{`,"expiresInMinutes":-60`, 0},
		{`,"expiresInMinutes":60.5`, 0},
		{`,"expiresInMinutes":"60"`, 0},
		{`,"expiresInMinutes":9223372036854775807`, 0},
	} {
		issued := o.ask("POST", "/identities/"+url.PathEscape(string(id))+"/:issueAccessToken", `{"scopes":["voip"]`+row.asked+`}`)
		made := o.ask("POST", "/identities", `{"createTokenWithScopes":["voip"]`+row.asked+`}`)
		if row.lasts == 0 {
			o.refuses(row.asked, issued, 400, "8523", "", "expiresInMinutes")
			o.refuses(row.asked, made, 400, "8523", "", "expiresInMinutes")
			continue
		}
		var user createdUser
		if err := json.Unmarshal(made.Body.Bytes(), &user); err != nil || made.Code != 201 || user.AccessToken == nil {
			t.Fatalf("%s: %d %s", row.asked, made.Code, made.Body)
		}
		for _, token := range []accessToken{o.got(issued), *user.AccessToken} {
			s, err := o.issuer.VerifyUser(t.Context(), token.Token)
			if want := testTime.Add(row.lasts); err != nil || !s.Expires.Equal(want) || !token.ExpiresOn.Equal(want) {
				t.Errorf("%s: until %v, it says %v, %v", row.asked, token.ExpiresOn, s.Expires, err)
			}
		}
	}
}

func TestATokenHasTheScopesThatWereAskedForAndNoOthers(t *testing.T) {
	o := newOffice(t)
	id, err := o.users.Create(t.Context())
	o.must(err)
	path := "/identities/" + url.PathEscape(string(id)) + "/:issueAccessToken"
	for _, scopes := range [][]string{
		{"chat"}, {"chat.join"}, {"chat.join.limited"}, {"voip"}, {"voip.join"}, {"voip.join", "chat"}, identity.Scopes,
	} {
		token := o.got(o.ask("POST", path, fmt.Sprintf(`{"scopes":["%s"]}`, strings.Join(scopes, `","`))))
		if s, err := o.issuer.VerifyUser(t.Context(), token.Token); err != nil || !slices.Equal(s.Scopes, scopes) {
			t.Errorf("%v: %v, %v", scopes, s.Scopes, err)
		}
	}
	for _, scope := range []string{"", "VOIP", "voip chat", "voip.joins", "voip,chat", "*"} {
		o.refuses(scope, o.ask("POST", path, fmt.Sprintf(`{"scopes":["voip",%q]}`, scope)), 400, "8523", "", "scopes")
		o.refuses(scope, o.ask("POST", "/identities", fmt.Sprintf(`{"createTokenWithScopes":[%q]}`, scope)), 400, "8523", "", "createTokenWithScopes")
	}
}

func TestAUserTokenMayNothingHere(t *testing.T) {
	d := newDesk(t)
	user := d.user("{\"createTokenWithScopes\":[\"voip\"]}")
	token, _ := user["accessToken"].(map[string]any)
	d.refused(d.ask("GET", cnPath("x")+"?"+version, "", "Authorization", "Bearer "+token["token"].(string)), 403, "Forbidden")
}

func (d *desk) user(body string) map[string]any {
	d.Helper()
	r := d.ask("POST", "/identities?api-version=2023-10-01", body, "Content-Type", "application/json")
	user := map[string]any{}
	if err := json.Unmarshal(r.body, &user); err != nil || r.StatusCode != 201 {
		d.Fatalf("%s %s", r.Status, r.body)
	}
	return user
}

func TestAUserOfTheApplicationsOwnNameIsTheSameEveryTime(t *testing.T) {
	d := newDesk(t)
	idOf := func(body string) any { return d.user(body)["identity"].(map[string]any)["id"] }
	first := idOf(`{"customId":"alice","createTokenWithScopes":["voip"]}`)
	if again := idOf(`{"customId":"alice"}`); again != first {
		t.Errorf("alice is %v, then %v", first, again)
	}
	if other := idOf(`{"customId":"bob"}`); other == first {
		t.Errorf("bob is alice")
	}
	if one, two := idOf(`{}`), idOf(`{}`); one == two {
		t.Errorf("two without a name are one")
	}
	for _, name := range []string{strings.Repeat("é", longestCustomID+1), `a\u0000`} {
		d.refused(d.ask("POST", "/identities?api-version=2023-10-01", `{"customId":"`+name+`"}`), 400, "8523")
	}
}

func TestAScopeIsSaidOnce(t *testing.T) {
	d := newDesk(t)
	r := d.ask("POST", "/identities?api-version=2023-10-01", `{"createTokenWithScopes":["chat"`+strings.Repeat(`,"voip"`, 5000)+`]}`)
	var made createdUser
	if err := json.Unmarshal(r.body, &made); err != nil || made.AccessToken == nil {
		t.Fatalf("%s, %v", r.Status, err)
	}
	s, err := d.issuer.VerifyUser(t.Context(), made.AccessToken.Token)
	if err != nil || !slices.Equal(s.Scopes, []string{"chat", "voip"}) {
		t.Errorf("%v, %v", s.Scopes, err)
	}
}

func TestUsersComeAndGo(t *testing.T) {
	d := newDesk(t)
	const v = "?api-version=2023-10-01"
	user := d.user("") // no body, but a content type
	one, _ := user["identity"].(map[string]any)
	id, _ := one["id"].(string)
	if identity.ID(id).Kind() != identity.KindCommunicationUser || user["accessToken"] != nil {
		t.Errorf("%v", user)
	}
	path := "/identities/" + url.PathEscape(id)
	r := d.ask("POST", path+"/:issueAccessToken"+v, `{"scopes":["voip","chat"],"expiresInMinutes":60}`)
	var token accessToken
	if err := json.Unmarshal(r.body, &token); err != nil || r.StatusCode != 200 {
		t.Fatalf("%s %s", r.Status, r.body)
	}
	if left := time.Until(token.ExpiresOn); left < 59*time.Minute || left > time.Hour {
		t.Errorf("valid for %v", left)
	}
	if s, err := d.issuer.VerifyUser(t.Context(), token.Token); err != nil || s.User != identity.ID(id) || !s.May("voip") {
		t.Errorf("%+v, %v", s, err)
	}
	for _, body := range []string{`{}`, `{"scopes":[]}`, `{"scopes":["admin"]}`, `{"scopes":["voip"],"expiresInMinutes":59}`, `{"scopes":["voip"],"expiresInMinutes":1441}`} {
		d.refused(d.ask("POST", path+"/:issueAccessToken"+v, body), 400, "8523")
	}
	if r := d.ask("POST", path+"/:revokeAccessTokens"+v, ""); r.StatusCode != 204 {
		t.Errorf("revoke: %s", r.Status)
	}
	if _, err := d.issuer.VerifyUser(t.Context(), token.Token); !errors.Is(err, identity.ErrToken) {
		t.Errorf("after revoking: %v", err)
	}
	if r := d.ask("DELETE", path+v, ""); r.StatusCode != 204 {
		t.Errorf("delete: %s", r.Status)
	}
	d.refused(d.ask("POST", path+"/:issueAccessToken"+v, `{"scopes":["voip"]}`), 404, "8522")
	d.refused(d.ask("POST", "/teamsUser/:exchangeAccessToken"+v, `{"token":"t","appId":"a","userId":"u"}`), 400, "8523")
}
