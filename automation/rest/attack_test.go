package rest

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/botd-dev/botd/call"
)

// wire sends a request that was signed, changed on its way.
func (d *desk) wire(method, target, body string, change func(*http.Request)) reply {
	d.Helper()
	r, err := http.NewRequestWithContext(d.Context(), method, d.URL+target, strings.NewReader(body))
	d.must(err)
	r.Header.Set("Content-Type", "application/json")
	Sign(r, []byte(body), testKey, time.Now())
	change(r)
	resp, err := d.Client().Do(r)
	d.must(err)
	defer resp.Body.Close() //nolint:errcheck // read to its end
	read, err := io.ReadAll(resp.Body)
	d.must(err)
	return reply{resp, read}
}

func TestWhatWasSignedIsRefusedWhenItWasChangedOnItsWay(t *testing.T) {
	d := newDesk(t)
	cn := d.connected() + "?" + version
	other := strings.Replace(createBody, "r_bob", "r_eve", 2)
	for _, row := range []struct {
		name, method, target, body string
		change                     func(*http.Request)
	}{
		{"another verb", "GET", cn, "", func(r *http.Request) { r.Method = "DELETE" }},
		{"another path", "GET", cn, "", func(r *http.Request) { r.URL.Path += "/participants" }},
		{"another query", "GET", cn, "", func(r *http.Request) { r.URL.RawQuery += "&minSequence=1" }},
		{"another date", "GET", cn, "", func(r *http.Request) {
			r.Header.Set(headerDate, time.Now().Add(time.Minute).UTC().Format(http.TimeFormat))
		}},
		{"another host", "GET", cn, "", func(r *http.Request) { r.Host = "evil.example" }},
		{"another body", "POST", createTarget, createBody, func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(other)), int64(len(other))
		}},
		{"another body with its hash", "POST", createTarget, createBody, func(r *http.Request) {
			forged := r.Clone(r.Context())
			Sign(forged, []byte(other), []byte("of nobody"), time.Now())
			r.Header.Set(headerHash, forged.Header.Get(headerHash))
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(other)), int64(len(other))
		}},
	} {
		t.Run(row.name, func(*testing.T) {
			d.refused(d.wire(row.method, row.target, row.body, row.change), 401, "Unauthorized")
		})
	}
	if n := d.calls.Counts().Calls; n != 1 {
		t.Errorf("%d calls", n)
	}
}

// The SDKs repeat a signature when they try again: it is not by itself a replay.
func TestASignatureThatComesTwiceIsARetry(t *testing.T) {
	d := newDesk(t)
	cn := d.connected() + "?" + version
	var first http.Header
	for range 3 {
		r := d.wire("GET", cn, "", func(r *http.Request) {
			if first == nil {
				first = r.Header.Clone()
			}
			r.Header = first.Clone()
		})
		if r.StatusCode != 200 {
			t.Errorf("%s %s", r.Status, r.body)
		}
	}
}

func TestARepetitionThatIsTooOldIsRefused(t *testing.T) {
	d := newDesk(t)
	sent := time.Now().Add(-retention - time.Minute).UTC().Format(http.TimeFormat)
	r := d.ask("POST", createTarget, createBody, headerRepeatID, uuid.NewString(), headerFirstSent, sent)
	d.refused(r, 412, "8583")
	if got := r.Header.Get(headerRepeatState); got != "rejected" || d.calls.Counts().Calls != 0 {
		t.Errorf("%s: %q, %d calls", headerRepeatState, got, d.calls.Counts().Calls)
	}
}

// A user's token, however much it allows, opens none of the operations that an
// application has.
func TestAUserTokenOpensNoOperation(t *testing.T) {
	d := newDesk(t)
	user := d.user(`{"createTokenWithScopes":["chat","voip","chat.join","chat.join.limited","voip.join"]}`)
	token, _ := user["accessToken"].(map[string]any)["token"].(string)
	id, _ := user["identity"].(map[string]any)["id"].(string)
	cn := d.connected()
	for _, row := range []struct{ method, target string }{
		{"POST", createTarget},
		{"GET", cn + "?" + version},
		{"DELETE", cn + "?" + version},
		{"POST", cn + ":terminate?" + version},
		{"GET", cn + "/events?" + version},
		{"GET", "/calling/events?" + version},
		{"POST", "/identities?api-version=2023-10-01"},
		{"POST", "/identities/" + id + "/:issueAccessToken?api-version=2023-10-01"},
		{"DELETE", "/identities/" + id + "?api-version=2023-10-01"},
		{"GET", "/rooms?api-version=2025-03-13"},
		{"PUT", "/eventSubscriptions/mine?" + version},
		{"GET", "/webhooks/deadLetters?" + version},
	} {
		d.refused(d.ask(row.method, row.target, "", "Authorization", "Bearer "+token), 403, "Forbidden")
	}
	if n := d.calls.Counts().Calls; n != 1 {
		t.Errorf("%d calls", n)
	}
}

