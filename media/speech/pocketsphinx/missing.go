//go:build !pocketsphinx

package pocketsphinx

import (
	"context"
	"fmt"

	"github.com/botd-dev/botd/media/speech"
)

// Recognizer fits speech.Recognizer. There is none in this program.
type Recognizer struct{}

// New fails: this program was built without the tag.
func New(Config) (*Recognizer, error) { return nil, errMissing() }

// Listen fits speech.Recognizer.
func (*Recognizer) Listen(context.Context, speech.Listening) (speech.Ear, error) {
	return nil, errMissing()
}

// Close lets go of nothing.
func (*Recognizer) Close() error { return nil }

func errMissing() error {
	return fmt.Errorf("%w: pocketsphinx is not in this program, which was built without the tag pocketsphinx (go build -tags pocketsphinx)", speech.ErrUnavailable)
}
