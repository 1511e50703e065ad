package socket

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/botd-dev/botd/media/speech"
)

// message is one of the server's. Times are in seconds since the first sample.
type message struct {
	Type        string  `json:"type"`
	Start       float64 `json:"start"`
	Duration    float64 `json:"duration"`
	IsFinal     bool    `json:"is_final"`     // this part will not change
	SpeechFinal bool    `json:"speech_final"` // the utterance has ended
	Channel     struct {
		Alternatives []alternative `json:"alternatives"`
	} `json:"channel"`
	Description string `json:"description"`
	Message     string `json:"message"`
}

type alternative struct {
	Transcript string  `json:"transcript"`
	Confidence float64 `json:"confidence"`
	Words      []word  `json:"words"`
}

type word struct {
	Word       string  `json:"word"`
	Punctuated string  `json:"punctuated_word"`
	Start      float64 `json:"start"`
	End        float64 `json:"end"`
}

// maxParts is how many parts an utterance may have, and maxSize how many bytes they
// may have together, a word counting for wordSize more.
const maxParts, maxSize, wordSize = 1000, 1 << 20, 32

// results puts the parts of an utterance together that come one by one.
type results struct {
	parts []speech.Heard
	size  int // of them, in bytes
}

// take reads a message and reports whether something was heard. Types that are
// not known say nothing.
func (r *results) take(data []byte) (h speech.Heard, ok bool, err error) {
	var m message
	if err := json.Unmarshal(data, &m); err != nil {
		return h, false, fmt.Errorf("%w: a message that is no JSON: %w", speech.ErrUnavailable, err)
	}
	switch m.Type {
	case "Results":
		return r.result(m)
	case "UtteranceEnd":
		h, ok = r.end()
		return h, ok, nil
	case "Error":
		return h, false, fmt.Errorf("%w: %.200q", speech.ErrUnavailable, first(m.Description, m.Message))
	}
	return h, false, nil
}

// result is a part: a hypothesis, one that will not change, or the last one.
func (r *results) result(m message) (speech.Heard, bool, error) {
	part := m.heard()
	if !m.IsFinal {
		guess, ok := joined(append(r.parts[:len(r.parts):len(r.parts)], part))
		return guess, ok, nil
	}
	if part.Text != "" {
		r.parts = append(r.parts, part)
		r.size += sizeOf(part)
	}
	if len(r.parts) > maxParts || r.size > maxSize {
		return speech.Heard{}, false, fmt.Errorf("%w: an utterance of more than %d parts or %d bytes", speech.ErrUnavailable, maxParts, maxSize)
	}
	if !m.SpeechFinal {
		return speech.Heard{}, false, nil
	}
	h, ok := r.end()
	return h, ok, nil
}

func sizeOf(h speech.Heard) int {
	n := len(h.Text)
	for _, w := range h.Words {
		n += len(w.Text) + wordSize
	}
	return n
}

// end is the utterance so far, if there is one.
func (r *results) end() (speech.Heard, bool) {
	h, ok := joined(r.parts)
	h.Final = true
	r.parts, r.size = nil, 0
	return h, ok
}

// joined is one utterance of its parts. Without any text there is none.
func joined(parts []speech.Heard) (h speech.Heard, ok bool) {
	var texts []string
	for _, p := range parts {
		if p.Text == "" {
			continue
		}
		if len(texts) == 0 {
			h.From, h.Confidence = p.From, p.Confidence
		}
		texts = append(texts, p.Text)
		h.To, h.Confidence = max(h.From, p.To), min(h.Confidence, p.Confidence)
		h.Words = append(h.Words, p.Words...)
	}
	h.Text = strings.Join(texts, " ")
	return h, len(texts) > 0
}

// heard is the best alternative. It is from its first word to its last, where the
// server tells them: the part itself may begin with silence.
func (m message) heard() speech.Heard {
	if len(m.Channel.Alternatives) == 0 {
		return speech.Heard{}
	}
	best := m.Channel.Alternatives[0]
	h := speech.Heard{
		Text:       strings.TrimSpace(speech.Plain(best.Transcript)),
		Confidence: min(max(best.Confidence, 0), 1),
		From:       seconds(m.Start), To: max(seconds(m.Start), seconds(m.Start+m.Duration)),
	}
	for _, w := range best.Words {
		from := seconds(w.Start)
		text := strings.TrimSpace(speech.Plain(first(w.Punctuated, w.Word)))
		h.Words = append(h.Words, speech.Word{Text: text, From: from, To: max(from, seconds(w.End))})
	}
	if n := len(h.Words); n > 0 {
		h.From, h.To = h.Words[0].From, max(h.Words[0].From, h.Words[n-1].To)
	}
	return h
}

// longest is that of a call; later is nonsense.
const longest = 100 * time.Hour

func seconds(s float64) time.Duration {
	return time.Duration(min(max(s, 0), longest.Seconds()) * float64(time.Second))
}
