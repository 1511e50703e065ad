package gateway_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/remote"
	"github.com/botd-dev/botd/bot/wire"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
)

// raw is a socket of somebody who says what they like.
type raw struct {
	conn *websocket.Conn
	came chan []byte
	code websocket.StatusCode // once came is closed
}

// raw opens a socket, says something on it and reads what comes.
func (w *world) raw(say ...any) *raw {
	w.Helper()
	transport := &http.Transport{DialContext: w.wires.dial}
	conn, res, err := websocket.Dial(w.Context(), "http://botd/bots", &websocket.DialOptions{
		HTTPClient: &http.Client{Transport: transport}, HTTPHeader: http.Header{"Authorization": {"Bearer good"}},
	})
	if err != nil {
		w.Fatal(err)
	}
	_ = res // the socket is its body
	r := &raw{conn: conn, came: make(chan []byte, 100)}
	go r.read()
	for _, s := range say {
		var err error
		switch s := s.(type) {
		case string:
			err = conn.Write(w.Context(), websocket.MessageText, []byte(s))
		case []byte:
			err = conn.Write(w.Context(), websocket.MessageBinary, s)
		}
		if err != nil {
			break // it has been cut
		}
	}
	return r
}

func (r *raw) read() {
	defer close(r.came)
	defer func() { _ = r.conn.CloseNow() }()
	for {
		_, data, err := r.conn.Read(context.Background())
		if err != nil {
			r.code = websocket.CloseStatus(err)
			return
		}
		r.came <- data
	}
}

// closed waits until the socket is closed and says with which code.
func (r *raw) closed() websocket.StatusCode {
	for range r.came { // until it is closed
	}
	return r.code
}

const hello = `{"type":"hello","version":1,"names":[{"rawId":"bad"}]}`

func TestWhoDoesNotKeepTheRulesIsCutAndNobodyElse(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		stop := w.process("good", remote.Bot("echo", parrot))
		l := w.offer(440)
		refused := int64(0)
		for name, say := range map[string][]any{
			"no JSON":                   {`{`},
			"a frame first":             {[]byte{1, 2, 3}},
			"no hello":                  {`{"type":"do","n":1}`},
			"another version":           {`{"type":"hello","version":2,"names":[{"rawId":"bad"}]}`},
			"no names":                  {`{"type":"hello","version":1}`},
			"an empty name":             {`{"type":"hello","version":1,"names":[null]}`},
			"a long name":               {`{"type":"hello","version":1,"names":[{"rawId":"` + strings.Repeat("a", 300) + `"}]}`},
			"too many calls":            {`{"type":"hello","version":1,"calls":1000000,"names":[{"rawId":"bad"}]}`},
			"received what nobody sent": {`{"type":"hello","version":1,"received":7,"session":"none","names":[{"rawId":"bad"}]}`, `{"type":"receipt","ack":9}`},
			"an unknown message":        {hello, `{"type":"fly","n":1}`},
			"a message is missing":      {hello, `{"type":"people","n":2}`},
			"a broken frame":            {hello, []byte{1, 2, 3}},
			"a huge message":            {hello, `{"type":"do","n":1,"result":"` + strings.Repeat("a", wire.MaxRequest) + `"}`},
			"nothing in time":           {},
		} {
			want := websocket.StatusPolicyViolation
			switch name {
			case "a huge message":
				want = websocket.StatusMessageTooBig
			case "nothing in time":
				want = -1 // without a word
			}
			if code := w.raw(say...).closed(); code != want {
				w.Errorf("%s: closed with %v", name, code)
			}
			if want == websocket.StatusPolicyViolation {
				refused++
			}
			if synctest.Wait(); w.gateway.Has("bad") {
				w.Errorf("%s: it is still known", name)
			}
		}
		if s := w.gateway.Stats(); s.Refused != refused || s.Processes != 1 {
			w.Errorf("%+v, want %d refused and one process", s, refused)
		}
		w.pass(time.Second)
		if hz, _ := measure.Peak(l.sound(time.Second), media.Rate); hz < 435 || hz > 445 {
			w.Errorf("the others heard %.0f Hz", hz)
		}
		w.pass(6 * time.Second)
		if w.gateway.Has("bad") {
			w.Error("it is known for ever")
		}
		l.p.Gone(call.ReasonLocal)
		if err := stop(); err != nil {
			w.Error(err)
		}
	})
}

func TestRequestsForCallsOfOthersAreRefused(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		stop := w.process("good", remote.Bot("echo", parrot))
		l := w.offer(440) // call 1 of another process
		conn := w.raw(hello,
			`{"type":"do","n":1,"call":1,"id":5,"action":{"do":"terminate"}}`,
			`{"type":"acked","n":2,"call":1,"sequence":100}`, `{"type":"returned","n":3,"call":1}`,
			wire.Frame{Kind: wire.Said, Call: 1, Rate: 8000, PCM: make([]byte, 320)}.Append(nil))
		for _, want := range []wire.Kind{wire.Welcome, wire.Done} {
			m, err := wire.Parse(<-conn.came)
			if err != nil || m.Kind != want {
				w.Fatalf("got %+v, %v, want %s", m, err, want)
			}
			if want == wire.Done && (m.ID != 5 || m.Error == nil || m.Error.Code != "ended") {
				w.Errorf("answered %+v", m)
			}
		}
		_ = conn.conn.Close(websocket.StatusNormalClosure, "")
		w.pass(time.Second)
		select {
		case why := <-l.why:
			w.Errorf("the call ended: %v", why)
		default:
		}
		l.p.Gone(call.ReasonLocal)
		if err := stop(); err != nil {
			w.Error(err)
		}
	})
}

