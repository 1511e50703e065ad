package openai

import (
	"testing"

	"github.com/botd-dev/botd/media/speech"
)

func FuzzTranscript(f *testing.F) {
	f.Add([]byte(`{"text":"yes","segments":[{"avg_logprob":-0.1,"no_speech_prob":0.1}],"words":[{"word":"yes","start":0.1,"end":0.2}]}`))
	f.Add([]byte(`{"text":"","words":[{"start":-1e308,"end":1e308}]}`))
	f.Fuzz(func(t *testing.T, answer []byte) {
		h := &hearing{sound: make([]int16, hearRate), listening: speech.Listening{Phrases: []string{"yes"}}}
		heard, err := h.parse(answer)
		if err != nil {
			return
		}
		if !(heard.Confidence >= 0 && heard.Confidence <= 1) {
			t.Errorf("the confidence is %v", heard.Confidence)
		}
		for _, w := range heard.Words {
			if w.From < 0 || w.To < w.From || w.To.Seconds() > 1 {
				t.Errorf("a word from %v to %v in a second of sound", w.From, w.To)
			}
		}
	})
}
