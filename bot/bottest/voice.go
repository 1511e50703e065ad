package bottest

import (
	"context"
	"io"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
)

// voice says texts in the language of the stage. It fits speech.Synthesizer.
type voice struct {
	language *language
}

// Synthesize fits speech.Synthesizer.
func (v *voice) Synthesize(_ context.Context, u speech.Utterance) (media.Source, error) {
	says := u.Text
	if u.SSML != "" {
		doc, err := speech.ParseSSML(u.SSML)
		if err != nil {
			return nil, err
		}
		says = doc.Text()
	}
	t := v.language.text("bot "+u.Voice, says)
	if len(t.words) == 0 {
		return nil, speech.ErrEmpty
	}
	return &saying{text: t, frames: t.frames()}, nil
}

// saying is a text being said. It fits speech.Timed.
type saying struct {
	text   *text
	frames [][]int16
}

// Read fits media.Source.
func (s *saying) Read(f *media.Frame) error {
	if len(s.frames) == 0 {
		return io.EOF
	}
	f.Resize(media.FrameSize, media.Rate)
	f.Silence()
	copy(f.Samples, s.frames[0])
	s.frames = s.frames[1:]
	return nil
}

// Words fits speech.Timed.
func (s *saying) Words() []speech.Word {
	var list []speech.Word
	var at time.Duration
	for _, w := range s.text.words {
		lasts := time.Duration(w.frames) * media.FrameDuration
		list = append(list, speech.Word{Text: w.letter, From: at, To: at + lasts})
		at += lasts + time.Duration(w.gap())*media.FrameDuration
	}
	return list
}
