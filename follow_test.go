package botd

import (
	"bufio"
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/automation/rest"
)

// followed is one event of a stream.
type followed struct{ last, kind string }

// follow reads a stream from behind last on until an event of that kind, and
// then leaves it.
func follow(t *testing.T, s *Server, path, last, until string) []followed {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.HTTPAddr()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	key, err := base64.StdEncoding.DecodeString(s.keys[0])
	if err != nil {
		t.Fatal(err)
	}
	rest.Sign(req, nil, key, time.Now())
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // it is left in the middle
	if kind := resp.Header.Get("Content-Type"); resp.StatusCode != http.StatusOK || kind != "text/event-stream" {
		t.Fatalf("%s: %s, %s", path, resp.Status, kind)
	}
	var seen []followed
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if id, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
			seen = append(seen, followed{last: id})
		}
		if kind, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			if seen[len(seen)-1].kind = kind; kind == until {
				return seen
			}
		}
	}
	t.Fatalf("%s: no %s among %v", path, until, seen)
	return nil
}

// TestAStreamThatBreaksGoesOnBehindTheLastEvent leaves streams in the middle and
// comes back: of a connection, of its call, and of everything.
func TestAStreamThatBreaksGoesOnBehindTheLastEvent(t *testing.T) {
	s, w := start(t, func(*Config) {}), listenTo(t)
	connection := created(t, s, w)
	serverCall := s.Calls().Calls()[0].ID
	const connected, over, ended = "Microsoft.Communication.CallConnected", "Microsoft.Communication.CallDisconnected", "botd.call.ended"
	streams := []struct{ path, until string }{
		{"/calling/callConnections/" + connection + "/events", over},
		{"/calling/events?call=" + url.QueryEscape(serverCall), ended},
		{"/calling/events", ended},
	}
	seen := make([][]followed, len(streams))
	for i, stream := range streams {
		seen[i] = follow(t, s, stream.path, "", connected)
	}
	if status, body := ask(t, s, http.MethodPost, pathOf(connection, ":terminate"), "", nil); status/100 != 2 {
		t.Fatalf("%d: %s", status, body)
	}
	for i, stream := range streams {
		last := seen[i][len(seen[i])-1].last
		broken := append(seen[i], follow(t, s, stream.path, last, stream.until)...)
		if whole := follow(t, s, stream.path, "", stream.until); !slices.Equal(broken, whole) {
			t.Errorf("%s in two parts is %v, and in one %v", stream.path, broken, whole)
		}
	}
	if status, body := ask(t, s, http.MethodGet, "/calling/events", "", http.Header{"Accept": {"text/event-stream"}, "Last-Event-ID": {"x"}}); status != http.StatusBadRequest {
		t.Errorf("behind what there never was: %d %s", status, body)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}