func TestACallThatIsSlowDoesNotHoldUpTheOthers(t *testing.T) {
	free := make(chan struct{})
	slow := func(ctx context.Context, c *bot.Call) error {
		c.OnEvent(func(bot.Event) { <-free }) // it is done with no event
		_ = c.Speaker()                       // and reads none of this
		if _, err := c.Do(ctx, bot.Answer{}); err != nil {
			return err
		}
		for ctx.Err() == nil { // and makes more and more events
			_ = c.Save(ctx, 1)
			<-time.After(time.Millisecond)
		}
		return nil
	}
	inWorld(t, nil, func(w *world) {
		free = make(chan struct{})
		stop := w.process("good", remote.Bot("echo", parrot), remote.Bot("slow", slow))
		s := &person{why: make(chan call.Reason, 1), pair: media.NewPair()}
		if _, err := w.calls.Offer(w.Context(), call.Offer{Leg: s, From: "8:acs:r_bob", To: []identity.ID{"slow"}}); err != nil {
			w.Fatal(err)
		}
		w.pass(2 * time.Second)
		l := w.offer(440)
		w.pass(2 * time.Second)
		sound := l.sound(time.Second)
		if hz, part := measure.Peak(sound, media.Rate); hz < 435 || hz > 445 || part < 0.9 {
			w.Errorf("the other call hears %.0f Hz, %.2f of the sound", hz, part)
		}
		close(free)
		l.p.Gone(call.ReasonLocal)
		s.p.Gone(call.ReasonLocal)
		if err := stop(); err != nil {
			w.Error(err)
		}
	})
}

// taking is a process of somebody who says what they like, and has answered a
// call: number 1.
func (w *world) taking() (*raw, *person) {
	w.Helper()
	conn := w.raw(`{"type":"hello","version":1,"names":[{"rawId":"echo"}]}`)
	synctest.Wait()
	l := w.offer(440)
	conn.say(w, `{"type":"do","n":1,"call":1,"id":1,"action":{"do":"answer"}}`)
	synctest.Wait()
	return conn, l
}

func (r *raw) say(w *world, text string) {
	w.Helper()
	if err := r.conn.Write(w.Context(), websocket.MessageText, []byte(text)); err != nil {
		w.Fatal(err)
	}
}

func TestABotThatReturnsWithoutAWordIsNotLeftInItsCall(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		conn, l := w.taking()
		conn.say(w, `{"type":"returned","n":2,"call":1}`)
		w.pass(time.Second)
		select {
		case <-l.why:
		default:
			w.Errorf("alice talks to nobody; told %s", w.book.told())
			l.p.Gone(call.ReasonLocal)
		}
		_ = conn.conn.CloseNow()
	})
}

func TestWhoListensAgainAndAgainToSilenceHasNoMoreThanItsEars(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		conn := w.raw(`{"type":"hello","version":1,"names":[{"rawId":"echo"}]}`)
		go conn.closed()
		synctest.Wait()
		l := w.offer(440) // it is not answered, so there is nothing to be heard
		before, n := runtime.NumGoroutine(), 0
		for range 600 {
			n += 2
			conn.say(w, fmt.Sprintf(`{"type":"listen","n":%d,"call":1,"id":%d}`, n-1, n))
			synctest.Wait()
			conn.say(w, fmt.Sprintf(`{"type":"deafen","n":%d,"call":1}`, n))
			synctest.Wait()
		}
		if more := runtime.NumGoroutine() - before; more > 420 {
			w.Errorf("%d goroutines more", more)
		}
		l.p.Gone(call.ReasonLocal)
		w.pass(time.Second)
		_ = conn.conn.CloseNow()
	})
}

func TestASocketThatTakesThePlaceOfAnotherIsToldEverythingFromItsBeginning(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		conn := w.raw(hello, `{"type":"people","n":1,"call":9,"id":1}`, `{"type":"people","n":2,"call":9,"id":2}`)
		welcome, err := wire.Parse(<-conn.came)
		if err != nil {
			w.Fatal(err)
		}
		for range 100 {
			next := w.raw(fmt.Sprintf(`{"type":"hello","version":1,"session":%q,"names":[{"rawId":"bad"}]}`, welcome.Session))
			synctest.Wait()
			for _, want := range []uint64{0, 1, 2} {
				if m, err := wire.Parse(<-next.came); err != nil || m.Number != want {
					w.Fatalf("message %d is %+v, %v", want, m, err)
				}
			}
			_ = conn.conn.CloseNow()
			conn = next
		}
		_ = conn.conn.CloseNow()
	})
}

func TestABotThatSpeaksAtAnImpossibleRateIsToldSoAndKeepsItsCalls(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		said := make(chan error, 3)
		stop := w.process("good", remote.Bot("echo", func(ctx context.Context, c *bot.Call) error {
			if err := c.Answer(ctx); err != nil {
				return err
			}
			for _, rate := range []int{0, 4000, 96000} {
				said <- c.Microphone().Write(media.NewFrame(rate))
			}
			<-ctx.Done()
			return nil
		}))
		l := w.offer(440)
		w.pass(time.Second)
		for range 3 {
			if err := <-said; !errors.Is(err, bot.ErrInvalid) {
				w.Errorf("wrote: %v", err)
			}
		}
		if !w.gateway.Has("echo") {
			w.Error("the process is gone")
		}
		l.p.Gone(call.ReasonLocal)
		if err := stop(); err != nil {
			w.Error(err)
		}
	})
}
