package openai

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
)

// talk is the sound of an utterance, a piece after the other.
type talk struct {
	open   func(text string) (io.ReadCloser, error)
	pieces []speech.Piece
	body   io.ReadCloser // of the piece that is being said
	pause  int           // samples still to come, before the next
	after  time.Duration // the pause behind this piece
	bytes  [2 * pcmRate / 50]byte
	some   bool // there was sound
}

// advance goes to the next piece. io.EOF is the end.
func (t *talk) advance() error {
	if len(t.pieces) == 0 {
		if !t.some {
			return speech.ErrEmpty
		}
		return io.EOF
	}
	p := t.pieces[0]
	t.pieces = t.pieces[1:]
	if p.Text == "" {
		t.pause = samplesOf(p.Pause)
		return nil
	}
	var err error
	t.body, err = t.open(p.Text)
	t.after = p.Pause
	return err
}

func samplesOf(d time.Duration) int { return int(d * pcmRate / time.Second) }

// Read fits media.Source.
func (t *talk) Read(f *media.Frame) error {
	for {
		switch {
		case t.pause > 0:
			n := min(t.pause, pcmRate/50)
			f.Resize(n, pcmRate)
			f.Silence()
			t.pause -= n
			return nil
		case t.body != nil:
			n, err := t.read()
			if err != nil {
				return err
			}
			if n > 0 {
				t.decode(f, n)
				return nil
			}
		default:
			if err := t.advance(); err != nil {
				return err
			}
		}
	}
}

// read takes bytes of the piece; none is its end. The body of a server that broke
// off is an error: io.ErrUnexpectedEOF, which io.ReadFull could not tell from a
// short end.
func (t *talk) read() (n int, err error) {
	for n < len(t.bytes) && err == nil {
		var m int
		m, err = t.body.Read(t.bytes[n:])
		n += m
	}
	switch {
	case err == nil:
		return n, nil
	case errors.Is(err, io.EOF):
		t.finish()
		return n &^ 1, nil
	}
	return 0, fmt.Errorf("openai: %w", broken(err))
}

// broken is the error of an answer that was cut off.
func broken(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fmt.Errorf("%w: the answer was cut off: %w", speech.ErrUnavailable, err)
}

func (t *talk) decode(f *media.Frame, n int) {
	f.Resize(n/2, pcmRate)
	for i := range f.Samples {
		f.Samples[i] = int16(binary.LittleEndian.Uint16(t.bytes[2*i:]))
	}
	t.some = true
}

func (t *talk) finish() {
	_ = t.Close() // it was read to its end
	t.pause = samplesOf(t.after)
}

// Close fits io.Closer.
func (t *talk) Close() error {
	if t.body == nil {
		return nil
	}
	body := t.body
	t.body = nil
	return body.Close()
}
