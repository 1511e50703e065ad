package rest

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/internal/throttle"
)

// counter is a server in virtual time, with limits, and without a network.
type counter struct {
	*testing.T
	http.Handler
	calls   *call.Registry
	results *results
	limits  *Limits
}

// willing is a bell at which everybody answers at once.
type willing struct{}

func (willing) Ring(inv *call.Invitation) bool {
	if inv.To() != bob {
		return false
	}
	go func() { _, _ = inv.Accept(context.Background(), call.Acceptance{Leg: &phone{}}) }()
	return true
}

// atCounter runs f with a server that has those limits.
func atCounter(t *testing.T, cfg LimitsConfig, c call.Capacity, f func(*counter)) {
	t.Helper()
	if _, err := signingKey(); err != nil { // outside, for it takes a while
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		s := openCounter(t, cfg, c)
		f(s)
		if err := s.calls.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func openCounter(t *testing.T, cfg LimitsConfig, c call.Capacity) *counter {
	t.Helper()
	s := &counter{T: t, results: newResults()}
	contexts := automation.NewContexts(testKey, time.Now)
	s.calls = call.NewRegistry(call.Config{
		Journal: &book{}, NewBridge: func(call.Heard) call.Bridge { return deaf{} }, Now: time.Now, Random: rand.Reader,
		Log: zap.NewNop(), IncomingContext: contexts.Seal, Capacity: c,
	})
	s.calls.Reach(willing{})
	if cfg.Room == nil {
		cfg.Room = s.calls.Room
	}
	s.limits = NewLimits(cfg)
	s.open(contexts)
	return s
}

func (s *counter) open(contexts *automation.Contexts) {
	s.Helper()
	key, err := signingKey()
	if err != nil {
		s.Fatal(err)
	}
	users := identity.NewUsers(&memory{}, uuid.New())
	issuer, err := identity.NewIssuer(identity.IssuerConfig{Key: key, URL: "https://botd.example", Users: users})
	if err != nil {
		s.Fatal(err)
	}
	server, err := New(Config{
		Automation: automation.New(automation.Config{
			Calls: s.calls, Prompts: silence{}, Contexts: contexts, Application: "8:acs:r_app",
			CheckURI: func(context.Context, string) error { return nil },
		}),
		Log: &book{}, Results: s.results, Issuer: issuer, Users: users, Keys: [][]byte{testKey},
		PublicURL: "https://botd.example", Limits: s.limits,
	})
	if err != nil {
		s.Fatal(err)
	}
	s.Handler = server.Handler()
}

// parcel is a body that knows whether somebody has looked into it.
type parcel struct {
	io.Reader
	opened bool
}

func (p *parcel) Read(b []byte) (int, error) {
	p.opened = true
	return p.Reader.Read(b)
}

// request makes a signed request; headers are pairs of name and value.
func (s *counter) request(method, target, body string, headers ...string) (*http.Request, *parcel) {
	p := &parcel{Reader: strings.NewReader(body)}
	r := httptest.NewRequestWithContext(s.Context(), method, target, p)
	r.ContentLength = int64(len(body))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	Sign(r, []byte(body), testKey, time.Now())
	return r, p
}

// ask serves a request.
func (s *counter) ask(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

const createTarget = "/calling/callConnections?" + version

// create asks for a new call.
func (s *counter) create(headers ...string) (*httptest.ResponseRecorder, *parcel) {
	r, p := s.request("POST", createTarget, createBody, headers...)
	return s.ask(r), p
}

// refused wants a failure with a time to come again, in seconds.
func (s *counter) refused(w *httptest.ResponseRecorder, status int, code string, wait int) {
	s.Helper()
	var e envelope
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || w.Code != status || e.Error.Code != code {
		s.Errorf("%d %s, want %d/%s", w.Code, w.Body, status, code)
	}
	if got := w.Header().Get("Retry-After"); got != strconv.Itoa(wait) {
		s.Errorf("Retry-After is %q, want %d", got, wait)
	}
}

// repeated are the headers of a request that may come again.
func repeated() []string {
	return []string{headerRepeatID, uuid.NewString(), headerFirstSent, time.Now().UTC().Format(http.TimeFormat)}
}

func TestOneCredentialHasItsBudgetAndNoBodyBeyondItIsRead(t *testing.T) {
	atCounter(t, LimitsConfig{Requests: throttle.Rate{Count: 3, Per: 6 * time.Second}}, call.Capacity{}, func(s *counter) {
		for range 3 {
			if w, p := s.create(); w.Code != 201 || !p.opened {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		}
		for range 5 {
			w, p := s.create(repeated()...)
			if s.refused(w, 429, "8516", 2); p.opened {
				t.Error("the body of a refused request was read")
			}
		}
		if len(s.results.kept) != 0 {
			t.Errorf("%d refusals are kept", len(s.results.kept))
		}
		time.Sleep(2 * time.Second)
		if w, _ := s.create(); w.Code != 201 {
			t.Errorf("two seconds later: %d %s", w.Code, w.Body)
		}
		if s.limits.Refused() != 5 {
			t.Errorf("%d are counted", s.limits.Refused())
		}
	})
}

func TestAnAddressHasItsBudgetBeforeCredentialsAreLookedAt(t *testing.T) {
	here := func(remote string) bool { return strings.HasPrefix(remote, "127.") }
	atCounter(t, LimitsConfig{Address: throttle.Rate{Count: 10, Per: time.Second}, Exempt: here}, call.Capacity{}, func(s *counter) {
		knock := func(remote string) *httptest.ResponseRecorder {
			r, _ := s.request("GET", cnPath("x")+"?"+version, "")
			r.RemoteAddr = remote
			r.Header.Set("Authorization", "HMAC-SHA256 SignedHeaders=x&Signature=x")
			return s.ask(r)
		}
		for i := range 10 {
			if w := knock("192.0.2.1:" + strconv.Itoa(i)); w.Code != 401 {
				t.Errorf("%d", w.Code)
			}
		}
		s.refused(knock("192.0.2.1:99"), 429, "8516", 1)
		good, _ := s.request("GET", cnPath("x")+"?"+version, "")
		good.RemoteAddr = "192.0.2.1:100"
		s.refused(s.ask(good), 429, "8516", 1)
		if w := knock("192.0.2.2:1"); w.Code != 401 {
			t.Errorf("somebody else: %d", w.Code)
		}
		for range 100 {
			if w := knock("127.0.0.1:1"); w.Code != 401 {
				t.Fatalf("who is exempt: %d", w.Code)
			}
		}
	})
}

// The budgets of rest.md section 10 for every 30 s.
func TestMakingUsersHasTheBudgetsOfTheContract(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLimits(LimitsConfig{Identity: throttle.Rate{Count: 1000, Per: 30 * time.Second}})
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/identities", nil)
		spend := func(name, who, body string) (n int) {
			for l.asked(r, route{name: name}, caller{name: who}, []byte(body)) == nil {
				n++
			}
			return n
		}
		for _, row := range []struct {
			name, body string
			want       int
		}{
			{"createIdentity", ``, 1000},
			{"createIdentity", `{"createTokenWithScopes":["voip"]}`, 1000},
			{"issueAccessToken", `{"scopes":["voip"]}`, 1000},
			{"deleteIdentity", ``, 500},
			{"revokeAccessTokens", ``, 500},
			{"exchangeTeamsUserAccessToken", `{}`, 500},
		} {
			for _, who := range []string{"key", "token/somebody"} {
				if n := spend(row.name, who, row.body); n != row.want {
					t.Errorf("%s %s by %s: %d, want %d", row.name, row.body, who, n, row.want)
				}
			}
			time.Sleep(3 * time.Second)
			if n := spend(row.name, "key", row.body); n != row.want/10 {
				t.Errorf("%s %s: %d after 3 s, want %d", row.name, row.body, n, row.want/10)
			}
		}
		if err := l.asked(r, route{name: "getCall"}, caller{name: "key"}, nil); err != nil {
			t.Errorf("what has no budget: %v", err)
		}
	})
}

func TestATokenIsATokenHoweverItIsAskedFor(t *testing.T) {
	l := NewLimits(LimitsConfig{Identity: throttle.Rate{Count: 3, Per: time.Hour}})
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/identities", nil)
	for i, body := range []string{
		`{"createTokenWithScopes":["voip"]}`, `{"CREATETOKENWITHSCOPES":["voip"]}`, `{"createToken\u0057ithScopes":["voip"]}`,
		`{"createTokenWithScopes":["chat"]}`,
	} {
		if err := l.asked(r, route{name: "createIdentity"}, caller{name: "key"}, []byte(body)); (err != nil) != (i == 3) {
			t.Errorf("%s: %v", body, err)
		}
	}
	if err := l.asked(r, route{name: "createIdentity"}, caller{name: "key"}, []byte(`{"createTokenWithScopes":[]}`)); err != nil {
		t.Errorf("a user without a token: %v", err)
	}
}

func TestTheBudgetOfUsersIsAskedForAtTheDoor(t *testing.T) {
	atCounter(t, LimitsConfig{Identity: throttle.Rate{Count: 2, Per: 30 * time.Second}}, call.Capacity{}, func(s *counter) {
		for i := range 4 {
			r, _ := s.request("POST", "/identities?api-version=2023-10-01", "")
			w := s.ask(r)
			if i < 2 && w.Code != 201 {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if i >= 2 {
				s.refused(w, 429, "8516", 15)
			}
		}
		if w, _ := s.create(); w.Code != 201 {
			t.Errorf("calls pay for users: %d %s", w.Code, w.Body)
		}
	})
}

func TestARepeatedCallIsAnsweredWhateverTheRateOfNewOnes(t *testing.T) {
	atCounter(t, LimitsConfig{}, call.Capacity{New: 1, Per: time.Minute}, func(s *counter) {
		headers := repeated()
		first, _ := s.create(headers...)
		again, _ := s.create(headers...)
		if first.Code != 201 || again.Code != 201 || first.Body.String() != again.Body.String() {
			t.Errorf("%d %s\n%d %s", first.Code, first.Body, again.Code, again.Body)
		}
		other := repeated()
		w, _ := s.create(other...)
		s.refused(w, 429, "8516", 60)
		if len(s.results.kept) != 1 {
			t.Errorf("%d results are kept: a refusal costs a write", len(s.results.kept))
		}
		if w, p := s.create(); p.opened {
			t.Error("the body of a refused call was read")
		} else {
			s.refused(w, 429, "8516", 60)
		}
		time.Sleep(time.Minute)
		if w, _ := s.create(other...); w.Code != 201 {
			t.Errorf("the refused one a minute later: %d %s", w.Code, w.Body)
		}
	})
}

func TestAServerThatIsFullSaysWhenToComeAgain(t *testing.T) {
	for _, row := range []struct {
		name   string
		room   error
		status int
		code   string
		wait   int
	}{
		{"as many calls as there may be", call.ErrBusy, 429, "8530", 5},
		{"no room in the log or in memory", call.ErrNoRoom, 503, "9999", 5},
		{"going down", call.ErrClosing, 503, "9998", 5},
	} {
		t.Run(row.name, func(t *testing.T) {
			full := false
			room := func() error {
				if full {
					return row.room
				}
				return nil
			}
			atCounter(t, LimitsConfig{Room: room}, call.Capacity{}, func(s *counter) {
				w, _ := s.create()
				var made automation.Properties
				if err := json.Unmarshal(w.Body.Bytes(), &made); err != nil || w.Code != 201 {
					t.Fatalf("%d %s", w.Code, w.Body)
				}
				full = true
				w, p := s.create()
				if s.refused(w, row.status, row.code, row.wait); p.opened {
					t.Error("the body was read")
				}
				w, _ = s.create(repeated()...)
				s.refused(w, row.status, row.code, row.wait)
				if len(s.results.kept) != 0 {
					t.Error("a refusal is kept")
				}
				if r, _ := s.request("GET", cnPath(made.CallConnectionID)+"?"+version, ""); s.ask(r).Code != 200 {
					t.Error("the call that runs cannot be read")
				}
			})
		})
	}
}

func TestARefusalSaysWholeSeconds(t *testing.T) {
	for wait, want := range map[time.Duration]int{
		time.Nanosecond: 1, time.Second: 1, time.Second + 1: 2, 90 * time.Second: 90, 24 * time.Hour: 90,
	} {
		if a, known := failed(&throttle.Exceeded{Wait: wait}); !known || a.Retry != want {
			t.Errorf("%s: %d, want %d", wait, a.Retry, want)
		}
	}
	if a, _ := failed(errors.New("of our own")); a.Retry != 0 {
		t.Errorf("%+v", a)
	}
}

func TestWhoIsToComeAgainIsToldWhen(t *testing.T) {
	for _, p := range problems {
		a, _ := failed(p.err)
		again := a.Status == http.StatusTooManyRequests || a.Status == http.StatusServiceUnavailable
		if again != (a.Retry > 0) {
			t.Errorf("%v: %d, again in %d s", p.err, a.Status, a.Retry)
		}
	}
}
