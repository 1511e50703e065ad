package control

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is a botd in whose call there are two people; who is added comes when it
// has been asked for twice.
type fake struct {
	mu      sync.Mutex
	members []string // JSON
	coming  []string
	routing string
	asked   []string
	refuses bool
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	f.asked = append(f.asked, r.Method+" "+r.URL.Path)
	switch {
	case f.refuses || r.Header.Get("Authorization") == "" || r.URL.Query().Get("api-version") != version:
		http.Error(w, `{"error":"no such group"}`, http.StatusNotFound)
	case strings.HasSuffix(r.URL.Path, ":connect"):
		f.coming = append(f.coming, `{"identifier":{"rawId":"app"},"state":"Connected","isApplication":true}`)
		_, _ = io.WriteString(w, `{"callConnectionId":"cn","serverCallId":"a/b"}`)
	case strings.HasSuffix(r.URL.Path, ":add"):
		var asked struct{ ParticipantToAdd id }
		_ = json.Unmarshal(body, &asked)
		f.coming = append(f.coming, `{"identifier":{"rawId":"`+asked.ParticipantToAdd.RawID+`"},"state":"Connected"}`)
		w.WriteHeader(http.StatusAccepted)
	case strings.HasSuffix(r.URL.Path, "/audioRouting"):
		f.routing = string(body)
	default:
		_, _ = io.WriteString(w, `{"participants":[`+strings.Join(f.members, ",")+`]}`)
		f.members, f.coming = append(f.members, f.coming...), nil
	}
}

func newApplication(t *testing.T, f *fake) *Application {
	t.Helper()
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	key := filepath.Join(t.TempDir(), "access-key")
	if err := os.WriteFile(key, []byte(base64.StdEncoding.EncodeToString([]byte("secret"))+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := New(t.Context(), server.URL, key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

func TestTapsAreOpenOnceTheBotsAreThere(t *testing.T) {
	f := &fake{members: []string{
		`{"identifier":{"rawId":"8:a"},"displayName":"g-p0","state":"Connected"}`,
		`{"identifier":{"rawId":"8:b"},"displayName":"g-p1","state":"Connected"}`,
	}}
	s, err := newApplication(t, f).Enter(t.Context(), "g")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Tap(t.Context(), []string{"g-p0", "g-p1"}); err != nil {
		t.Fatal(err)
	}
	var routing struct {
		Preset string
		Pairs  []pair
	}
	if err := json.Unmarshal([]byte(f.routing), &routing); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"8:a": "8:b", "8:b": "8:a", "app": "8:a 8:b", MixTap: "8:a 8:b", VoiceTap: "8:a"}
	got := map[string]string{}
	for _, p := range routing.Pairs {
		got[p.Listener.RawID] = strings.TrimSpace(got[p.Listener.RawID] + " " + p.Speaker.RawID)
	}
	if routing.Preset != "pairs" || len(got) != len(want) {
		t.Errorf("%s", f.routing)
	}
	for who, speakers := range want {
		if got[who] != speakers {
			t.Errorf("%s hears %q, want %q", who, got[who], speakers)
		}
	}
	if !slices.Contains(f.asked, "GET /calling/calls/a/b") {
		t.Errorf("%q", f.asked)
	}
}

func TestARefusalIsToldInTheServersWords(t *testing.T) {
	_, err := newApplication(t, &fake{refuses: true}).Enter(t.Context(), "g")
	if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "no such group") {
		t.Errorf("%v", err)
	}
}

func TestWithoutAKeyThereIsNoApplication(t *testing.T) {
	if _, err := New(t.Context(), "http://127.0.0.1:1", filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
	bad := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(bad, []byte("%%%"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(t.Context(), "http://127.0.0.1:1", bad); err == nil {
		t.Error("a key that is none")
	}
}
