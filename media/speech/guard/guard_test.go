package guard_test

import (
	"context"
	"errors"
	"io"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
	"github.com/botd-dev/botd/media/speech/espeak"
	"github.com/botd-dev/botd/media/speech/guard"
	"github.com/botd-dev/botd/media/speech/speechtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAGuardedProviderPassesTheSuite(t *testing.T) {
	speechtest.Run(t, func(*testing.T) speech.Synthesizer {
		return guard.Synthesizer(espeak.New(espeak.Config{}), guard.Config{})
	})
}

// speaks is a synthesizer of a function.
type speaks func(ctx context.Context) (media.Source, error)

func (f speaks) Synthesize(ctx context.Context, _ speech.Utterance) (media.Source, error) {
	return f(ctx)
}

// reads is a provider whose source is f.
func reads(f func(ctx context.Context, f *media.Frame) error) speaks {
	return func(ctx context.Context) (media.Source, error) {
		return media.SourceFunc(func(frame *media.Frame) error { return f(ctx, frame) }), nil
	}
}

// hang waits for the end of a context, and a while longer.
func hang(ctx context.Context) error {
	<-ctx.Done()
	time.Sleep(time.Minute) // in virtual time
	return ctx.Err()
}

func TestASynthesizerThatMisbehavesFailsInBoundedTime(t *testing.T) {
	for _, c := range []struct {
		says     string
		provider speaks
		want     error
		within   time.Duration
	}{
		{"it does not begin", func(ctx context.Context) (media.Source, error) { return nil, hang(ctx) }, speech.ErrTimeout, 26 * time.Second},
		{"it begins with nothing", func(context.Context) (media.Source, error) { return nil, nil }, speech.ErrUnavailable, 0},
		{"it breaks at once", func(context.Context) (media.Source, error) { panic("no") }, speech.ErrUnavailable, 0},
		{"it has an error of its own", func(context.Context) (media.Source, error) { return nil, errors.New("oops") }, speech.ErrUnavailable, 0},
		{"it knows what is wrong", func(context.Context) (media.Source, error) { return nil, speech.ErrAuth }, speech.ErrAuth, 0},
		{"it gives no frame", reads(func(ctx context.Context, _ *media.Frame) error { return hang(ctx) }), speech.ErrTimeout, 11 * time.Second},
		{"it breaks later", reads(func(context.Context, *media.Frame) error { panic("no") }), speech.ErrUnavailable, 0},
		{"its sound has no rate", reads(func(_ context.Context, f *media.Frame) error {
			f.Resize(160, 0)
			return nil
		}), speech.ErrUnavailable, 0},
		{"its sound is too fast", reads(func(_ context.Context, f *media.Frame) error {
			f.Resize(160, 1<<30)
			return nil
		}), speech.ErrUnavailable, 0},
		{"its frames are empty", reads(func(_ context.Context, f *media.Frame) error {
			f.Resize(0, 8000)
			return nil
		}), speech.ErrUnavailable, 0},
		{"it does not end", reads(func(_ context.Context, f *media.Frame) error {
			f.Resize(8000, 8000)
			return nil
		}), speech.ErrUnavailable, 0},
	} {
		t.Run(c.says, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				defer linger()
				began := time.Now()
				src, err := guard.Synthesizer(c.provider, guard.Config{}).Synthesize(t.Context(), speech.Utterance{Text: "hello"})
				f := media.NewFrame(8000)
				for err == nil {
					err = src.Read(f)
				}
				if took := time.Since(began); !errors.Is(err, c.want) || took > c.within {
					t.Errorf("%v after %v, want %v within %v", err, took, c.want, c.within)
				}
				if src != nil {
					if again := src.Read(f); !errors.Is(again, c.want) {
						t.Errorf("read once more: %v", again)
					}
				}
			})
		})
	}
}

func TestASourceThatComesTooLateIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := &closing{closed: make(chan struct{})}
		late := speaks(func(context.Context) (media.Source, error) {
			time.Sleep(time.Minute) // in virtual time
			return src, nil
		})
		if _, err := guard.Synthesizer(late, guard.Config{}).Synthesize(t.Context(), speech.Utterance{}); !errors.Is(err, speech.ErrTimeout) {
			t.Errorf("error is %v", err)
		}
		<-src.closed
	})
}

// closing is a source that tells when it was closed.
type closing struct{ closed chan struct{} }

func (c *closing) Read(*media.Frame) error { return io.EOF }

func (c *closing) Close() error {
	close(c.closed)
	return nil
}

func TestWordsComeThrough(t *testing.T) {
	g := guard.Synthesizer(speaks(func(context.Context) (media.Source, error) { return worded{}, nil }), guard.Config{})
	src, err := g.Synthesize(t.Context(), speech.Utterance{})
	if err != nil {
		t.Fatal(err)
	}
	timed, ok := src.(speech.Timed)
	if !ok || len(timed.Words()) != 1 {
		t.Errorf("%T has no words", src)
	}
	if err := src.Read(media.NewFrame(8000)); !errors.Is(err, io.EOF) {
		t.Errorf("read: %v", err)
	}
}

