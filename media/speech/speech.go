// Package speech says what a speech provider is: text to sound. It knows no
// provider; each has a package of its own below this one, and passes the suite
// in speechtest.
package speech

import (
	"context"
	"errors"
	"strings"

	"github.com/botd-dev/botd/media"
)

// MaxText is how many characters of text a provider has to take.
const MaxText = 4000

// What can be wrong with speaking. A provider wraps the one that fits.
var (
	// ErrEmpty means that there is nothing to say.
	ErrEmpty = errors.New("speech: nothing to say")
	// ErrRequest means that the provider does not understand what it is to say.
	ErrRequest = errors.New("speech: bad request")
	// ErrAuth means that the provider does not know us.
	ErrAuth = errors.New("speech: not authorized")
	// ErrForbidden means that the provider knows us and will not.
	ErrForbidden = errors.New("speech: refused")
	// ErrTimeout means that the provider took too long.
	ErrTimeout = errors.New("speech: timed out")
	// ErrBusy means that the provider has too much to do.
	ErrBusy = errors.New("speech: busy")
	// ErrUnavailable means that the provider is not installed or not reachable.
	ErrUnavailable = errors.New("speech: unavailable")
)

// Utterance is something to be said, in one of two ways.
type Utterance struct {
	// Text is plain text; SSML is markup (W3C SSML 1.1) and comes first.
	Text, SSML string
	// Voice is the name of a voice, of this provider or of another; empty is
	// any.
	Voice string
	// Locale is the language as BCP 47 spells it, "sv-SE"; empty is that of the
	// voice, or the provider's default.
	Locale string
	// Gender is what the voice should sound like.
	Gender Gender
}

// Synthesizer makes sound of text.
type Synthesizer interface {
	// Synthesize says u. Frames come in the provider's own rate and length;
	// media.Resample makes them those of a bridge. ctx bounds the whole of it,
	// reading the source included. A source that holds something open is an
	// io.Closer.
	//
	// A voice or language that the provider has not got is no error: the
	// nearest one speaks.
	Synthesize(ctx context.Context, u Utterance) (media.Source, error)
}

// Plain makes text fit to be handed on: valid UTF-8 without control
// characters but for line feeds.
func Plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, " "))
}
