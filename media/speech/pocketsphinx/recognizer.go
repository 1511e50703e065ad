//go:build pocketsphinx

package pocketsphinx

import (
	"context"
	"fmt"
	"strings"

	"github.com/botd-dev/botd/media/speech"
)

// Recognizer fits speech.Recognizer.
type Recognizer struct {
	pool *pool
}

// New makes a recognizer. The error is speech.ErrUnavailable where its models are
// not. They are loaded when somebody first has to be understood, in some tenths
// of a second; Close lets go of them.
func New(cfg Config) (*Recognizer, error) {
	p, err := newPool(cfg.withDefaults())
	if err != nil {
		return nil, err
	}
	return &Recognizer{p}, nil
}

// Close frees the models. What is being understood is waited for, and nothing
// is understood afterwards. It is called once.
func (r *Recognizer) Close() error {
	r.pool.close()
	return nil
}

// Listen fits speech.Recognizer. It understands English: another Locale is
// ErrRequest. Hypotheses come twice a second where no phrases are expected, for as
// many speakers as there are decoders but one; others have their results only.
func (r *Recognizer) Listen(ctx context.Context, l speech.Listening) (speech.Ear, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if language, _, _ := strings.Cut(strings.ToLower(l.Locale), "-"); language != "" && language != "en" {
		return nil, fmt.Errorf("%w: pocketsphinx understands English, not %q", speech.ErrRequest, l.Locale)
	}
	h := &hearing{pool: r.pool, partial: l.Partial && l.Phrases == nil, splitter: speech.NewSplitter(speech.SplitterConfig{})}
	if l.Phrases != nil {
		var err error
		if h.phrases, err = r.phrases(ctx, l.Phrases); err != nil {
			return nil, err
		}
	}
	return speech.NewEar(ctx, rate, h.hear), nil
}

// phrases looks the phrases up in the dictionary.
func (r *Recognizer) phrases(ctx context.Context, list []string) (*phrases, error) {
	d, err := r.pool.get(ctx)
	if err != nil {
		return nil, err
	}
	defer r.pool.put(d)
	return newPhrases(list, d.knows)
}
