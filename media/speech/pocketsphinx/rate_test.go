//go:build pocketsphinx

package pocketsphinx_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
	"github.com/botd-dev/botd/media/speech/espeak"
	"github.com/botd-dev/botd/media/speech/flite"
	"github.com/botd-dev/botd/media/speech/speechtest"
)

var (
	expected = []string{
		"yes", "no", "operator", "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
		"yes please", "no thanks", "technical support", "cancel my order", "representative",
	}
	unexpected = []string{
		"what is the weather like today", "i am not sure what you mean", "the dog ran away", "maybe later on tuesday", "banana", "coffee",
	}
	speakers = []struct {
		engine speech.Synthesizer
		voice  string
	}{
		{espeak.New(espeak.Config{}), "en-us"},
		{espeak.New(espeak.Config{}), "en-us+f3"},
		{flite.New(flite.Config{}), "slt"},
		{flite.New(flite.Config{}), "rms"},
	}
)

// tally counts what came of what was said.
type tally struct{ right, wrong, refused int }

func (c *tally) add(said, heard string) {
	switch heard {
	case said:
		c.right++
	case "":
		c.refused++
	default:
		c.wrong++
	}
}

func (c *tally) share(n int) float64 { return float64(n) / float64(c.right+c.wrong+c.refused) }

func TestMostPhrasesAreUnderstoodAndOthersAreRefused(t *testing.T) {
	r := installed(t)
	for _, c := range []struct {
		says          string
		rate          int // hertz
		right, wrong  float64
		refusedOthers float64
	}{
		{"at 16 kHz", 16000, 0.85, 0.05, 0.85},
		{"over the telephone (PCMU)", 8000, 0.70, 0.08, 0.80},
	} {
		t.Run(c.says, func(t *testing.T) {
			t.Parallel()
			var in, out tally
			for _, s := range speakers {
				for _, phrase := range expected {
					in.add(phrase, hear(t, r, s.engine, s.voice, phrase, c.rate))
				}
				for _, phrase := range unexpected {
					out.add(phrase, hear(t, r, s.engine, s.voice, phrase, c.rate))
				}
			}
			t.Logf("of the phrases: %+v; of others: %+v", in, out)
			if in.share(in.right) < c.right || in.share(in.wrong) > c.wrong {
				t.Errorf("of the phrases %.0f%% right and %.0f%% wrong", 100*in.share(in.right), 100*in.share(in.wrong))
			}
			if got := out.share(out.refused); got < c.refusedOthers {
				t.Errorf("of others %.0f%% refused", 100*got)
			}
		})
	}
}

// hear is what is understood of a phrase; nothing if it was refused.
func hear(t *testing.T, r speech.Recognizer, engine speech.Synthesizer, voice, phrase string, rate int) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	samples := speechtest.Say(t, engine, speech.Utterance{Text: phrase, Voice: voice}, rate)
	if rate == 8000 {
		companded(samples)
	}
	ear, err := r.Listen(ctx, speech.Listening{Phrases: expected, Narrow: rate == 8000})
	if err != nil {
		t.Fatal(err)
	}
	defer ear.Close()
	silence := make([]int16, rate/2)
	for _, part := range [][]int16{silence, samples, silence} {
		if err := ear.Write(&media.Frame{Samples: part, Rate: rate}); err != nil {
			t.Fatal(err)
		}
	}
	ear.Finish()
	var texts []string
	for {
		h, err := ear.Next()
		if errors.Is(err, io.EOF) {
			return strings.Join(texts, " ")
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Text != "" {
			texts = append(texts, h.Text)
		}
	}
}

// companded makes samples what is left of them by PCMU (ITU-T G.711): 13
// significant bits in segments of 16 steps.
func companded(samples []int16) {
	const bias = 132
	for i, s := range samples {
		v := min(max(int(s), -int(s)), 32635) + bias
		segment := 0
		for v>>(segment+8) != 0 {
			segment++
		}
		v = v>>(segment+3)<<(segment+3) + 1<<(segment+2) - bias
		if s < 0 {
			v = -v
		}
		samples[i] = int16(v)
	}
}
