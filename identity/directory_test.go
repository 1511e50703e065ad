package identity_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/identity"
)

func TestAUserOfADirectoryIsOneOfTeamsToClients(t *testing.T) {
	for _, name := range []string{"33333333-3333-4333-8333-333333333333", "ann", "ann.b_c-7", strings.Repeat("a", 64)} {
		id, err := identity.DirectoryUser(name)
		if err != nil || id != identity.ID("8:orgid:"+name) || id.Kind() != identity.KindMicrosoftTeamsUser {
			t.Errorf("%s: %s, %s, %v", name, id, id.Kind(), err)
		}
	}
	for _, name := range []string{"", "a b", "a:b", "a/b", "a%2f", "é", "a\n", strings.Repeat("a", 65)} {
		if id, err := identity.DirectoryUser(name); !errors.Is(err, identity.ErrInvalid) {
			t.Errorf("%q: %s, %v", name, id, err)
		}
	}
}

func TestAUserOfADirectoryHasTokensLikeAnyOther(t *testing.T) {
	b := newIssuer(t)
	id, err := identity.DirectoryUser("ann")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.users.Add(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	token := b.token(t, id)
	if s, err := b.VerifyUser(t.Context(), token); err != nil || s.User != "8:orgid:ann" {
		t.Errorf("%+v, %v", s, err)
	}
	if claims := decode(t, token); claims["skypeid"] != "orgid:ann" {
		t.Errorf("skypeid %v", claims["skypeid"])
	}
	if err := b.users.Revoke(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	b.refuses(t, "revoked", token)
}

// Without its "8:" another's id could be read as a user's.
func TestWhoIsNoUserHasNoToken(t *testing.T) {
	b := newIssuer(t)
	for _, id := range []identity.ID{"acs:a_b", "echo", "4:+15551230001"} {
		if err := b.users.Add(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if token, err := b.IssueUser(t.Context(), id, identity.Grant{For: time.Hour}); !errors.Is(err, identity.ErrInvalid) {
			t.Errorf("%s: %+v, %v", id, token, err)
		}
	}
}

func FuzzAUserOfADirectoryIsNeverSomebodyElse(f *testing.F) {
	for _, name := range []string{"ann", "33333333-3333-4333-8333-333333333333", "a:b", "../x", "a_b_c", "\x00"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		id, err := identity.DirectoryUser(name)
		if err != nil {
			return
		}
		data, err := json.Marshal(id)
		if err != nil {
			t.Fatal(err)
		}
		var back identity.ID
		if err := json.Unmarshal(data, &back); err != nil || back != id || id.Kind() != identity.KindMicrosoftTeamsUser {
			t.Errorf("%q: %s, then %s, %v", name, id, back, err)
		}
		if parsed, err := identity.Parse(string(id)); err != nil || parsed != id {
			t.Errorf("%q: parsed %s, %v", name, parsed, err)
		}
	})
}