type worded struct{}

func (worded) Read(*media.Frame) error { return io.EOF }
func (worded) Words() []speech.Word    { return []speech.Word{{Text: "hello"}} }

// ear is one of functions; those that are nil do the least.
type ear struct {
	write func() error
	next  func() (speech.Heard, error)
	end   func()
}

func (e *ear) Listen(context.Context, speech.Listening) (speech.Ear, error) { return e, nil }

func (e *ear) Write(*media.Frame) error {
	if e.write == nil {
		return nil
	}
	return e.write()
}

func (e *ear) Next() (speech.Heard, error) { return e.next() }

func (e *ear) Finish() {}

func (e *ear) Close() error {
	if e.end != nil {
		e.end()
	}
	return nil
}

// linger waits, in virtual time, until those who hang have given up too.
func linger() { <-time.After(2 * time.Hour) }

func forever() (speech.Heard, error) {
	time.Sleep(time.Hour) // in virtual time
	return speech.Heard{}, io.EOF
}

func TestARecognizerThatMisbehavesFailsInBoundedTime(t *testing.T) {
	for _, c := range []struct {
		says     string
		provider *ear
		want     error
		within   time.Duration
	}{
		{"it hears nothing and does not end", &ear{next: forever}, speech.ErrTimeout, 21 * time.Second},
		{"it does not take a frame", &ear{next: forever, write: func() error {
			time.Sleep(time.Hour) // in virtual time
			return nil
		}}, speech.ErrTimeout, 11 * time.Second},
		{"it breaks when it is spoken to", &ear{next: forever, write: func() error { panic("no") }}, speech.ErrUnavailable, 0},
		{"it breaks when it should have heard", &ear{next: func() (speech.Heard, error) { panic("no") }}, speech.ErrUnavailable, 0},
		{"it has an error of its own", &ear{next: func() (speech.Heard, error) { return speech.Heard{}, errors.New("oops") }}, speech.ErrUnavailable, 0},
		{"it knows what is wrong", &ear{next: func() (speech.Heard, error) { return speech.Heard{}, speech.ErrBusy }}, speech.ErrBusy, 0},
		{"it hears a book", &ear{next: func() (speech.Heard, error) {
			return speech.Heard{Text: string(make([]byte, 1<<20)), Final: true}, nil
		}}, speech.ErrUnavailable, 0},
		{"it does not close", &ear{next: func() (speech.Heard, error) { return speech.Heard{}, speech.ErrBusy }, end: func() {
			time.Sleep(time.Hour) // in virtual time
		}}, speech.ErrBusy, time.Second},
	} {
		t.Run(c.says, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				defer linger()
				began := time.Now()
				e, err := guard.Recognizer(c.provider, guard.Config{}).Listen(t.Context(), speech.Listening{})
				if err != nil {
					t.Fatal(err)
				}
				if err := e.Write(media.NewFrame(8000)); err != nil && !errors.Is(err, io.ErrClosedPipe) {
					t.Error(err)
				}
				e.Finish()
				_, err = e.Next()
				if took := time.Since(began); !errors.Is(err, c.want) || took > c.within {
					t.Errorf("%v after %v, want %v within %v", err, took, c.want, c.within)
				}
				if err := e.Close(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestNonsenseThatIsHarmlessIsPutRight(t *testing.T) {
	told := false
	e := &ear{next: func() (speech.Heard, error) {
		if told {
			return speech.Heard{}, io.EOF
		}
		told = true
		return speech.Heard{Text: "a\x00b\xff", Final: true, Confidence: math.NaN(), From: time.Second, To: -time.Second}, nil
	}}
	guarded, err := guard.Recognizer(e, guard.Config{}).Listen(t.Context(), speech.Listening{})
	if err != nil {
		t.Fatal(err)
	}
	guarded.Finish()
	h, err := guarded.Next()
	if err != nil || h.Text != "a b " || h.Confidence != 0 || h.To != time.Second {
		t.Errorf("heard %+v, %v", h, err)
	}
	if _, err := guarded.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("ended with %v", err)
	}
	guarded.Close()
}

func TestARecognizerThatNeverFallsSilentIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		defer linger()
		e, err := guard.Recognizer(&ear{next: func() (speech.Heard, error) {
			<-time.After(time.Millisecond)
			return speech.Heard{Text: "again", Final: true}, nil
		}}, guard.Config{}).Listen(t.Context(), speech.Listening{})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		for n := 0; err == nil; n++ {
			if _, err = e.Next(); n == 2000 {
				t.Fatal("2000 results in two seconds")
			}
		}
		if !errors.Is(err, speech.ErrUnavailable) {
			t.Errorf("ended with %v", err)
		}
	})
}
