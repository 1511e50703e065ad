package main

import (
	"bytes"
	"context"
	"math"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/bottest"
	"github.com/botd-dev/botd/internal/realtime"
	"github.com/botd-dev/botd/media"
)

// wire is the network to a model, in memory, so that virtual time rules it. It fits
// net.Listener.
type wire struct {
	calls  chan net.Conn
	closed chan struct{}
	last   net.Conn
}

func (w *wire) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	w.last = here
	select {
	case w.calls <- newBuffered(there):
		return newBuffered(here), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (w *wire) Accept() (net.Conn, error) {
	select {
	case c := <-w.calls:
		return c, nil
	case <-w.closed:
		return nil, net.ErrClosed
	}
}

func (w *wire) Close() error   { close(w.closed); return nil }
func (w *wire) Addr() net.Addr { return &net.TCPAddr{} }

// buffered is one end of a connection, which takes what is written at once.
type buffered struct {
	net.Conn
	written chan []byte
	closed  chan struct{}
	closing sync.Once
}

func newBuffered(c net.Conn) *buffered {
	b := &buffered{Conn: c, written: make(chan []byte, 10_000), closed: make(chan struct{})}
	go func() {
		for {
			select {
			case p := <-b.written:
				_, _ = c.Write(p) // who reads learns of the end
			case <-b.closed:
				return
			}
		}
	}()
	return b
}

func (b *buffered) Write(p []byte) (int, error) {
	select {
	case b.written <- bytes.Clone(p):
		return len(p), nil
	case <-b.closed:
		return 0, net.ErrClosed
	}
}

func (b *buffered) Close() error {
	b.closing.Do(func() { close(b.closed) })
	return b.Conn.Close()
}

// scene is a call of alice's with a model that answers with 880 Hz.
type scene struct {
	*bottest.Script
	alice *bottest.Person
	wire  *wire
	last  time.Duration // when she heard it last
	lasts time.Duration // for how long, in all
}

// with gives a play with a model.
func with(t *testing.T, model *realtime.Server, key string, script func(s *scene)) {
	t.Helper()
	model.Key, model.Hertz = "secret", 880
	a := agent{url: "ws://model/", key: key}
	answer := func(ctx context.Context, c *bot.Call) error { return a.answer(ctx, c) }
	bottest.Run(t, answer, func(play *bottest.Script) {
		s := &scene{Script: play, alice: play.Person("alice"), wire: &wire{calls: make(chan net.Conn), closed: make(chan struct{})}}
		server := &http.Server{Handler: model, ReadHeaderTimeout: time.Minute}
		go func() { _ = server.Serve(s.wire) }()
		defer func() { _ = server.Close() }()
		a.client = &http.Client{Transport: &http.Transport{DialContext: s.wire.dial, DisableKeepAlives: true}}
		s.alice.Listen(func(sound []int16) {
			if amplitude(sound, 880) > 4000 {
				s.last, s.lasts = s.Elapsed(), s.lasts+media.FrameDuration
			}
		})
		s.alice.Calls()
		script(s)
	})
}

// amplitude is that of a tone in 20 ms at 48 kHz.
func amplitude(sound []int16, hertz float64) float64 {
	var re, im float64
	for i, v := range sound {
		sin, cos := math.Sincos(2 * math.Pi * hertz * float64(i) / media.Rate)
		re, im = re+float64(v)*cos, im+float64(v)*sin
	}
	return 2 * math.Hypot(re, im) / media.FrameSize
}

func TestTheModelAnswersWhoSpeaks(t *testing.T) {
	model := &realtime.Server{}
	with(t, model, "secret", func(s *scene) {
		s.alice.Waits(2 * time.Second)
		if s.lasts > 0 {
			s.Fails("it spoke unasked")
		}
		s.alice.Says("What time is it?")
		asked := s.Elapsed()
		s.Passes(5 * time.Second)
		if took := s.last - s.lasts - asked; took < 0 || took > 700*time.Millisecond {
			s.Fails("it answered after %v", took)
		}
		if (s.lasts - 3*time.Second).Abs() > 40*time.Millisecond {
			s.Fails("it spoke for %v", s.lasts)
		}
		s.alice.HangsUp()
		s.Happens("CallDisconnected")
	})
}

func TestWhoInterruptsIsListenedTo(t *testing.T) {
	model := &realtime.Server{Lasting: time.Minute}
	with(t, model, "secret", func(s *scene) {
		s.alice.Says("Tell me a story.")
		s.Passes(5 * time.Second)
		began := s.Elapsed()
		s.alice.BeginsToSay("Thank you very much, that is really quite enough for today.")
		s.Passes(1500 * time.Millisecond) // she is still speaking
		if took := s.last - began; took < 0 || took > 250*time.Millisecond {
			s.Fails("it fell silent after %v", took)
		}
		t.Logf("it was silent %v after she began to speak", s.last-began)
		if model.Interrupted() != 1 || (model.Heard()-s.lasts).Abs() > 80*time.Millisecond {
			s.Fails("she heard %v; the model was interrupted %d times and believes %v", s.lasts, model.Interrupted(), model.Heard())
		}
		heard := s.lasts
		s.Passes(5 * time.Second)
		if model.Answered() != 2 || s.lasts == heard {
			s.Fails("%d answers, and what came after the interruption was heard for %v", model.Answered(), s.lasts-heard)
		}
	})
}

func TestAModelThatIsGoneIsNoReasonToHangUpWithoutAWord(t *testing.T) {
	with(t, &realtime.Server{}, "secret", func(s *scene) {
		s.alice.Says("Are you there?")
		s.Passes(time.Second)
		_ = s.wire.last.Close()
		s.alice.Hears("sorry nobody can talk with you now")
		s.alice.IsHungUpOn()
	})
}

func TestAKeyThatIsRefusedIsToldToTheCaller(t *testing.T) {
	with(t, &realtime.Server{}, "wrong", func(s *scene) {
		s.alice.Hears("sorry nobody can talk with you now")
		s.alice.IsHungUpOn()
	})
}
