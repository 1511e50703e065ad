package mix

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"

	"github.com/botd-dev/botd/media"
)

// aheadFrames is how many frames a source is given: one is being mixed, one is
// being read, and 100 ms wait. A source that stops for longer than that is
// heard to stop; one that is faster waits.
const aheadFrames = 7

// ahead reads a source on a goroutine of its own, so that a source which waits
// (for the network, for a program) does not make the tick wait.
//
// A source whose Read may wait for ever needs a Close that makes it return:
// when the playback is over, Close is called if the source is an io.Closer,
// even while Read is running.
type ahead struct {
	src  media.Source
	full chan *media.Frame // read and not yet mixed; closed at the end
	free chan *media.Frame
	quit chan struct{}
	err  error // why it ended; set before full is closed
}

// state is what a source that is read ahead is at.
type state int

const (
	flowing state = iota
	exhausted
)

// readAhead starts reading. The goroutines it starts are counted in wg.
func readAhead(src media.Source, wg *sync.WaitGroup) *ahead {
	a := &ahead{
		src:  src,
		full: make(chan *media.Frame, aheadFrames),
		free: make(chan *media.Frame, aheadFrames),
		quit: make(chan struct{}),
	}
	for range aheadFrames {
		a.free <- media.NewFrame(media.Rate)
	}
	wg.Go(a.run)
	if c, ok := src.(io.Closer); ok {
		wg.Go(func() { a.closeSource(c) })
	}
	return a
}

func (a *ahead) run() {
	defer close(a.full)
	for {
		select {
		case <-a.quit:
			return
		case f := <-a.free:
			if a.err = a.read(f); a.err != nil {
				return
			}
			a.full <- f // there is room for all of them
		}
	}
}

func (a *ahead) read(f *media.Frame) (err error) {
	defer recovered(&err)
	f.Resize(media.FrameSize, media.Rate)
	if err := a.src.Read(f); err != nil {
		return err
	}
	return fit(f)
}

func (a *ahead) closeSource(c io.Closer) {
	<-a.quit
	var err error
	defer recovered(&err)
	_ = c.Close() // what was to be played is over; nobody is left to be told
}

func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("mix: source panicked: %v\n%s", p, debug.Stack())
	}
}

// next is the coming frame, nil if it is not there yet or there will be none.
func (a *ahead) next() (*media.Frame, state) {
	select {
	case f, ok := <-a.full:
		if !ok {
			return nil, exhausted
		}
		return f, flowing
	default:
		return nil, flowing
	}
}

// back returns a frame that next lent.
func (a *ahead) back(f *media.Frame) { a.free <- f }

// failure is why the source ended, nil if by itself. It may be asked once next
// has said exhausted.
func (a *ahead) failure() error {
	if errors.Is(a.err, io.EOF) {
		return nil
	}
	return fmt.Errorf("mix: playback: %w", a.err)
}

func (a *ahead) close() { close(a.quit) }
