package stream

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
	"github.com/botd-dev/botd/media/mix"
)

// wire is a network in memory that holds nothing: who writes waits for who reads.
type wire struct {
	conns chan net.Conn
	done  chan struct{}
}

func (w *wire) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case w.conns <- far:
		return near, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (w *wire) Accept() (net.Conn, error) {
	select {
	case c := <-w.conns:
		return c, nil
	case <-w.done:
		return nil, net.ErrClosed
	}
}

func (w *wire) Close() error   { return nil }
func (w *wire) Addr() net.Addr { return &net.IPAddr{} }

// office is an application's server on a wire, in fake time.
type office struct {
	*testing.T
	dialer *Dialer
	serve  func(conn *websocket.Conn, attempt int)
	status func(attempt int) int
	byHand http.HandlerFunc // answers instead, if there is one

	mu       sync.Mutex
	attempts int
}

// inOffice runs f in fake time with a server that does with every socket what
// serve says.
func inOffice(t *testing.T, serve func(conn *websocket.Conn, attempt int), f func(o *office)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{make(chan net.Conn), make(chan struct{})}
		out := &http.Transport{DialContext: w.dial}
		o := &office{T: t, serve: serve, status: func(int) int { return 0 }, dialer: &Dialer{
			HTTP: &http.Client{Transport: out}, Token: func() (string, error) { return "t", nil }, Stats: new(Stats), Now: time.Now,
		}}
		server := &http.Server{Handler: o, ReadHeaderTimeout: time.Second}
		over := make(chan struct{})
		go func() { _ = server.Serve(w); close(over) }()
		f(o)
		out.CloseIdleConnections()
		close(w.done)
		_ = server.Close()
		<-over
		time.Sleep(time.Minute) // what is left of connections
	})
}

func (o *office) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	attempt := o.attempts
	o.attempts++
	o.mu.Unlock()
	if o.byHand != nil {
		o.byHand(w, r)
		return
	}
	if status := o.status(attempt); status != 0 {
		w.WriteHeader(status)
		return
	}
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		o.Error(err)
		return
	}
	conn.SetReadLimit(-1)
	o.serve(conn, attempt)
	_ = conn.CloseNow()
}

// link is one to the office that greets with "hello".
func (o *office) link(q *Queue) *Link {
	return &Link{
		Dialer: o.dialer, Target: Target{URL: "ws://office/"}, Queue: q,
		Greeting: func() [][]byte { return [][]byte{[]byte(`{"kind":"hello"}`)} },
		Receive:  func(bool, bool, []byte) {}, Opened: func(bool) {},
	}
}

// heardOn reads audio until the socket ends, and hands on its samples.
func heardOn(conn *websocket.Conn, take func([]int16)) {
	for {
		_, message, err := conn.Read(context.Background())
		if err != nil {
			return
		}
		var m struct{ AudioData struct{ Data string } }
		if json.Unmarshal(message, &m) != nil {
			return
		}
		pcm, _ := base64.StdEncoding.DecodeString(m.AudioData.Data)
		take(samplesOf(pcm))
	}
}

// singer is a port that says a tone and hears the others.
type singer struct {
	ear
	says   media.Source
	coming media.Frame
}

func (s *singer) Level() uint8 {
	_ = s.says.Read(&s.coming)
	return media.Level(&s.coming)
}

func (s *singer) Read(f *media.Frame) error {
	f.Resize(media.FrameSize, media.Rate)
	copy(f.Samples, s.coming.Samples)
	return nil
}

// sends carries the mix of a bridge to a queue until the bridge ends.
func sends(b *mix.Bridge, q *Queue) error {
	tap, err := b.Tap(media.TapOptions{Rate: 16000})
	if err != nil {
		return err
	}
	go func() {
		var t media.Tapped
		for tap.Read(&t) == nil {
			q.Audio(Mixed(&t.Frame, time.Now(), nil))
		}
	}()
	return nil
}

