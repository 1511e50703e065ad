package rest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest"
	"go.uber.org/zap/zaptest/observer"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/call/journal"
	"github.com/botd-dev/botd/call/room"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/prompt"
)

const (
	alice identity.ID = "8:acs:r_alice"
	bob   identity.ID = "8:acs:r_bob"
)

// book is a log in memory: what is appended is durable at once.
type book struct {
	mu      sync.Mutex
	records []call.Record
	broken  error
}

func (b *book) Append(_ string, records []call.Record, done func(error)) {
	b.mu.Lock()
	err := b.broken
	if err == nil {
		b.records = append(b.records, records...)
	}
	b.mu.Unlock()
	done(err)
}

func (b *book) fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.broken = err
}

func (b *book) find(limit int, wanted func(call.Record) bool) []call.Record {
	b.mu.Lock()
	defer b.mu.Unlock()
	var found []call.Record
	for _, r := range b.records {
		if wanted(r) && len(found) < limit {
			found = append(found, r)
		}
	}
	return found
}

func (b *book) Read(_ context.Context, connection string, after uint64, limit int) ([]call.Record, error) {
	if len(b.find(1, func(r call.Record) bool { return r.Connection == connection })) == 0 {
		return nil, fmt.Errorf("connection %s: %w", connection, journal.ErrUnknown)
	}
	return b.find(limit, func(r call.Record) bool { return r.Connection == connection && r.Sequence > after }), nil
}

func (b *book) ReadCall(_ context.Context, id string, after uint64, limit int) ([]call.Record, error) {
	return b.find(limit, func(r call.Record) bool { return r.Call == id && r.CallSequence > after }), nil
}

func (b *book) ReadAll(_ context.Context, after string, limit int) ([]call.Record, string, error) {
	n := 0
	if _, err := fmt.Sscanf(after+" ", "%d ", &n); after != "" && err != nil {
		return nil, "", journal.ErrCursor
	}
	all := b.find(n+limit, func(call.Record) bool { return true })
	return all[n:], fmt.Sprint(len(all)), nil
}

func (b *book) Follow(ctx context.Context, connection string, after uint64) iter.Seq2[call.Record, error] {
	return func(yield func(call.Record, error) bool) {
		for ; ; after++ {
			var next []call.Record
			if !waits(ctx, time.Hour, func() bool { next, _ = b.Read(ctx, connection, after, 1); return len(next) > 0 }) {
				yield(call.Record{}, ctx.Err())
				return
			}
			if !yield(next[0], nil) || next[0].Closing {
				return
			}
		}
	}
}

func (b *book) FollowCall(context.Context, string, uint64) iter.Seq2[call.Record, error] {
	return func(func(call.Record, error) bool) {}
}

func (b *book) FollowAll(context.Context, string) iter.Seq2[journal.Line, error] {
	return func(func(journal.Line, error) bool) {}
}

// deaf is a bridge on which nothing is heard.
type deaf struct{}

func (deaf) Join(string, media.Port)                     {}
func (deaf) Leave(string)                                {}
func (deaf) Mute(string)                                 {}
func (deaf) Unmute(string)                               {}
func (deaf) Hear(string, []string)                       {}
func (deaf) Close()                                      {}
func (deaf) Play(media.Source, ...string) media.Playback { return nil }
func (deaf) Tap(media.TapOptions) (media.Tap, error)     { return nil, errors.ErrUnsupported }

// phone is a leg whose media flows as soon as it may.
type phone struct{ p *call.Participant }

func (l *phone) Kind() string               { return "fake" }
func (l *phone) Attach(p *call.Participant) { l.p = p }
func (l *phone) Port() media.Port           { return nil }
func (l *phone) Accept()                    { go l.p.Connected() }
func (l *phone) Show(call.Roster)           {}
func (l *phone) Mute()                      {}
func (l *phone) Unmute()                    {}
func (l *phone) Hangup(call.Reason)         {}

// Quality is that of a phone on a poor line.
func (l *phone) Quality() (call.Quality, bool) {
	q := call.Quality{Codec: "opus"}
	q.In = call.Incoming{Travel: call.Travel{Packets: 240, Lost: 10, LostPercent: 4, MOS: 3.4, Grade: call.GradePoor}}
	return q, true
}

// bell rings for bob and for botd's own bot, and keeps the invitations.
type bell chan *call.Invitation

func (b bell) Ring(inv *call.Invitation) bool {
	if inv.To() != bob && inv.To() != "echo" {
		return false
	}
	b <- inv
	return true
}

// silence opens no prompt.
type silence struct{}

func (silence) Open(context.Context, ...prompt.Source) (media.Source, error) {
	return nil, prompt.ErrDownload
}

func (silence) Prepare(context.Context, ...prompt.Source) (*prompt.Prompt, error) {
	return nil, prompt.ErrDownload
}

// signingKey is made once: it takes a while.
var signingKey = sync.OnceValues(identity.NewKey)

// desk is a server with calls behind it, and a client in front.
type desk struct {
	*testing.T
	*httptest.Server
	book     *book
	bell     bell
	calls    *call.Registry
	contexts *automation.Contexts
	issuer   *identity.Issuer
	rooms    *room.Book
	released chan string
	logged   *observer.ObservedLogs
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	return newDeskWith(t, func(*call.Config) {})
}

