// Package speech says what a speech provider is: text to sound, and sound to text. It knows no
// provider; each has a package of its own below this one, and passes the suite
// in speechtest.
package speech

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/botd-dev/botd/media"
)

// MaxText is how many characters of text a provider has to take.
const MaxText = 4000

// What can be wrong with speaking and listening. A provider wraps the one that fits.
var (
	// ErrEmpty means that there is nothing to say.
	ErrEmpty = errors.New("speech: nothing to say")
	// ErrRequest means that the provider does not take what it is asked for.
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

// tooLong is the error for more characters than MaxText.
func tooLong(n int) error {
	return fmt.Errorf("%w: %d characters, at most %d", ErrRequest, n, MaxText)
}

// Word is one word of what was said or is being said, and when.
type Word struct {
	Text string
	// From and To are since the first sample.
	From, To time.Duration
}

// Timed is a source of a Synthesizer that knows when it says which word.
type Timed interface {
	media.Source
	// Words are those that are known so far, in order.
	Words() []Word
}

// Listening says what is to be listened for.
type Listening struct {
	// Locale is the language as BCP 47 spells it; empty is the provider's default.
	Locale string
	// Model names one of the provider's models; empty is its default. One that it
	// does not know is no error.
	Model string
	// Phrases are all that is expected; nil is anything. A provider that cannot be
	// told so hears what it hears.
	Phrases []string
	// Partial asks for hypotheses while somebody is still speaking.
	Partial bool
	// Narrow says that the sound comes from a telephone: nothing is above 4 kHz,
	// whatever its rate.
	Narrow bool
}

// Recognizer makes text of sound.
type Recognizer interface {
	// Listen begins to listen to one stream. ctx bounds the whole of it.
	Listen(ctx context.Context, l Listening) (Ear, error)
}

// Ear listens to one stream, utterance by utterance: it finds out itself where
// one ends. Write and Finish are called by one goroutine, Next by one other.
type Ear interface {
	// Write takes the next frame, of any rate and length. It does not wait for the
	// provider: who cannot keep up fails, with ErrTimeout from Next.
	media.Sink
	// Finish says that nothing more will be written: what has been said so far is
	// an utterance. What was heard still comes, and then io.EOF.
	Finish()
	// Next waits for what is heard next. Its error is io.EOF after Finish, that of
	// the context, or one of this package's.
	Next() (Heard, error)
	// Close lets go of it at once. It may be called more than once, from any
	// goroutine.
	Close() error
}

// Heard is what a Recognizer has understood.
type Heard struct {
	// Text is what was said; empty if somebody spoke and was not understood.
	Text string
	// Final is the end of an utterance; what comes before it is a hypothesis.
	Final bool
	// Confidence is between 0 and 1.
	Confidence float64
	// From and To are when it was said, since the first sample that was written.
	From, To time.Duration
	// Words are the words of Text, where the provider knows when they were said.
	Words []Word
}
