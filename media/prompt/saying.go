package prompt

import (
	"errors"
	"io"
	"slices"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
)

// saying is a source of a speech provider, with errors that say so. What it has
// said to the end is kept.
type saying struct {
	src  media.Source
	keep func(*recording)
	most int64 // bytes that can be kept
	tape recording
	over bool // it is too much, or has changed its rate
}

// Read fits media.Source.
func (s *saying) Read(f *media.Frame) error {
	err := s.src.Read(f)
	switch {
	case err == nil:
		s.record(f)
		return nil
	case !errors.Is(err, io.EOF):
		return spoken(err)
	}
	if !s.over && len(s.tape.samples) > 0 {
		s.over = true
		s.tape.words = slices.Clone(s.Words())
		s.keep(&s.tape)
	}
	return err
}

func (s *saying) record(f *media.Frame) {
	if len(s.tape.samples) == 0 {
		s.tape.rate = f.Rate
	}
	if s.over = s.over || f.Rate != s.tape.rate; s.over {
		return
	}
	s.tape.samples = append(s.tape.samples, f.Samples...)
	if s.tape.size() > s.most {
		s.over, s.tape = true, recording{}
	}
}

// Words fits speech.Timed; of a provider that does not know there are none.
func (s *saying) Words() []speech.Word {
	if timed, ok := s.src.(speech.Timed); ok {
		return timed.Words()
	}
	return nil
}

// Close fits io.Closer.
func (s *saying) Close() error {
	closeAll([]media.Source{s.src})
	return nil
}

// recording is what was said, to be said again.
type recording struct {
	samples []int16
	rate    int
	words   []speech.Word
}

// size is in bytes, nearly.
func (r *recording) size() int64 { return 2*int64(len(r.samples)) + 64*int64(len(r.words)) }

func (r *recording) play() media.Source { return &replay{speech.PCM(r.samples, r.rate), r.words} }

// replay fits speech.Timed.
type replay struct {
	media.Source
	words []speech.Word
}

// Words fits speech.Timed.
func (r *replay) Words() []speech.Word { return r.words }
