package join

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAWHIPServerSaysWhyItRefuses(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		offer, _ := io.ReadAll(r.Body)
		if r.URL.Path != "/whip/a b" || r.URL.Query().Get("name") != "p&1" {
			t.Errorf("%s", r.URL)
		}
		if r.Header.Get("Content-Type") != "application/sdp" || r.Header.Get("Authorization") != "Bearer secret" {
			t.Errorf("%v", r.Header)
		}
		// A complete offer of Opus and the level on the loopback address, with
		// one cipher.
		for _, line := range []string{"opus/48000/2", "urn:ietf:params:rtp-hdrext:ssrc-audio-level", " 127.0.0.1 ", "a=sendrecv", "a=end-of-candidates"} {
			if !strings.Contains(string(offer), line) {
				t.Errorf("no %s in the offer:\n%s", line, offer)
			}
		}
		http.Error(w, "the room is full", http.StatusForbidden)
	}))
	defer server.Close()
	engine, err := NewEngine()
	if err != nil {
		t.Fatal(err)
	}
	way, err := Door{WHIP: server.URL + "/whip/{room}?name={name}", Token: "secret"}.Open(t.Context(), engine)
	if err != nil {
		t.Fatal(err)
	}
	defer way.Close()
	_, err = way.Join(t.Context(), Person{Room: "a b", Name: "p&1"})
	if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "the room is full") {
		t.Errorf("%v", err)
	}
}
