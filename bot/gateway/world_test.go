package gateway_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/gateway"
	"github.com/botd-dev/botd/bot/local"
	"github.com/botd-dev/botd/bot/remote"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
	"github.com/botd-dev/botd/media/prompt"
)

const (
	alice identity.ID = "8:acs:r_alice"
	echo  identity.ID = "echo"
)

// book is a journal in memory.
type book struct {
	mu    sync.Mutex
	types []string
	saved []string
}

func (b *book) Append(_ string, records []call.Record, done func(error)) {
	b.mu.Lock()
	for _, r := range records {
		if r.Connection == "" {
			continue
		}
		b.types = append(b.types, strings.TrimPrefix(r.Type, "Microsoft.Communication."))
		if r.Type == "botd.bot.saved" {
			var data struct{ State json.RawMessage }
			_ = json.Unmarshal(r.Data, &data) // an empty state is seen
			b.saved = append(b.saved, string(data.State))
		}
	}
	b.mu.Unlock()
	done(nil)
}

// told lists the events of connections so far, but for who speaks.
func (b *book) told() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var names []string
	for _, kind := range b.types {
		if kind != "botd.dominantspeakers.changed" {
			names = append(names, kind)
		}
	}
	return strings.Join(names, " ")
}

// chimes are prompts that are all one second of 1 kHz.
type chimes struct{}

func (chimes) Open(context.Context, ...prompt.Source) (media.Source, error) {
	return media.Chain(media.Tone(1000, 20), media.Limit(time.Second)), nil
}

func (chimes) Prepare(context.Context, ...prompt.Source) (*prompt.Prompt, error) {
	return nil, errors.ErrUnsupported
}

// person is somebody in a call who says one thing and keeps what they hear.
type person struct {
	p     *call.Participant
	pair  *media.Pair
	why   chan call.Reason
	mu    sync.Mutex
	heard []int16
}

func (l *person) Kind() string               { return "fake" }
func (l *person) Attach(p *call.Participant) { l.p = p }
func (l *person) Accept()                    { go l.p.Connected() }
func (l *person) Port() media.Port           { return l.pair }
func (l *person) Show(call.Roster)           {}
func (l *person) Mute()                      {}
func (l *person) Unmute()                    {}
func (l *person) Hangup(why call.Reason)     { l.why <- why; l.pair.Close() }

// listen keeps what they hear, to the end.
func (l *person) listen() {
	f := media.NewFrame(media.Rate)
	for speaker := l.pair.Speaker(); speaker.Read(f) == nil; {
		l.mu.Lock()
		l.heard = append(l.heard, f.Samples...)
		l.mu.Unlock()
	}
}

// sound is what they have heard of the last while.
func (l *person) sound(last time.Duration) []int16 {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := min(len(l.heard), int(last*media.Rate/time.Second))
	return append([]int16(nil), l.heard[len(l.heard)-n:]...)
}

// wires are connections in memory, which can be cut.
type wires struct {
	mu    sync.Mutex
	calls chan net.Conn
	open  []net.Conn
	cut   bool
	done  chan struct{}
	once  sync.Once
}

func (w *wires) Accept() (net.Conn, error) {
	select {
	case c := <-w.calls:
		return c, nil
	case <-w.done:
		return nil, net.ErrClosed
	}
}

func (w *wires) Close() error   { w.once.Do(func() { close(w.done) }); return nil }
func (w *wires) Addr() net.Addr { return &net.UnixAddr{Name: "memory"} }

func (w *wires) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cut {
		return nil, errors.New("the wires are cut")
	}
	a, b := net.Pipe()
	here, there := buffer(a), buffer(b)
	select {
	case w.calls <- there:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	w.open = append(w.open, here)
	return here, nil
}

// sever cuts every wire; nobody comes through if they stay cut.
func (w *wires) sever(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = cut
	for _, c := range w.open {
		_ = c.Close()
	}
	w.open = nil
}

// world is a server with a gateway, and wires to it.
type world struct {
	*testing.T
	book    *book
	calls   *call.Registry
	bots    *local.Bots
	gateway *gateway.Gateway
	wires   *wires
}

