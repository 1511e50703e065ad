package rest

import (
	"fmt"
	"strings"
	"testing"
)

// TestWhoIsNotLetInIsLogged has somebody come with each kind of credentials that
// open nothing.
func TestWhoIsNotLetInIsLogged(t *testing.T) {
	d := newDesk(t)
	user := d.user(`{"createTokenWithScopes":["voip"]}`)
	token, _ := user["accessToken"].(map[string]any)["token"].(string)
	id, _ := user["identity"].(map[string]any)["id"].(string)
	bearer := []string{"Authorization", "Bearer " + token}
	target := "/rooms?api-version=2025-03-13"
	for _, row := range []struct {
		name    string
		headers []string
		revoked bool
		status  int
		reason  string
	}{
		{"nothing", []string{"Authorization", "Basic x"}, false, 401, errCredentials.Error()},
		{"a wrong signature", []string{"Authorization", "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=AAAA"}, false, 401, errSignature.Error()},
		{"the token of a user", bearer, false, 403, errForbidden.Error()},
		{"a revoked token", bearer, true, 401, errBearer.Error()},
	} {
		t.Run(row.name, func(t *testing.T) {
			if row.revoked {
				d.ask("POST", "/identities/"+id+"/:revokeAccessTokens?api-version=2023-10-01", "")
			}
			d.logged.TakeAll()
			if r := d.ask("GET", target, "", row.headers...); r.StatusCode != row.status {
				t.Fatalf("%s %s", r.Status, r.body)
			}
			lines := d.logged.TakeAll()
			if len(lines) != 1 {
				t.Fatalf("%d lines were logged: %v", len(lines), lines)
			}
			f := lines[0].ContextMap()
			remote, _ := f["remote"].(string)
			if f["operation"] != "listRooms" || f["status"] != int64(row.status) || f["reason"] != row.reason || !strings.HasPrefix(remote, "127.0.0.1:") {
				t.Errorf("logged %v", f)
			}
			if said := fmt.Sprint(lines[0].Message, f); strings.Contains(said, token) || strings.Contains(said, "AAAA") {
				t.Errorf("the credentials are logged: %s", said)
			}
		})
	}
}

func TestWhoGoesOnComingWithoutBeingLetInDoesNotFillTheLog(t *testing.T) {
	d := newDesk(t)
	for range 100 {
		d.refused(d.ask("GET", "/rooms?api-version=2025-03-13", "", "Authorization", "Basic x"), 401, "Unauthorized")
	}
	if n := d.logged.FilterMessage("a request was not let in").Len(); n < 20 || n > 25 {
		t.Errorf("%d lines were logged", n)
	}
	d.logged.TakeAll()
	d.ask("GET", "/rooms/1?api-version=2025-03-13", "") // is let in, and finds nothing
	if n := d.logged.Len(); n != 0 {
		t.Errorf("%d lines of what is no matter of who asks", n)
	}
}
