package rest

import (
	"encoding/json"
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