// inWorld runs a test in virtual time. Bots given here run in the server itself.
func inWorld(t *testing.T, inside map[identity.ID]bot.Handler, f func(w *world)) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{T: t, book: &book{}, wires: &wires{calls: make(chan net.Conn), done: make(chan struct{})}}
		contexts := automation.NewContexts(make([]byte, 32), time.Now)
		clock := mix.NewClock(mix.Config{})
		w.calls = call.NewRegistry(call.Config{
			Journal: w.book, Now: time.Now, Random: rand.Reader, IncomingContext: contexts.Seal, Log: zap.NewNop(),
			NewBridge: func(h call.Heard) call.Bridge { return clock.NewBridge(mix.Options{Speaking: h.Speaking}) },
		})
		service := automation.New(automation.Config{
			Calls: w.calls, Contexts: contexts, Prompts: chimes{},
			CheckURI: func(context.Context, string) error { return nil },
		})
		w.gateway = gateway.New(gateway.Config{
			Authorize: func(r *http.Request) error {
				if r.Header.Get("Authorization") != "Bearer good" {
					return errors.New("no")
				}
				return nil
			},
			Refuse: func(rw http.ResponseWriter, _ *http.Request, err error) {
				http.Error(rw, err.Error(), http.StatusUnauthorized)
			},
			Taken: func(id identity.ID) bool { return inside[id] != nil },
			Log:   zap.NewNop(),
		})
		w.bots = local.New(local.Config{
			Service: service, Contexts: contexts, Elsewhere: w.gateway, Log: zap.NewNop(),
		}, inside)
		w.calls.Reach(w.bots)
		server := &http.Server{Handler: w.gateway, ReadHeaderTimeout: time.Second}
		served := make(chan struct{})
		go func() { defer close(served); _ = server.Serve(w.wires) }()
		f(w)
		for _, stop := range []func(context.Context) error{w.calls.Close, w.bots.Close, w.gateway.Close, clock.Close} {
			if err := stop(context.Background()); err != nil {
				t.Error(err)
			}
		}
		_ = server.Close()
		<-served
	})
}

// process runs bots elsewhere; the function that it returns stops them and gives
// what Run returned.
func (w *world) process(token string, bots ...remote.Option) (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	result := make(chan error, 1)
	transport := &http.Transport{DialContext: w.wires.dial}
	go func() {
		result <- remote.Run(ctx, remote.Config{
			URL: "http://botd", Token: func(context.Context) (string, error) { return token, nil },
			HTTP: &http.Client{Transport: transport},
		}, bots...)
		transport.CloseIdleConnections()
	}()
	synctest.Wait()
	return func() error {
		cancel()
		return <-result
	}
}

// offer has alice call the bot, saying a tone.
func (w *world) offer(hz float64) *person {
	w.Helper()
	l := &person{why: make(chan call.Reason, 1), pair: media.NewPair()}
	if _, err := w.calls.Offer(w.Context(), call.Offer{Leg: l, From: alice, To: []identity.ID{echo}}); err != nil {
		w.Fatal(err)
	}
	go l.listen()
	go func() { _ = media.Copy(context.Background(), l.pair.Microphone(), media.Tone(hz, 20)) }()
	synctest.Wait()
	return l
}

// pass lets virtual time pass.
func (w *world) pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// buffered is an end of a wire that takes what is written as a kernel does,
// without waiting for the other end to read.
type buffered struct {
	net.Conn
	queue chan []byte
	done  chan struct{}
	once  sync.Once
}

func buffer(c net.Conn) *buffered {
	b := &buffered{Conn: c, queue: make(chan []byte, 256), done: make(chan struct{})}
	go func() {
		for {
			select {
			case data := <-b.queue:
				if _, err := c.Write(data); err != nil {
					return
				}
			case <-b.done:
				return
			}
		}
	}()
	return b
}

func (b *buffered) Write(data []byte) (int, error) {
	select {
	case b.queue <- append([]byte(nil), data...):
		return len(data), nil
	case <-b.done:
		return 0, net.ErrClosed
	}
}

func (b *buffered) Close() error {
	b.once.Do(func() { close(b.done) })
	return b.Conn.Close()
}
