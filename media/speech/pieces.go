package speech

import (
	"strconv"
	"strings"
	"time"
)

// Piece is a part of a document for a provider that knows no markup: text, and a
// pause after it.
type Piece struct {
	Text  string
	Pause time.Duration
}

// strengths are how long the pauses are that have a strength only.
var strengths = map[string]time.Duration{
	"none": 0, "x-weak": 100 * time.Millisecond, "weak": 250 * time.Millisecond, "medium": 500 * time.Millisecond,
	"strong": 750 * time.Millisecond, "x-strong": time.Second,
}

// Pieces are the document's text, cut at its pauses.
func (d *SSML) Pieces() []Piece {
	var pieces []Piece
	var text strings.Builder
	cut := func(pause time.Duration) {
		if said := strings.TrimSpace(text.String()); said != "" || pause > 0 {
			pieces = append(pieces, Piece{said, pause})
		}
		text.Reset()
	}
	for _, t := range d.tokens {
		switch {
		case t.tag == "":
			text.WriteString(t.text)
		case t.tag == "break" && !t.end:
			cut(t.pause())
		default:
			text.WriteByte(' ')
		}
	}
	cut(0)
	return pieces
}

// pause is how long a break takes. Its time is in milliseconds, as it was read.
func (t token) pause() time.Duration {
	length := strengths["medium"]
	for _, a := range t.attrs {
		switch a[0] {
		case "time":
			n, err := strconv.Atoi(strings.TrimSuffix(a[1], "ms"))
			if err == nil {
				return time.Duration(n) * time.Millisecond
			}
		case "strength":
			if named, ok := strengths[a[1]]; ok {
				length = named
			}
		}
	}
	return length
}

// Plainly is what a provider without markup is to say, piece by piece, and with
// which voice. The error is ErrEmpty or ErrRequest.
func (u Utterance) Plainly() ([]Piece, Voice, error) {
	if u.SSML != "" {
		doc, err := ParseSSML(u.SSML)
		if err != nil {
			return nil, Voice{}, err
		}
		v := doc.Voice()
		if v == (Voice{}) {
			v = u.Wanted()
		}
		return doc.Pieces(), v, nil
	}
	text := strings.TrimSpace(Plain(u.Text))
	if text == "" {
		return nil, Voice{}, ErrEmpty
	}
	if n := len([]rune(text)); n > MaxText {
		return nil, Voice{}, tooLong(n)
	}
	return []Piece{{Text: text}}, u.Wanted(), nil
}