// newDeskWith has calls of another kind.
func newDeskWith(t *testing.T, change func(*call.Config)) *desk {
	t.Helper()
	d := &desk{T: t, book: &book{}, bell: make(bell, 16), released: make(chan string, 16)}
	d.contexts = automation.NewContexts(testKey, time.Now)
	cfg := call.Config{
		Journal: d.book, NewBridge: func(call.Heard) call.Bridge { return deaf{} }, Now: time.Now, Random: rand.Reader,
		Log: zaptest.NewLogger(t), IncomingContext: d.contexts.Seal,
	}
	change(&cfg)
	d.calls = call.NewRegistry(cfg)
	d.calls.Reach(d.bell)
	d.Server = httptest.NewUnstartedServer(nil)
	d.URL = "http://" + d.Listener.Addr().String()
	d.Config.Handler = d.handler()
	d.URL = ""
	d.Start()
	t.Cleanup(func() {
		d.Close()
		_ = d.calls.Close(context.Background())
	})
	return d
}

func (d *desk) handler() http.Handler {
	key, err := signingKey()
	d.must(err)
	users := identity.NewUsers(&memory{}, uuid.New())
	d.issuer, err = identity.NewIssuer(identity.IssuerConfig{Key: key, URL: d.URL, Users: users})
	d.must(err)
	d.rooms, err = room.Open(d.Context(), room.Config{Store: &memory{}, Calls: d.calls, Link: d.URL + "/#meeting/"})
	d.must(err)
	service := automation.New(automation.Config{
		Calls: d.calls, Prompts: silence{}, Contexts: d.contexts, Rooms: d.rooms, Application: "8:acs:r_app",
		Streams: nowhere(),
		CheckURI: func(_ context.Context, uri string) error {
			if !strings.HasPrefix(uri, "https://") {
				return fmt.Errorf("https is needed")
			}
			return nil
		},
	})
	s, err := New(Config{
		Automation: service, Log: d.book, Results: newResults(), Issuer: d.issuer, Users: users, Rooms: d.rooms, Subscriptions: &shelf{}, Letters: &shelf{},
		Keys: [][]byte{testKey}, PublicURL: d.URL, Released: func(id string) { d.released <- id }, Logger: d.logger(),
	})
	d.must(err)
	return s.Handler()
}

// logger keeps what is logged.
func (d *desk) logger() *zap.Logger {
	core, logged := observer.New(zap.InfoLevel)
	d.logged = logged
	return zaptest.NewLogger(d, zaptest.WrapOptions(zap.WrapCore(func(c zapcore.Core) zapcore.Core { return zapcore.NewTee(c, core) })))
}

func (d *desk) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

// reply is a response that has been read.
type reply struct {
	*http.Response
	body []byte
}

const version = "api-version=2026-03-12"

// ask sends a signed request; headers are pairs of name and value.
func (d *desk) ask(method, target, body string, headers ...string) reply {
	d.Helper()
	r, err := http.NewRequestWithContext(d.Context(), method, d.URL+target, strings.NewReader(body))
	d.must(err)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if r.Header.Get("Authorization") == "" {
		Sign(r, []byte(body), testKey, time.Now())
	}
	resp, err := d.Client().Do(r)
	d.must(err)
	defer resp.Body.Close() //nolint:errcheck // read to its end
	read, err := io.ReadAll(resp.Body)
	d.must(err)
	return reply{resp, read}
}

// ok asks for something in the contract's version and wants that status.
func (d *desk) ok(status int, method, target, body string, headers ...string) map[string]any {
	d.Helper()
	r := d.ask(method, target+"?"+version, body, headers...)
	if r.StatusCode != status {
		d.Fatalf("%s %s: %s %s", method, target, r.Status, r.body)
	}
	into := map[string]any{}
	if len(r.body) > 0 {
		d.must(json.Unmarshal(r.body, &into))
	}
	return into
}

// refused wants a failure in the contract's envelope.
func (d *desk) refused(r reply, status int, code string) {
	d.Helper()
	var e struct {
		Error struct{ Code, Message, Target string }
	}
	err := json.Unmarshal(r.body, &e)
	if err != nil || r.StatusCode != status || e.Error.Code != code || e.Error.Message == "" {
		d.Errorf("%s %s: %s %s, want %d/%s", r.Request.Method, r.Request.URL, r.Status, r.body, status, code)
	}
	if h := r.Header.Get("x-ms-error-code"); h != code {
		d.Errorf("x-ms-error-code %q, want %q", h, code)
	}
	if bytes.Contains(r.body, []byte("null")) {
		d.Errorf("a null in %s", r.body)
	}
}

// connected is a call from an application to bob, who has answered.
func (d *desk) connected() string {
	d.Helper()
	p := d.ok(201, "POST", "/calling/callConnections", createBody)
	id, _ := p["callConnectionId"].(string)
	d.accept()
	d.settled(id, "connected")
	return cnPath(id)
}

// accept has whoever rings come in.
func (d *desk) accept() {
	d.Helper()
	_, err := (<-d.bell).Accept(d.Context(), call.Acceptance{Leg: &phone{}})
	d.must(err)
}

func cnPath(id string) string { return "/calling/callConnections/" + id }

// settled waits for a state of a connection.
func (d *desk) settled(id, state string) {
	d.Helper()
	if !waits(d.Context(), 5*time.Second, func() bool { return d.ok(200, "GET", cnPath(id), "")["callConnectionState"] == state }) {
		d.Fatalf("it is not %s", state)
	}
}

const createBody = `{"targets":[{"rawId":"8:acs:r_bob","communicationUser":{"id":"8:acs:r_bob"}}],"callbackUri":"https://app.example/cb?a=b:c+d","operationContext":null}`
