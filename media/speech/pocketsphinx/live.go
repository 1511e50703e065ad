//go:build pocketsphinx

package pocketsphinx

import (
	"time"

	"github.com/botd-dev/botd/media/speech"
)

// often is how much more speech makes a new hypothesis.
const often = 500 * time.Millisecond

// live makes hypotheses of an utterance while it goes on.
type live struct {
	decoder *decoder
	first   time.Duration // of the utterance's first sample
	last    time.Duration
	text    string
}

// hear takes a part and reports whether there is a new hypothesis. A nil live
// has none.
func (l *live) hear(p speech.Part) (speech.Heard, bool) {
	if l == nil || len(p.Samples) == 0 {
		return speech.Heard{}, false
	}
	l.decoder.feed(p.Samples)
	if p.Begins {
		l.last = p.To
	}
	if p.To-l.last < often {
		return speech.Heard{}, false
	}
	l.last = p.To
	h := l.decoder.best()
	if h.text() == "" || h.text() == l.text {
		return speech.Heard{}, false
	}
	l.text = h.text()
	shift(h.words, l.first)
	return speech.Heard{Text: l.text, Words: h.words, Confidence: possible, From: p.From, To: p.To}, true
}
