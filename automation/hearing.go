package automation

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
	"github.com/botd-dev/botd/media/turn"
)

// How long a recognizer of speech is waited for, and how much it may say.
const (
	// hearingRate is what a recognizer is given, in hertz.
	hearingRate = 16000
	// openWithin is how long it may take to begin. What is said meanwhile waits.
	openWithin = 10 * time.Second
	// leaveWithin is how long it may take to let go; one that does not is left
	// behind.
	leaveWithin = time.Second
	// hearingRing is how much sound waits on a machine that is busy.
	hearingRing = 2 * time.Second
	// maxHeard is how many characters of what it says are kept.
	maxHeard = 10000
)

// spoke is what a turn.Decider has found out, and how much speech that is of.
type spoke struct {
	turn.Signal
	talked time.Duration
}

// heard is what a recognizer has understood, or why it never will.
type heard struct {
	speech.Heard
	err error
}

// hearing listens to one participant: to who has the floor, and to what is said.
type hearing struct {
	signals chan spoke
	heard   chan heard
	deaf    atomic.Bool // nothing is listened to yet
	last    chan struct{}
	words   chan string // hypotheses, for who has the floor

	tap    media.Tap
	ears   chan speech.Ear // the ear, when it is there
	cancel context.CancelFunc
	ended  chan struct{}
	opened chan struct{}
}

// hear begins to listen to the target of an operation.
func hear(ctx context.Context, s *call.Stage, r speech.Recognizer, l speech.Listening, cfg turn.Config) (*hearing, error) {
	tap, err := s.Tap(s.Target().ParticipantID, media.TapOptions{Rate: hearingRate, Ring: hearingRing})
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	h := &hearing{
		signals: make(chan spoke, 64), heard: make(chan heard, 64), words: make(chan string, 1),
		last: make(chan struct{}), ears: make(chan speech.Ear, 1), tap: tap,
		ended: make(chan struct{}), opened: make(chan struct{}),
	}
	ctx, h.cancel = context.WithCancel(ctx)
	go func() {
		defer close(h.opened)
		h.guard(ctx, func() { h.understand(ctx, r, l) })
	}()
	go func() {
		defer close(h.ended)
		h.guard(ctx, func() { h.listen(ctx, turn.NewDetector(cfg)) })
	}()
	return h, nil
}

// finish has the recognizer say what it has understood so far, and then io.EOF.
// It is called once.
func (h *hearing) finish() { close(h.last) }

// close lets go of the recognizer and waits for that, if it does not take long.
func (h *hearing) close() {
	h.cancel()
	h.tap.Close()
	late := time.NewTimer(leaveWithin)
	defer late.Stop()
	for _, done := range []chan struct{}{h.ended, h.opened} {
		select {
		case <-done:
		case <-late.C:
			return
		}
	}
}

// guard makes a panic of a provider an error of its own.
func (h *hearing) guard(ctx context.Context, f func()) {
	defer func() {
		if p := recover(); p != nil {
			h.tell(ctx, heard{err: fmt.Errorf("recognizer panicked: %v", p)})
		}
	}()
	f()
}

func (h *hearing) tell(ctx context.Context, what heard) {
	select {
	case h.heard <- what:
	case <-ctx.Done():
	}
}

// understand opens the recognizer and takes what it has to say.
func (h *hearing) understand(ctx context.Context, r speech.Recognizer, l speech.Listening) {
	life := ctx // slow ends ctx, and has to be told of all the same
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	slow := time.AfterFunc(openWithin, func() { cancel(speech.ErrTimeout) })
	ear, err := r.Listen(ctx, l)
	slow.Stop()
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		h.tell(life, heard{err: err})
		return
	}
	defer ear.Close() //nolint:errcheck // nothing more is wanted of it
	h.ears <- ear
	stop := context.AfterFunc(ctx, func() { _ = ear.Close() }) // so that Next returns
	defer stop()
	for {
		one, err := ear.Next()
		if err == nil {
			one = sane(one)
			h.hypothesis(one.Text)
		}
		h.tell(ctx, heard{one, err})
		if err != nil || ctx.Err() != nil {
			return
		}
	}
}

// sane is what was heard, as far as it can be.
func sane(one speech.Heard) speech.Heard {
	one.Text = strings.TrimSpace(speech.Plain(one.Text))
	if utf8.RuneCountInString(one.Text) > maxHeard {
		one.Text = string([]rune(one.Text)[:maxHeard])
	}
	if math.IsNaN(one.Confidence) {
		one.Confidence = 0
	}
	one.Confidence = max(0, min(1, one.Confidence))
	return one
}

// hypothesis hands the latest words to who looks for turns.
func (h *hearing) hypothesis(text string) {
	if text == "" {
		return
	}
	select {
	case <-h.words:
	default:
	}
	select {
	case h.words <- text:
	default:
	}
}

// listen reads what the participant says. Sound waits for a recognizer that is
// slow to begin.
func (h *hearing) listen(ctx context.Context, d *turn.Detector) {
	to := media.Tapped{Frame: media.Frame{Rate: hearingRate}}
	var waiting backlog
	var ear speech.Ear
	for finished := false; ; {
		if err := h.tap.Read(&to); err != nil {
			return
		}
		if h.deaf.Load() {
			continue
		}
		if ear == nil {
			select {
			case ear = <-h.ears:
				waiting.into(ear)
			default:
				waiting.add(&to.Frame)
			}
		}
		if ear != nil && !finished && h.enough() {
			finished = true
			ear.Finish()
		}
		h.signal(ctx, d, &to.Frame)
		if ear == nil || finished {
			continue
		}
		_ = ear.Write(&to.Frame) // Next says what is wrong
	}
}

// enough says that the recognizer is to say what it has understood. It is asked
// before a frame is looked at: whether finish, which may follow from what is
// found in it, comes before its end or after would be chance.
func (h *hearing) enough() bool {
	select {
	case <-h.last:
		return true
	default:
		return false
	}
}

// signal finds out who has the floor.
func (h *hearing) signal(ctx context.Context, d *turn.Detector, f *media.Frame) {
	talked := d.Talked()
	h.signalled(ctx, spoke{d.Frame(f), max(talked, d.Talked())})
	select {
	case text := <-h.words:
		h.signalled(ctx, spoke{d.Words(text), d.Talked()})
	default:
	}
}

func (h *hearing) signalled(ctx context.Context, s spoke) {
	if s.Signal == turn.Nothing {
		return
	}
	select {
	case h.signals <- s:
	case <-ctx.Done():
	}
}

// backlog is what was said before the recognizer was there.
type backlog struct{ samples []int16 }

func (b *backlog) add(f *media.Frame) {
	if len(b.samples) < int(openWithin.Seconds())*hearingRate {
		b.samples = append(b.samples, f.Samples...)
	}
}

func (b *backlog) into(to media.Sink) {
	src := speech.PCM(b.samples, hearingRate)
	f := media.NewFrame(hearingRate)
	for {
		if err := src.Read(f); err != nil {
			return // io.EOF: all has been read
		}
		if err := to.Write(f); err != nil {
			return // Next says what is wrong
		}
	}
}

// isEnd says that a recognizer has said all it had to.
func (h heard) isEnd() bool { return h.err == io.EOF } //nolint:errorlint // as io.Reader has it
