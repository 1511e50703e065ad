package rest

import (
	"context"
	"errors"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/botd-dev/botd/identity"
)

// moody is a store that fails when told so.
type moody struct {
	memory
	down atomic.Bool
}

var errDown = errors.New("the disk is gone")

func (m *moody) Get(ctx context.Context, key string) ([]byte, bool, error) {
	if m.down.Load() {
		return nil, false, errDown
	}
	return m.memory.Get(ctx, key)
}

func (m *moody) Put(ctx context.Context, key string, value []byte) error {
	if m.down.Load() {
		return errDown
	}
	return m.memory.Put(ctx, key, value)
}

func (m *moody) Delete(ctx context.Context, key string) error {
	if m.down.Load() {
		return errDown
	}
	return m.memory.Delete(ctx, key)
}

func TestWithoutTheStoreOfUsersOneIsToldToComeBack(t *testing.T) {
	o := newOffice(t)
	id, err := o.users.Create(t.Context())
	o.must(err)
	token, err := o.issuer.IssueUser(t.Context(), id, identity.Grant{Scopes: []string{"voip"}, For: time.Hour})
	o.must(err)
	path := "/identities/" + url.PathEscape(string(id))
	for _, row := range []struct {
		name   string
		do     func() *httptest.ResponseRecorder
		status int // when the store is back
	}{
		{"create", func() *httptest.ResponseRecorder { return o.ask("POST", "/identities", "") }, 201},
		{"create by name", func() *httptest.ResponseRecorder { return o.ask("POST", "/identities", `{"customId":"a"}`) }, 201},
		{"issue", func() *httptest.ResponseRecorder {
			return o.ask("POST", path+"/:issueAccessToken", `{"scopes":["voip"]}`)
		}, 200},
		{"exchange", func() *httptest.ResponseRecorder { return o.exchange(theirs(t, nil), app, ann) }, 200},
		{"a user's token", func() *httptest.ResponseRecorder { return o.bearing(token.Token) }, 403},
		{"a stranger's token", func() *httptest.ResponseRecorder { return o.bearing("a.b.c") }, 0},
		{"revoke", func() *httptest.ResponseRecorder { return o.ask("POST", path+"/:revokeAccessTokens", "") }, 204},
		{"delete", func() *httptest.ResponseRecorder { return o.ask("DELETE", path, "") }, 204},
	} {
		o.store.down.Store(true)
		w := row.do()
		if row.status == 0 { // nobody has to be asked
			o.refuses(row.name, w, 401, "Unauthorized", "7501", "")
			continue
		}
		o.refuses(row.name, w, 503, "9999", "", "")
		if w.Header().Get("Retry-After") != "1" {
			t.Errorf("%s: Retry-After %q", row.name, w.Header().Get("Retry-After"))
		}
		o.store.down.Store(false)
		if w := row.do(); w.Code != row.status {
			t.Errorf("%s, later: %d %s", row.name, w.Code, w.Body)
		}
	}
}