func TestAReaderThatStallsForTenSecondsCostsTheCallNothing(t *testing.T) {
	var mu sync.Mutex
	var got []int16
	stall := func(conn *websocket.Conn, _ int) {
		_, _, _ = conn.Read(context.Background())
		time.Sleep(10 * time.Second)
		heardOn(conn, func(s []int16) { mu.Lock(); got = append(got, s...); mu.Unlock() })
	}
	inOffice(t, stall, func(o *office) {
		clock := mix.NewClock(mix.Config{})
		b := clock.NewBridge(mix.Options{})
		one, other := &singer{says: media.Tone(400, -20)}, &singer{says: media.Tone(1000, -20)}
		b.Join("one", one)
		b.Join("other", other)
		q := NewQueue(1, o.dialer.Stats)
		if err := sends(b, q); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(o.Context())
		over := make(chan error, 1)
		go func() { over <- o.link(q).Run(ctx) }()
		time.Sleep(15 * time.Second)
		if s := clock.Stats(); s.Late+s.Skipped != 0 {
			t.Errorf("%d ticks were late, %d left out", s.Late, s.Skipped)
		}
		sound := one.sound()
		sound = sound[onset(sound):]
		if hz, part := measure.Peak(sound, media.Rate); math.Abs(hz-1000) > 1 || part < 0.99 {
			t.Errorf("the others hear %.1f Hz, %.3f of it", hz, part)
		}
		if g := measure.Gaps(sound, media.Rate, -40); g != nil {
			t.Errorf("the others hear gaps: %v", g)
		}
		if n := o.dialer.Stats.Dropped.Load(); n < 390 || n > 410 {
			t.Errorf("%d packets were dropped; 10 s are 500 and 2 s wait", n)
		}
		mu.Lock()
		if n := len(got) / 16000; n < 6 {
			t.Errorf("%d s came after the stall", n)
		}
		mu.Unlock()
		if o.attempts != 1 {
			t.Errorf("%d sockets", o.attempts)
		}
		cancel()
		if err := <-over; err != nil {
			t.Error(err)
		}
		if err := clock.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

func TestAReaderThatStallsForGoodHasItsSocketOpenedAgain(t *testing.T) {
	var again chan time.Time
	serve := func(conn *websocket.Conn, attempt int) {
		if attempt == 0 {
			_, _, _ = conn.Read(context.Background())
			time.Sleep(time.Hour)
			return
		}
		_, message, _ := conn.Read(context.Background())
		if string(message) == `{"kind":"hello"}` {
			again <- time.Now()
		}
		heardOn(conn, func([]int16) {})
	}
	inOffice(t, serve, func(o *office) {
		again = make(chan time.Time, 1)
		q := NewQueue(1, o.dialer.Stats)
		ctx, cancel := context.WithCancel(o.Context())
		began, over := time.Now(), make(chan error, 1)
		go func() { over <- o.link(q).Run(ctx) }()
		q.Audio(Packet{PCM: make([]byte, 640)})
		if took := (<-again).Sub(began); took < writeTimeout || took > writeTimeout+time.Second {
			t.Errorf("opened again after %v", took)
		}
		cancel()
		if err := <-over; err != nil {
			t.Error(err)
		}
		time.Sleep(2 * time.Hour)
	})
}

func TestAServerThatIsGoneIsTriedForHalfAMinute(t *testing.T) {
	serve := func(conn *websocket.Conn, _ int) { _, _, _ = conn.Read(context.Background()) } // and closes
	inOffice(t, serve, func(o *office) {
		o.status = func(attempt int) int { return map[bool]int{true: 0, false: 503}[attempt == 0] }
		began := time.Now()
		err := o.link(NewQueue(1, o.dialer.Stats)).Run(o.Context())
		if took := time.Since(began); !errors.Is(err, ErrLost) || took < 20*time.Second || took > 31*time.Second {
			t.Errorf("%v after %v", err, took)
		}
		if o.attempts < 8 || o.attempts > 12 {
			t.Errorf("%d attempts", o.attempts)
		}
	})
}

func TestAServerThatTakesAndDropsEverySocketIsGivenUp(t *testing.T) {
	serve := func(conn *websocket.Conn, _ int) { _, _, _ = conn.Read(context.Background()) }
	inOffice(t, serve, func(o *office) {
		began := time.Now()
		err := o.link(NewQueue(1, o.dialer.Stats)).Run(o.Context())
		if took := time.Since(began); !errors.Is(err, ErrLost) || took > 31*time.Second {
			t.Errorf("%v after %v", err, took)
		}
		if o.attempts > 12 {
			t.Errorf("%d attempts", o.attempts)
		}
	})
}

func TestAStopWhileItIsBeingOpenedIsNoFailure(t *testing.T) {
	inOffice(t, func(*websocket.Conn, int) {}, func(o *office) {
		o.status = func(int) int { time.Sleep(3 * time.Second); return 503 }
		ctx, cancel := context.WithTimeout(o.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if err := o.link(NewQueue(1, o.dialer.Stats)).Run(ctx); err != nil || time.Since(began) > 2*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		time.Sleep(time.Minute)
	})
}
