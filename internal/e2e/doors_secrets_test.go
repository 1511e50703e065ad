package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/botd-dev/botd"
	"github.com/botd-dev/botd/call"
)

// collector takes traces as they come.
type collector struct {
	*httptest.Server
	mu  sync.Mutex
	got bytes.Buffer
}

func collect(t *testing.T) *collector {
	t.Helper()
	c := &collector{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		_, _ = io.Copy(&c.got, r.Body) // a part is enough
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *collector) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.got.String()
}

// told is everything that the server tells those who watch it: its log, its
// metrics and its configuration, and the events of all calls.
func (h *house) told() map[string]string {
	h.t.Helper()
	all := map[string]string{"the log": h.lines()}
	for _, page := range []string{"/metrics", "/config"} {
		req, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, "http://"+h.AdminAddr()+page, nil)
		must(h.t, err)
		got, err := h.send(req)
		must(h.t, err)
		all[page] = string(got.body)
	}
	events, err := h.pages(h.t.Context(), "/calling/events")
	must(h.t, err)
	text, err := json.Marshal(events)
	must(h.t, err)
	all["the events"] = string(text)
	return all
}

// TestNoSecretIsToldToThoseWhoWatch uses one of every kind of secret, well and
// badly, and then looks for them wherever the server says something.
func TestNoSecretIsToldToThoseWhoWatch(t *testing.T) {
	traces := collect(t)
	h := openHouseWith(t, func(c *botd.Config) {
		c.OTLPEndpoint, c.NATSURL = traces.URL, ""
		c.FillerSound = "https://files.example.com/a.wav?sig=s3cr3t-filler"
	})
	ann, gus := h.newUser(), h.newUser()
	m := h.newRoom(nil, map[string]call.Role{ann.id: call.Presenter})
	key := strings.TrimPrefix(m.MeetingLink, m.MeetingLink[:strings.LastIndexByte(m.MeetingLink, '/')+1])
	_, accessKey, _ := strings.Cut(h.ConnectionString(), "accesskey=")
	secrets := map[string]string{
		"access key": accessKey, "token": ann.token, "another token": gus.token,
		"meeting id": m.MeetingID, "passcode": m.Passcode, "link": key,
	}

	a, g := h.dial(), h.enter(gus)
	a.say(map[string]any{"type": "hello", "token": ann.token})
	secrets["session"] = a.await("welcome", func(m said) bool { return m.Type == "welcome" }).Resume
	for _, door := range []map[string]any{
		{"meetingId": m.MeetingID, "passcode": "wr0ngs3cr3t"},
		{"meetingLink": m.MeetingLink + "-s3cr3t"},
		{"meetingId": m.MeetingID, "meetingLink": m.MeetingLink, "sdp": "v=0"},
		{"roomId": m.ID, "passcode": m.Passcode},
		{"meetingId": m.MeetingID, "passcode": []string{m.Passcode}},
	} {
		if answer := g.ask("join", door); answer.Type != "error" || strings.Contains(answer.Message, m.Passcode) || strings.Contains(answer.Message, m.MeetingID) {
			t.Errorf("join is answered %s", raw(answer))
		}
	}
	g.join(map[string]any{"meetingId": m.MeetingID, "passcode": m.Passcode})
	a.join(map[string]any{"meetingLink": m.MeetingLink})
	visit := h.pass(h.newUser())
	visit.come("team")
	secrets["visit"] = visit.at[strings.LastIndexByte(visit.at, '/')+1:]

	var made struct{ CallConnectionID string }
	must(t, h.rest(http.StatusOK, http.MethodPost, calling+":connect"+callAPI, map[string]any{
		"callLocator": map[string]any{"kind": "roomCallLocator", "roomId": m.ID},
		"callbackUri": "https://user:s3cr3t-password@127.0.0.1.nip.invalid/hook/?code=s3cr3t-code",
		"mediaStreamingOptions": map[string]any{
			"transportUrl": "wss://app.invalid/s3cr3t-path?token=s3cr3t-socket", "transportType": "websocket",
			"contentType": "audio", "audioChannelType": "mixed", "startMediaStreaming": true,
		},
	}).decode(&made))
	connection := calling + "/" + made.CallConnectionID
	h.event(made.CallConnectionID, "CallConnected", "")
	h.event(made.CallConnectionID, "MediaStreamingFailed", "")
	h.rest(http.StatusAccepted, http.MethodPost, connection+":play"+callAPI, map[string]any{
		"playSources": []any{map[string]any{"kind": "file", "file": map[string]any{"uri": "https://u:s3cr3t-file@files.invalid/a.wav?sig=s3cr3t-signature"}}},
	})
	h.event(made.CallConnectionID, "PlayFailed", "")
	for _, who := range []string{"4%3A%2B15551239876", "4%3A0301239876", "4:+15551239876_a1"} {
		h.rest(http.StatusNotFound, http.MethodGet, connection+"/participants/"+who+callAPI, nil)
	}
	h.rest(http.StatusBadRequest, http.MethodPost, "/identities/"+"4%3A%2B15551239876"+"/:issueAccessToken?api-version=2023-10-01", map[string]any{"scopes": []string{"voip"}})

	within(t, 20*time.Second, "traces come", func(context.Context) error {
		if !strings.Contains(traces.text(), ":issueAccessToken") {
			return errors.New("not of the last request")
		}
		return nil
	})
	everywhere := h.told()
	everywhere["the traces"] = traces.text()
	for where, text := range everywhere {
		for what, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("%s has the %s", where, what)
			}
		}
		for _, part := range []string{"s3cr3t", "155512", "030123"} {
			if at := strings.Index(text, part); at >= 0 {
				t.Errorf("%s has …%s…", where, text[max(0, at-80):min(len(text), at+40)])
			}
		}
	}
}
