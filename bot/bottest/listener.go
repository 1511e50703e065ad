package bottest

import (
	"slices"
	"strings"
	"time"

	"github.com/botd-dev/botd/media"
)

// forgiven is for how many frames a word may be missing, lost on the way, and
// still be the same one.
const forgiven = 8

// silence is after how many frames without a word a sentence is over.
const silence = 30

// sentence is what was heard of one text that somebody said, or is saying.
type sentence struct {
	said  *text
	words []*word // those that were heard, in order
	from  time.Duration
	last  int64 // the frame in which something of it was heard last
	over  bool
}

// String is the words that were heard.
func (s *sentence) String() string {
	var letters []string
	for _, w := range s.words {
		letters = append(letters, w.letter)
	}
	return strings.Join(letters, " ")
}

// cut reports whether it ended before its text did.
func (s *sentence) cut() bool {
	return s.over && (len(s.words) == 0 || s.words[len(s.words)-1].index < len(s.said.words)-1)
}

// hearing is a word that sounds now.
type hearing struct {
	word   *word
	first  int64
	frames int // that were heard
	last   int64
	noted  bool
}

// listener makes sentences of the words in one stream of sound. A word counts as
// heard when half of it was.
type listener struct {
	analyst   *analyst
	frame     int64 // the present one
	sounding  []*hearing
	sentences []*sentence
	open      []*sentence       // those that may go on
	told      func(s *sentence) // when one is over
}

// hear takes the 20 ms of sound of the present frame.
func (l *listener) hear(samples []int16, rate int) {
	for _, w := range l.analyst.words(samples, rate) {
		l.sound(w)
	}
}

// at says which frame is the present one.
func (l *listener) at(frame int64) {
	l.frame = frame
	l.settle()
}

// sound takes in that a word sounds in this frame.
func (l *listener) sound(w *word) {
	i := slices.IndexFunc(l.sounding, func(h *hearing) bool { return h.word == w })
	if i < 0 {
		i = len(l.sounding)
		l.sounding = append(l.sounding, nil)
	}
	h := l.sounding[i]
	if h == nil || l.frame >= h.first+int64(w.frames) { // else it is said once more
		h = &hearing{word: w, first: l.frame}
		l.sounding[i] = h
	}
	h.frames++
	h.last = l.frame
	if !h.noted && 2*h.frames >= w.frames {
		h.noted = true
		l.note(w)
	}
	if s := l.current(w.said); s != nil {
		s.last = l.frame
	}
}

// note adds a word to its sentence, or begins one with it.
func (l *listener) note(w *word) {
	s := l.current(w.said)
	if s != nil && len(s.words) > 0 && s.words[len(s.words)-1].index >= w.index {
		l.end(s) // the same text once more
		s = nil
	}
	if s == nil {
		s = &sentence{said: w.said, from: time.Duration(l.frame) * media.FrameDuration}
		l.sentences = append(l.sentences, s)
		l.open = append(l.open, s)
	}
	s.words = append(s.words, w)
	s.last = l.frame
}

// current is the sentence of a text that may go on.
func (l *listener) current(t *text) *sentence {
	for _, s := range l.open {
		if s.said == t {
			return s
		}
	}
	return nil
}

// settle ends what has not sounded for a while.
func (l *listener) settle() {
	if len(l.sounding) == 0 && len(l.open) == 0 {
		return
	}
	l.sounding = slices.DeleteFunc(l.sounding, func(h *hearing) bool { return l.frame-h.last > forgiven })
	for _, s := range slices.Clone(l.open) {
		if l.frame-s.last > silence {
			l.end(s)
		}
	}
}

// end ends a sentence.
func (l *listener) end(s *sentence) {
	s.over = true
	l.open = slices.DeleteFunc(l.open, func(other *sentence) bool { return other == s })
	l.told(s)
}

// finish ends everything.
func (l *listener) finish() {
	for _, s := range slices.Clone(l.open) {
		l.end(s)
	}
	l.sounding = nil
}
