//go:build pocketsphinx

package pocketsphinx_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/botd-dev/botd/media/speech"
	"github.com/botd-dev/botd/media/speech/espeak"
	"github.com/botd-dev/botd/media/speech/pocketsphinx"
	"github.com/botd-dev/botd/media/speech/speechtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// installed is the recognizer, which `make test` installs.
func installed(t *testing.T) *pocketsphinx.Recognizer {
	t.Helper()
	r, err := pocketsphinx.New(pocketsphinx.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func TestItPassesTheSuite(t *testing.T) {
	r := installed(t)
	speechtest.RunRecognizer(t, espeak.New(espeak.Config{}), func(*testing.T) speech.Recognizer { return r })
}
