package stream

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
)

// burst is a port to which 20 ms of sound come now and then, and that notes when
// it hears something.
type burst struct {
	mu      sync.Mutex
	waiting bool
	coming  bool
	quiet   bool
	heard   chan time.Time
}

func (p *burst) arrive() { p.mu.Lock(); p.waiting = true; p.mu.Unlock() }

func (p *burst) Level() uint8 {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.coming, p.waiting = p.waiting, false
	if p.coming {
		return 20
	}
	return media.Silent
}

func (p *burst) Read(f *media.Frame) error {
	f.Resize(media.FrameSize, media.Rate)
	f.Silence()
	if p.coming {
		_ = media.Tone(1000, -20).Read(f)
	}
	return nil
}

func (*burst) Skip()                {}
func (*burst) Format() media.Format { return media.Format{} }

func (p *burst) Hear(s media.Sound) {
	loud := media.Level(s.Frame) < 60
	if loud && p.quiet {
		select {
		case p.heard <- time.Now():
		default:
		}
	}
	p.quiet = !loud
}

// printed are delays as the benchmark prints them.
func printed(b *testing.B, delays []time.Duration) {
	b.Helper()
	slices.Sort(delays)
	at := func(part int) float64 { return float64(delays[len(delays)*part/100]) / float64(media.FrameDuration) }
	b.ReportMetric(at(50), "p50-frames")
	b.ReportMetric(at(99), "p99-frames")
	b.ReportMetric(0, "ns/op")
}

// bench is a bridge whose mix goes to a socket of ours and whose voice comes from
// it.
func bench(b *testing.B, p *burst, serve func(*websocket.Conn)) {
	b.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		serve(conn)
		_ = conn.CloseNow()
	}))
	b.Cleanup(server.Close)
	alarm, err := mix.NewAlarm()
	if err != nil {
		b.Fatal(err)
	}
	clock := mix.NewClock(mix.Config{Alarm: alarm})
	b.Cleanup(func() { _ = clock.Close(context.Background()) })
	bridge := clock.NewBridge(mix.Options{})
	bridge.Join("person", p)
	stats := new(Stats)
	voice, err := NewVoice(24000, stats, nil)
	if err != nil {
		b.Fatal(err)
	}
	bridge.Join("application", voice)
	q := NewQueue(1, stats)
	tap, err := bridge.Tap(media.TapOptions{Rate: 24000, Without: "application"})
	if err != nil {
		b.Fatal(err)
	}
	go func() {
		var t media.Tapped
		for tap.Read(&t) == nil {
			q.Audio(Mixed(&t.Frame, time.Now(), nil))
		}
	}()
	link := &Link{
		Dialer: &Dialer{HTTP: server.Client(), Token: func() (string, error) { return "t", nil }, Stats: stats, Now: time.Now},
		Target: Target{URL: "ws" + strings.TrimPrefix(server.URL, "http")}, Queue: q,
		Greeting: func() [][]byte { return nil }, Opened: func(bool) {},
		Receive: func(own, binary bool, message []byte) {
			if in, err := Read(message, own, binary); err == nil && in.Kind == SaysAudio {
				voice.Say(in.Samples)
			}
		},
	}
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan error, 1)
	go func() { over <- link.Run(ctx) }()
	b.Cleanup(func() { cancel(); <-over })
}

// now and then is when sound comes: at no fixed place between two ticks.
func between(i int) time.Duration {
	return 100*time.Millisecond + time.Duration(i*37%200)*100*time.Microsecond
}

// BenchmarkMicrophoneToSocket is how long sound takes that has come to a port,
// such as from a jitter buffer, until the application has received it: the wait
// for the tick of the bridge, half a frame on average, and what is done then.
func BenchmarkMicrophoneToSocket(b *testing.B) {
	p := &burst{heard: make(chan time.Time, 1)}
	received := make(chan time.Time, 1)
	bench(b, p, func(conn *websocket.Conn) {
		loud := false
		for {
			_, message, err := conn.Read(context.Background())
			if err != nil {
				return
			}
			var m struct{ AudioData struct{ Silent bool } }
			_ = json.Unmarshal(message, &m)
			if !m.AudioData.Silent && !loud {
				received <- time.Now()
			}
			loud = !m.AudioData.Silent
		}
	})
	delays := make([]time.Duration, 0, b.N)
	for i := range b.N {
		<-time.After(between(i))
		began := time.Now()
		p.arrive()
		delays = append(delays, (<-received).Sub(began))
	}
	printed(b, delays)
}

// BenchmarkSocketToSpeaker is how long 20 ms take that the application sends until
// they are handed to who hears them.
func BenchmarkSocketToSpeaker(b *testing.B) {
	p := &burst{heard: make(chan time.Time, 1), quiet: true}
	opened := make(chan *websocket.Conn, 1)
	bench(b, p, func(conn *websocket.Conn) {
		opened <- conn
		for {
			if _, _, err := conn.Read(context.Background()); err != nil {
				return
			}
		}
	})
	conn := <-opened
	said := appendAudio(nil, &Packet{PCM: appendPCM(nil, tone(1000, 20*time.Millisecond))})
	delays := make([]time.Duration, 0, b.N)
	for i := range b.N {
		<-time.After(300*time.Millisecond + between(i)) // so that it is no gap
		began := time.Now()
		if err := conn.Write(b.Context(), websocket.MessageText, said); err != nil {
			b.Fatal(err)
		}
		delays = append(delays, (<-p.heard).Sub(began))
	}
	printed(b, delays)
}
