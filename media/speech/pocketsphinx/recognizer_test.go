//go:build pocketsphinx

package pocketsphinx_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
	"github.com/botd-dev/botd/media/speech/espeak"
	"github.com/botd-dev/botd/media/speech/flite"
	"github.com/botd-dev/botd/media/speech/pocketsphinx"
	"github.com/botd-dev/botd/media/speech/speechtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// installed is the recognizer, which `make test` installs.
func installed(t *testing.T) *pocketsphinx.Recognizer {
	t.Helper()
	r, err := pocketsphinx.New(pocketsphinx.Config{Decoders: 2})
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

func TestWhatItCannotDoItSays(t *testing.T) {
	r := installed(t)
	for _, c := range []struct {
		says string
		l    speech.Listening
	}{
		{"another language", speech.Listening{Locale: "sv-SE"}},
		{"no phrase that can be said", speech.Listening{Phrases: []string{"да"}}},
		{"no phrase", speech.Listening{Phrases: []string{}}},
	} {
		if _, err := r.Listen(t.Context(), c.l); !errors.Is(err, speech.ErrRequest) {
			t.Errorf("%s: %v", c.says, err)
		}
	}
	if _, err := pocketsphinx.New(pocketsphinx.Config{Models: t.TempDir()}); !errors.Is(err, speech.ErrUnavailable) || !strings.Contains(err.Error(), "apt-get install pocketsphinx-en-us") {
		t.Errorf("without models: %v", err)
	}
}

func TestAClosedRecognizerHearsNothing(t *testing.T) {
	r, err := pocketsphinx.New(pocketsphinx.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if _, err := r.Listen(t.Context(), speech.Listening{Phrases: []string{"yes"}}); !errors.Is(err, speech.ErrUnavailable) {
		t.Errorf("error is %v", err)
	}
}

func TestDictationHasHypothesesAndWordsWithTheirTimes(t *testing.T) {
	r := installed(t)
	const said = "what is the weather like today"
	samples := speechtest.Say(t, flite.New(flite.Config{}), speech.Utterance{Text: said, Voice: "slt"}, 16000)
	ear, err := r.Listen(t.Context(), speech.Listening{Partial: true})
	if err != nil {
		t.Fatal(err)
	}
	defer ear.Close()
	for _, part := range [][]int16{make([]int16, 8000), samples, make([]int16, 16000)} {
		if err := ear.Write(&media.Frame{Samples: part, Rate: 16000}); err != nil {
			t.Fatal(err)
		}
	}
	ear.Finish()
	guesses, last := 0, speech.Heard{}
	for {
		h, err := ear.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if last.Final {
			t.Errorf("%+v came after the end of the utterance", h)
		}
		if last = h; !h.Final {
			guesses++
		}
	}
	right := 0
	for _, word := range strings.Fields(said) {
		if strings.Contains(" "+last.Text+" ", " "+word+" ") {
			right++
		}
	}
	if !last.Final || guesses == 0 || right < 4 || len(last.Words) != len(strings.Fields(last.Text)) {
		t.Errorf("after %d hypotheses heard %+v", guesses, last)
	}
	for i, w := range last.Words {
		if w.From >= w.To || i > 0 && w.From < last.Words[i-1].To || w.From < last.From-slack || w.To > last.To+slack {
			t.Errorf("from %v to %v, %q from %v to %v", last.From, last.To, w.Text, w.From, w.To)
		}
	}
	t.Logf("%d hypotheses, then %q", guesses, last.Text)
}

const slack = 200 * time.Millisecond
