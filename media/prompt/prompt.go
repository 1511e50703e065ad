// Package prompt makes a media.Source of what is to be played: files, URLs, text
// and SSML, in the order given. It plays nothing itself.
package prompt

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
)

// Why something cannot be played. An Error wraps one of these; behind ErrSpeech
// there is also what the provider said, one of the errors of package speech
// where it is known.
var (
	// ErrFormat means that a file is not WAV, MP3 or Ogg Opus, or is damaged.
	ErrFormat = errors.New("prompt: bad file format")
	// ErrDownload means that a file could not be fetched.
	ErrDownload = errors.New("prompt: download failed")
	// ErrEmpty means that there is nothing to play or say.
	ErrEmpty = errors.New("prompt: nothing to play")
	// ErrSpeech means that the text could not be made into sound.
	ErrSpeech = errors.New("prompt: speech failed")
)

// Error tells which of the sources failed.
type Error struct {
	// Index is its place, from 0.
	Index int
	// Err wraps one of ErrFormat, ErrDownload, ErrEmpty and ErrSpeech, or is the
	// error of the context.
	Err error
}

// Error fits error.
func (e *Error) Error() string { return fmt.Sprintf("source %d: %v", e.Index, e.Err) }

// Unwrap gives what is wrong.
func (e *Error) Unwrap() error { return e.Err }

// Kind is what a Source is made of.
type Kind int

// The kinds of sources.
const (
	File Kind = iota
	Text
	SSML
)

// Source is one thing to be played.
type Source struct {
	// Kind says which of the fields count.
	Kind Kind
	// URI is where a File is: http, https or file, or a path below one of the
	// roots.
	URI string
	// Text is what a Text or SSML says.
	Text string
	// Voice, Locale and Gender are who says it; see speech.Utterance.
	Voice, Locale string
	Gender        speech.Gender
	// CacheID names a File: for an hour, what was fetched under this name is
	// played whatever its URI. Empty is not kept.
	CacheID string
}

// Config sets an Opener.
type Config struct {
	// HTTP fetches files. It decides where one may connect to; how many
	// redirects are followed (three), how long it may take and how much may come
	// is decided here. Nil fetches nothing.
	HTTP *http.Client
	// Speech makes sound of text. Nil speaks nothing.
	Speech speech.Synthesizer
	// MaxBytes is the size of the largest file; zero is 10 MB.
	MaxBytes int64
	// Timeout is how long fetching one file may take; zero is 10 s.
	Timeout time.Duration
	// CacheBytes is how much is kept for sources with a CacheID, and again as much
	// of what was said, for the same text in the same voice; zero is 64 MB.
	CacheBytes int64
	// FileRoots are the directories whose files may be played. None is none.
	FileRoots []string
}

func (c Config) withDefaults() Config {
	if c.MaxBytes <= 0 {
		c.MaxBytes = 10_000_000
	}
	if c.Timeout <= 0 {
		c.Timeout = 10 * time.Second
	}
	if c.CacheBytes <= 0 {
		c.CacheBytes = 64_000_000
	}
	return c
}

// Opener opens prompts. It may be used by many goroutines.
type Opener struct {
	cfg   Config
	web   *http.Client // nil if nothing may be fetched
	files cache[[]byte]
	texts cache[*recording]
}

// New makes an Opener.
func New(cfg Config) *Opener {
	cfg = cfg.withDefaults()
	o := &Opener{cfg: cfg, files: cache[[]byte]{most: cfg.CacheBytes}, texts: cache[*recording]{most: cfg.CacheBytes}}
	if cfg.HTTP != nil {
		o.web = guarded(cfg.HTTP)
	}
	return o
}

// Open fetches every source and gives their sound in order, at 48 kHz. Once it
// has returned, nothing waits for the network any more, unless the speech
// provider does; ctx bounds that too. If the source is an io.Closer, closing it
// ends that.
//
// An error, here or of the source's Read, is an *Error.
func (o *Opener) Open(ctx context.Context, sources ...Source) (media.Source, error) {
	parts := make([]media.Source, len(sources))
	for i, s := range sources {
		part, err := o.open(ctx, s)
		if err != nil {
			closeAll(parts[:i])
			return nil, &Error{Index: i, Err: err}
		}
		parts[i] = part
	}
	return sequence(parts, sources)
}

// Prompt is sound that was fetched whole and can be played any number of times.
type Prompt struct {
	sources []Source
	parts   []func() (media.Source, error)
}

// Prepare fetches every source, and has every text said, to be played more than
// once. An error is an *Error.
func (o *Opener) Prepare(ctx context.Context, sources ...Source) (*Prompt, error) {
	p := &Prompt{sources: sources}
	for i, s := range sources {
		part, err := o.keep(ctx, s)
		if err != nil {
			return nil, &Error{Index: i, Err: err}
		}
		p.parts = append(p.parts, part)
	}
	if len(p.parts) == 0 {
		return nil, &Error{Err: ErrEmpty}
	}
	return p, nil
}

// Open plays the prompt from its beginning, at 48 kHz.
func (p *Prompt) Open() (media.Source, error) {
	parts := make([]media.Source, len(p.parts))
	for i, open := range p.parts {
		part, err := open()
		if err != nil {
			return nil, &Error{Index: i, Err: err}
		}
		parts[i] = part
	}
	return sequence(parts, p.sources)
}

// open makes sound of one source.
func (o *Opener) open(ctx context.Context, s Source) (media.Source, error) {
	if s.Kind != File {
		return o.say(ctx, s)
	}
	data, err := o.fetch(ctx, s)
	if err != nil {
		return nil, err
	}
	return decode(data)
}

// keep makes one source ready to be opened again and again.
func (o *Opener) keep(ctx context.Context, s Source) (func() (media.Source, error), error) {
	if s.Kind != File {
		src, err := o.say(ctx, s)
		if err != nil {
			return nil, err
		}
		return record(src)
	}
	data, err := o.fetch(ctx, s)
	if err != nil {
		return nil, err
	}
	if _, err := decode(data); err != nil {
		return nil, err
	}
	return func() (media.Source, error) { return decode(data) }, nil
}

// say has a text spoken.
func (o *Opener) say(ctx context.Context, s Source) (media.Source, error) {
	if strings.TrimSpace(s.Text) == "" {
		return nil, ErrEmpty
	}
	if o.cfg.Speech == nil {
		return nil, fmt.Errorf("%w: %w: no speech provider is configured", ErrSpeech, speech.ErrUnavailable)
	}
	key := s.key()
	if kept, ok := o.texts.get(key); ok {
		return kept.play(), nil
	}
	u := speech.Utterance{Voice: s.Voice, Locale: s.Locale, Gender: s.Gender}
	if s.Kind == SSML {
		u.SSML = s.Text
	} else {
		u.Text = s.Text
	}
	src, err := o.cfg.Speech.Synthesize(ctx, u)
	if err != nil {
		return nil, spoken(err)
	}
	return &saying{src: src, keep: func(r *recording) { o.texts.put(key, r, r.size()) }, most: o.cfg.CacheBytes}, nil
}

// key is what a text and who says it are kept under.
func (s Source) key() string {
	return fmt.Sprintf("%d\x00%s\x00%s\x00%v\x00%s", s.Kind, s.Voice, s.Locale, s.Gender, s.Text)
}

// spoken makes an error of the speech provider ours.
func spoken(err error) error {
	switch {
	case errors.Is(err, speech.ErrEmpty):
		return fmt.Errorf("%w: %w", ErrEmpty, err)
	case errors.Is(err, context.Canceled):
		return err
	}
	return fmt.Errorf("%w: %w", ErrSpeech, err)
}
