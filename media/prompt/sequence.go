package prompt

import (
	"errors"
	"fmt"
	"io"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
)

// sequence plays parts one after the other, each filled up to whole frames of
// the bridge. sources are what they are of.
func sequence(parts []media.Source, sources []Source) (media.Source, error) {
	if len(parts) == 0 {
		return nil, &Error{Err: ErrEmpty}
	}
	s := &queue{parts: parts, frames: make([]media.Source, len(parts)), script: newScript(sources)}
	for i, p := range parts {
		s.frames[i] = media.Chain(p, media.Resample(media.Rate))
	}
	return s, nil
}

type queue struct {
	script
	parts  []media.Source // to be closed
	frames []media.Source // the same, at 48 kHz
	now    int
}

// Read fits media.Source.
func (q *queue) Read(f *media.Frame) error {
	for q.now < len(q.frames) {
		err := q.frames[q.now].Read(f)
		if err == nil {
			q.read(q.now, q.parts[q.now])
			return nil
		}
		if !errors.Is(err, io.EOF) {
			return &Error{Index: q.now, Err: err}
		}
		q.end(q.now)
		q.now++
	}
	return io.EOF
}

// Close lets go of what speech providers hold open.
func (q *queue) Close() error {
	closeAll(q.parts)
	return nil
}

func closeAll(parts []media.Source) {
	for _, p := range parts {
		if c, ok := p.(io.Closer); ok {
			_ = c.Close() // it is not to be played any more
		}
	}
}

// longest is how much of what a provider says is kept, in samples: half an hour
// at 48 kHz.
const longest = 30 * 60 * media.Rate

// record reads a source to its end, to be played any number of times.
func record(src media.Source) (func() (media.Source, error), error) {
	defer closeAll([]media.Source{src})
	var samples []int16
	var f media.Frame
	for {
		err := src.Read(&f)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if samples = append(samples, f.Samples...); len(samples) > longest {
			return nil, fmt.Errorf("%w: more than %d samples", ErrSpeech, longest)
		}
	}
	if len(samples) == 0 {
		return nil, ErrEmpty
	}
	r := &recording{samples: samples, rate: f.Rate}
	if timed, ok := src.(speech.Timed); ok {
		r.words = timed.Words()
	}
	return func() (media.Source, error) { return r.play(), nil }, nil
}
