package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd"
	"github.com/botd-dev/botd/call"
)

// house is a server as it runs outside development, over TLS, with what it
// writes and counts.
type house struct {
	server
	t    *testing.T
	root string
	log  string
}

// openHouse runs one until the test ends.
func openHouse(t *testing.T, opts ...botd.Option) *house {
	t.Helper()
	return openHouseWith(t, func(*botd.Config) {}, opts...)
}

// openHouseWith is openHouse with other settings.
func openHouseWith(t *testing.T, change func(*botd.Config), opts ...botd.Option) *house {
	t.Helper()
	cfg := settings(t)
	cfg.Dev = false
	change(&cfg)
	path := filepath.Join(t.TempDir(), "log")
	log, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() }) // after the server, which writes to it
	// The server takes standard error as it is when it starts.
	keep := os.Stderr
	os.Stderr = log
	defer func() { os.Stderr = keep }()
	s := serveWith(t, cfg, opts...)
	h := &house{server: s, t: t, root: s.RootFile(), log: path}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the end of the server's log:\n%s", tail(path, 6000))
		}
	})
	return h
}

// rest asks and wants a status.
func (h *house) rest(status int, method, path string, body any) answer {
	h.t.Helper()
	got, err := h.ask(h.t.Context(), method, path, body)
	if err != nil || got.status != status {
		h.t.Fatalf("%s %s: %d %s %v, want %d", method, path, got.status, got.body, err, status)
	}
	return got
}

// user is somebody with a token.
type user struct{ id, token string }

// newUser makes one.
func (h *house) newUser() user {
	h.t.Helper()
	var made struct {
		Identity    struct{ ID string }
		AccessToken struct{ Token string }
	}
	got := h.rest(http.StatusCreated, http.MethodPost, "/identities?api-version=2023-10-01",
		map[string]any{"createTokenWithScopes": []string{"voip"}})
	if err := got.decode(&made); err != nil {
		h.t.Fatal(err)
	}
	return user{made.Identity.ID, made.AccessToken.Token}
}

// issue gives somebody a new token.
func (h *house) issue(u user) user {
	h.t.Helper()
	var made struct{ Token string }
	got := h.rest(http.StatusOK, http.MethodPost, "/identities/"+url.PathEscape(u.id)+"/:issueAccessToken?api-version=2023-10-01",
		map[string]any{"scopes": []string{"voip"}})
	must(h.t, got.decode(&made))
	return user{u.id, made.Token}
}

func (h *house) revoke(u user) {
	h.t.Helper()
	h.rest(http.StatusNoContent, http.MethodPost, "/identities/"+url.PathEscape(u.id)+"/:revokeAccessTokens?api-version=2023-10-01", nil)
}

const (
	roomsAPI = "?api-version=2025-03-13"
	callAPI  = "?api-version=2026-03-12"
)

// newRoom makes a room with people in these roles.
func (h *house) newRoom(terms map[string]any, roles map[string]call.Role) meeting {
	h.t.Helper()
	body := map[string]any{"participants": inRoles(roles)}
	for k, v := range terms {
		body[k] = v
	}
	var m meeting
	if err := h.rest(http.StatusCreated, http.MethodPost, "/rooms"+roomsAPI, body).decode(&m); err != nil {
		h.t.Fatal(err)
	}
	return m
}

func inRoles(roles map[string]call.Role) map[string]any {
	people := map[string]any{}
	for id, role := range roles {
		people[id] = map[string]any{"role": role}
	}
	return people
}

// callOf is the running call of a room; its id is empty if there is none.
func (h *house) callOf(room string) call.CallView {
	for _, c := range h.Calls().Calls() {
		if c.RoomID == room {
			return c
		}
	}
	return call.CallView{}
}

// member is how somebody is listed in a room's call; not at all is no member.
func (h *house) member(room, id string) call.Member {
	for _, m := range h.callOf(room).Members {
		if string(m.Identity) == id && m.State != call.Gone {
			return m
		}
	}
	return call.Member{}
}

// connect brings an application into the call of a room.
func (h *house) connect(room string) string {
	h.t.Helper()
	got := h.rest(http.StatusOK, http.MethodPost, calling+":connect"+callAPI, map[string]any{
		"callLocator": map[string]any{"kind": "roomCallLocator", "roomId": room}, "callbackUri": callback,
	})
	var made struct{ CallConnectionID string }
	if err := got.decode(&made); err != nil {
		h.t.Fatal(err)
	}
	h.event(made.CallConnectionID, "CallConnected", "")
	return made.CallConnectionID
}

// event waits until a connection's log has an event whose data has some text.
func (h *house) event(connection, kind, has string) event {
	h.t.Helper()
	var found event
	within(h.t, 10*time.Second, kind+" is told", func(ctx context.Context) error {
		events, err := h.server.log(ctx, connection)
		at := slices.IndexFunc(events, func(e event) bool {
			return strings.HasSuffix(e.Type, "."+kind) && strings.Contains(string(e.Data), has)
		})
		if err == nil && at < 0 {
			err = fmt.Errorf("the log has %v", events)
		}
		if err == nil {
			found = events[at]
		}
		return err
	})
	return found
}

// logged waits for a line of the server's log that has all of these.
func (h *house) logged(parts ...string) {
	h.t.Helper()
	within(h.t, 5*time.Second, fmt.Sprintf("a line with %q is logged", parts), func(context.Context) error {
		for line := range strings.Lines(h.lines()) {
			if !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(line, part) }) {
				return nil
			}
		}
		return fmt.Errorf("none of %d lines", strings.Count(h.lines(), "\n"))
	})
}

// silentAbout fails the test if the server's log has one of the secrets.
func (h *house) silentAbout(secrets ...string) {
	h.t.Helper()
	for line := range strings.Lines(h.lines()) {
		for _, secret := range secrets {
			if secret != "" && strings.Contains(line, secret) {
				h.t.Errorf("a secret was logged: %s", line)
			}
		}
	}
}

func (h *house) lines() string {
	h.t.Helper()
	b, err := os.ReadFile(h.log)
	if err != nil {
		h.t.Fatal(err)
	}
	return string(b)
}

// counted is the sum of a metric over those of its labels that fit.
func (h *house) counted(name, labels string) int {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, "http://"+h.AdminAddr()+"/metrics", nil)
	if err != nil {
		h.t.Fatal(err)
	}
	got, err := h.send(req)
	if err != nil || got.status != http.StatusOK {
		h.t.Fatalf("metrics: %d %v", got.status, err)
	}
	sum := 0.0
	for _, m := range regexp.MustCompile(`(?m)^`+name+`(?:\{(.*)\})? (\S+)$`).FindAllStringSubmatch(string(got.body), -1) {
		if v, err := strconv.ParseFloat(m[2], 64); err == nil && strings.Contains(m[1], labels) {
			sum += v
		}
	}
	return int(sum)
}

// records are those of a call that no connection has, read from the log of all.
func (h *house) records(kind, has string) []event {
	h.t.Helper()
	all, err := h.pages(h.t.Context(), "/calling/events")
	if err != nil {
		h.t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(e event) bool {
		return !strings.HasSuffix(e.Type, kind) || !strings.Contains(string(e.Data), has)
	})
}

// raw is a JSON value as it stands.
func raw(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
