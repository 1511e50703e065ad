package automation_test

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
)

// parrot is a recognizer that hears what it is told to.
type parrot struct {
	says     []speech.Heard // one an utterance, when it is asked what was said
	at       []speech.Heard // Final or not, when so much has been written
	fail     error          // of Listen
	dies     error          // of Next, after 100 ms
	hangs    bool           // in Listen, until ctx ends
	mute     bool           // Next never returns but for Close
	panics   bool
	listened []speech.Listening
	written  time.Duration

	mu   sync.Mutex
	open int
}

func (p *parrot) Listen(ctx context.Context, l speech.Listening) (speech.Ear, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.listened = append(p.listened, l)
	if p.hangs {
		p.mu.Unlock()
		<-ctx.Done()
		p.mu.Lock()
		return nil, ctx.Err()
	}
	if p.fail != nil {
		return nil, p.fail
	}
	p.open++
	return &beak{parrot: p, ctx: ctx, heard: make(chan speech.Heard, 8), end: make(chan struct{}), closed: make(chan struct{})}, nil
}

type beak struct {
	*parrot
	ctx    context.Context
	heard  chan speech.Heard
	end    chan struct{}
	closed chan struct{}
	once   sync.Once
}

func (b *beak) Write(f *media.Frame) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.written += media.FrameDuration
	for len(b.at) > 0 && b.at[0].To <= b.written {
		b.heard <- b.at[0]
		b.at = b.at[1:]
	}
	return nil
}

func (b *beak) Finish() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.mute {
		return
	}
	if len(b.says) > 0 {
		b.says[0].Final = true
		b.heard <- b.says[0]
		b.says = b.says[1:]
	}
	close(b.end)
}

func (b *beak) Next() (speech.Heard, error) {
	if b.panics {
		panic("planted")
	}
	var dies <-chan time.Time
	if b.dies != nil {
		dies = time.After(100 * time.Millisecond)
	}
	select {
	case h := <-b.heard:
		return h, nil
	default:
	}
	select {
	case h := <-b.heard:
		return h, nil
	case <-b.end:
		select {
		case h := <-b.heard:
			return h, nil
		default:
			return speech.Heard{}, io.EOF
		}
	case <-dies:
		return speech.Heard{}, b.dies
	case <-b.closed:
		return speech.Heard{}, io.ErrClosedPipe
	case <-b.ctx.Done():
		return speech.Heard{}, b.ctx.Err()
	}
}

func (b *beak) Close() error {
	b.once.Do(func() {
		close(b.closed)
		b.mu.Lock()
		b.open--
		b.mu.Unlock()
	})
	return nil
}
