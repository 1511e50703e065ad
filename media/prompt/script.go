package prompt

import (
	"strings"
	"sync"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
)

// Scripted is a source that knows what it says when. What an Opener and a Prompt
// open is one.
type Scripted interface {
	media.Source
	// Script is what has been read of it so far, a Line for each Source. It may be
	// asked by any goroutine.
	Script() []Line
}

// Line is one Source of a prompt.
type Line struct {
	// Text is what it says, without markup; empty for a File.
	Text string
	// From is when it began, since the beginning of the prompt; Length how much of
	// it was read, and Ended says that there is no more.
	From, Length time.Duration
	Ended        bool
	// Words are when the words of Text are said, since From; none where the
	// provider does not know.
	Words []speech.Word
}

// script fits the method of Scripted.
type script struct {
	mu    sync.Mutex
	lines []Line
}

func newScript(sources []Source) script {
	lines := make([]Line, len(sources))
	for i, s := range sources {
		lines[i].Text = s.plain()
	}
	return script{lines: lines}
}

// plain is the text of a source without its markup.
func (s Source) plain() string {
	switch s.Kind {
	case Text:
		return strings.TrimSpace(s.Text)
	case SSML:
		if doc, err := speech.ParseSSML(s.Text); err == nil {
			return strings.TrimSpace(doc.Text())
		}
	case File:
	}
	return ""
}

// Script fits Scripted.
func (s *script) Script() []Line {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Line(nil), s.lines...)
}

// read notes that 20 ms more of a part were read.
func (s *script) read(i int, part media.Source) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := &s.lines[i]
	if i > 0 && l.Length == 0 {
		l.From = s.lines[i-1].From + s.lines[i-1].Length
	}
	l.Length += media.FrameDuration
	if timed, ok := part.(speech.Timed); ok && l.Text != "" {
		l.Words = timed.Words()
	}
}

func (s *script) end(i int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines[i].Ended = true
	if i > 0 && s.lines[i].Length == 0 {
		s.lines[i].From = s.lines[i-1].From + s.lines[i-1].Length
	}
}