// A client that reads nothing holds neither its connection nor what it asked for.
func TestAnAnswerThatNobodyReadsIsGivenUp(t *testing.T) {
	atCounter(t, LimitsConfig{}, call.Capacity{}, func(s *counter) {
		l := make(pipes, 1)
		web := &http.Server{Handler: s, ReadHeaderTimeout: time.Second}
		served := make(chan error, 1)
		go func() { served <- web.Serve(l) }()
		here, there := net.Pipe()
		l <- there
		if _, err := io.WriteString(here, "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(unread + time.Second)
		if left, err := io.ReadAll(here); err != nil || len(left) > 0 {
			t.Errorf("%d bytes are still to be had, %v", len(left), err)
		}
		close(l)
		_, _ = here.Close(), web.Close()
		<-served
	})
}

// pipes is a listener whose connections are in memory.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	c, open := <-p
	if !open {
		return nil, net.ErrClosed
	}
	return c, nil
}
func (p pipes) Close() error   { return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{} }

// What does not expand is as large as it looks; nothing is made larger here.
func TestACompressedBodyIsNotRead(t *testing.T) {
	atCounter(t, LimitsConfig{}, call.Capacity{}, func(s *counter) {
		for _, encoding := range []string{"gzip", "deflate", "br", "gzip, gzip", "GZIP", "x"} {
			r, p := s.request("POST", createTarget, strings.Repeat("\x1f\x8b", 1000), "Content-Encoding", encoding)
			if w := s.ask(r); w.Code != http.StatusUnsupportedMediaType || p.opened {
				t.Errorf("%s: %d, read: %v", encoding, w.Code, p.opened)
			}
		}
	})
}

// forAll is what needs no credentials.
var forAll = []string{"/calling/.well-known/acsopenidconfiguration", "/calling/keys", "/openapi.json"}

// FuzzNoRequestIsOurFault has any bytes answered that can be read as a request,
// signed with the right key or not.
func FuzzNoRequestIsOurFault(f *testing.F) {
	for _, seed := range []struct{ method, target, body string }{
		{"POST", createTarget, createBody},
		{"POST", "/calling/callConnections:answer?" + version, `{"incomingCallContext":"e30","callbackUri":"https://x"}`},
		{"POST", cnPath("none") + ":play?" + version, `{"playSources":[{"kind":"file","file":{"uri":"https://x/y.wav"}}]}`},
		{"POST", "/identities?api-version=2023-10-01", `{"createTokenWithScopes":["chat"]}`},
		{"DELETE", "/identities/8%3Aacs%3Ar_u?api-version=2023-10-01", ""},
		{"GET", "/calling/events?after=x&limit=-1&call=%00", ""},
		{"GET", cnPath("%zz"), ""},
	} {
		f.Add(seed.method, seed.target, seed.body, true)
		f.Add(seed.method, seed.target, seed.body, false)
	}
	f.Fuzz(func(t *testing.T, method, target, body string, signed bool) {
		r, err := http.NewRequestWithContext(t.Context(), method, "http://botd.example", strings.NewReader(body))
		if err != nil || !strings.HasPrefix(target, "/") {
			return
		}
		if r.URL, err = r.URL.Parse("http://botd.example" + target); err != nil {
			return
		}
		r.RequestURI = r.URL.RequestURI()
		r.Header.Set("Content-Type", "application/json")
		if signed {
			Sign(r, []byte(body), testKey, time.Now())
		}
		synctest.Test(t, func(t *testing.T) {
			s := openCounter(t, LimitsConfig{}, call.Capacity{})
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r.WithContext(t.Context()))
			if w.Code == http.StatusInternalServerError || !signed && w.Code < 300 && !slices.Contains(forAll, r.URL.Path) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if err := s.calls.Close(t.Context()); err != nil {
				t.Error(err)
			}
		})
	})
}
