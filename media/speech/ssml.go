package speech

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The limits of a document; more is ErrRequest.
const (
	maxMarkup = 64 << 10 // bytes
	maxDepth  = 32
	maxBreak  = 10 // seconds; longer pauses are cut
	// maxPauses is how long all pauses together may be: they are made of memory.
	maxPauses = 5 * time.Minute
)

// SSML is a document reduced to what every provider can be trusted with: the
// text, voices, languages, pauses and prosody. Whatever else there is (files to
// be played, lexicons, extensions) is gone; the text inside it is kept, so that
// nothing that was to be said is lost.
type SSML struct {
	tokens []token
	voices []Voice // in the order they appear
}

// token is text, or one tag.
type token struct {
	text  string
	tag   string      // "" for text
	attrs [][2]string // already known to be harmless
	end   bool
	voice int // for a voice tag, its place in voices
}

// kept are the elements of SSML 1.1 that are kept, with their attributes
// (sections 3.1 and 3.2).
var kept = map[string][]string{
	"speak": nil, "p": nil, "s": nil,
	"voice":    nil, // made anew of the voice that is wanted
	"prosody":  {"rate", "pitch", "volume", "range", "contour"},
	"break":    {"time", "strength"},
	"emphasis": {"level"},
	"say-as":   {"interpret-as", "format", "detail"},
}

// dropped are the elements whose content is not meant to be said.
var dropped = map[string]bool{
	"metadata": true, "meta": true, "lexicon": true, "desc": true, "title": true,
	"sub": true, // what it stands for is said instead
}

// harmless are the values of attributes that are handed on.
var harmless = regexp.MustCompile(`^[A-Za-z0-9 .,%+()_-]{1,200}$`)

// ParseSSML reads a document. It is ErrRequest if it is not well-formed, has a
// document type, or does not begin with speak; ErrEmpty if it says nothing.
func ParseSSML(doc string) (*SSML, error) {
	if strings.TrimSpace(doc) == "" {
		return nil, ErrEmpty
	}
	if len(doc) > maxMarkup {
		return nil, fmt.Errorf("%w: more than %d bytes of SSML", ErrRequest, maxMarkup)
	}
	r := reader{dec: xml.NewDecoder(strings.NewReader(strings.ToValidUTF8(doc, " ")))}
	r.dec.Entity = xml.HTMLEntity
	r.dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // a string is UTF-8, whatever it says
	if err := r.read(); err != nil {
		return nil, fmt.Errorf("%w: SSML: %w", ErrRequest, err)
	}
	if strings.TrimSpace(r.doc.Text()) == "" {
		return nil, ErrEmpty
	}
	return &r.doc, nil
}

// Voice is the first voice that the document asks for.
func (d *SSML) Voice() Voice {
	if len(d.voices) == 0 {
		return Voice{}
	}
	return d.voices[0]
}

// Text is what is said, without markup.
func (d *SSML) Text() string {
	var b strings.Builder
	for _, t := range d.tokens {
		if t.tag == "" {
			b.WriteString(t.text)
		}
	}
	return b.String()
}

// Render writes the document for a provider, with the provider's own names of
// the voices.
func (d *SSML) Render(name func(Voice) string) string {
	var b strings.Builder
	for _, t := range d.tokens {
		switch {
		case t.tag == "":
			b.WriteString(escape(t.text))
		case t.end:
			b.WriteString("</" + t.tag + ">")
		case t.tag == "voice":
			b.WriteString(`<voice name="` + escape(name(d.voices[t.voice])) + `">`)
		default:
			t.open(&b)
		}
	}
	return b.String()
}

// open writes a start tag. Its attributes are known to need no escaping.
func (t token) open(b *strings.Builder) {
	b.WriteString("<" + t.tag)
	for _, a := range t.attrs {
		b.WriteString(" " + a[0] + `="` + a[1] + `"`)
	}
	b.WriteByte('>')
}

// escape writes text as XML does, also within quotes.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}

// reader reduces a document while reading it.
type reader struct {
	dec    *xml.Decoder
	doc    SSML
	depth  int
	begun  bool
	silent int // depth of the element that is not said; 0 is none
	pauses time.Duration
}

var (
	errDirective = errors.New("a document type is not allowed")
	errDeep      = errors.New("too many elements inside each other")
	errRoot      = errors.New("does not begin with speak")
	errPauses    = fmt.Errorf("its pauses are longer than %v in all", maxPauses)
)

func (r *reader) read() error {
	for {
		t, err := r.dec.Token()
		if errors.Is(err, io.EOF) {
			return r.atEnd()
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.Directive:
			return errDirective
		case xml.StartElement:
			if err := r.start(t); err != nil {
				return err
			}
		case xml.EndElement:
			r.end(t.Name.Local)
		case xml.CharData:
			if r.depth > 0 && r.silent == 0 {
				r.say(string(t))
			}
		}
	}
}

func (r *reader) atEnd() error {
	if !r.begun {
		return errRoot
	}
	return nil
}

func (r *reader) say(text string) {
	r.doc.tokens = append(r.doc.tokens, token{text: Plain(text)})
}

func (r *reader) start(e xml.StartElement) error {
	name := e.Name.Local
	if !r.begun && name != "speak" {
		return errRoot
	}
	r.begun = true
	if r.depth++; r.depth > maxDepth {
		return errDeep
	}
	if r.silent > 0 {
		return nil
	}
	if dropped[name] {
		r.say(value(e, "alias"))
		r.silent = r.depth
		return nil
	}
	if _, ok := kept[name]; ok {
		return r.keep(name, e)
	}
	return nil
}

func (r *reader) keep(name string, e xml.StartElement) error {
	t := token{tag: name, voice: len(r.doc.voices)}
	switch name {
	case "voice":
		r.doc.voices = append(r.doc.voices, Utterance{
			Voice: value(e, "name"), Locale: value(e, "lang"), Gender: ParseGender(value(e, "gender")),
		}.Wanted())
	case "speak":
		if lang := value(e, "lang"); lang != "" && harmless.MatchString(lang) {
			t.attrs = append(t.attrs, [2]string{"xml:lang", lang})
		}
	}
	for _, a := range e.Attr {
		if v, ok := attribute(name, a); ok {
			t.attrs = append(t.attrs, [2]string{a.Name.Local, v})
		}
	}
	r.doc.tokens = append(r.doc.tokens, t)
	if name == "break" {
		r.pauses += t.pause()
	}
	if r.pauses > maxPauses {
		return errPauses
	}
	return nil
}

func (r *reader) end(name string) {
	if _, ok := kept[name]; ok && r.silent == 0 {
		r.doc.tokens = append(r.doc.tokens, token{tag: name, end: true})
	}
	if r.silent == r.depth {
		r.silent = 0
	}
	r.depth--
}

// attribute is the value of an attribute that may be handed on.
func attribute(tag string, a xml.Attr) (string, bool) {
	v := strings.TrimSpace(a.Value)
	if !slices.Contains(kept[tag], a.Name.Local) || !harmless.MatchString(v) {
		return "", false
	}
	if tag == "break" && a.Name.Local == "time" {
		return pause(v)
	}
	return v, true
}

// pause cuts a time designation ("250ms", "3s") to what is bearable.
func pause(v string) (string, bool) {
	unit := 1.0
	number, ok := strings.CutSuffix(v, "ms")
	if ok {
		unit = 1000
	} else if number, ok = strings.CutSuffix(v, "s"); !ok {
		return "", false
	}
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || !(n >= 0) {
		return "", false
	}
	return strconv.Itoa(int(1000*min(n/unit, maxBreak))) + "ms", true
}

func value(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
