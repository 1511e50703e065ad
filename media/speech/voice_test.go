package speech_test

import (
	"testing"

	"github.com/botd-dev/botd/media/speech"
)

func TestAForeignVoiceNameTellsLanguageAndGender(t *testing.T) {
	for _, c := range []struct {
		says string
		u    speech.Utterance
		want speech.Voice
	}{
		{"a neural voice", speech.Utterance{Voice: "en-US-NancyNeural"}, speech.Voice{Locale: "en-US", Gender: speech.Female}},
		{"a multilingual one", speech.Utterance{Voice: "de-DE-FlorianMultilingualNeural"}, speech.Voice{Locale: "de-DE", Gender: speech.Male}},
		{"one with a version", speech.Utterance{Voice: "en-US-Ava:DragonHDLatestNeural"}, speech.Voice{Locale: "en-US", Gender: speech.Female}},
		{"one with a script", speech.Utterance{Voice: "sr-Latn-RS-NicholasNeural"}, speech.Voice{Locale: "sr-Latn-RS"}},
		{"one with a dialect", speech.Utterance{Voice: "zh-CN-liaoning-XiaobeiNeural"}, speech.Voice{Locale: "zh-CN"}},
		{"one with a number", speech.Utterance{Voice: "es-419-Standard-A"}, speech.Voice{Locale: "es-419"}},
		{"a first name alone", speech.Utterance{Voice: "Joanna", Locale: "en-GB"}, speech.Voice{Locale: "en-GB", Gender: speech.Female}},
		{"the voice goes before the locale", speech.Utterance{Voice: "sv-SE-SofieNeural", Locale: "en-US"}, speech.Voice{Locale: "sv-SE", Gender: speech.Female}},
		{"the gender asked for goes before the name", speech.Utterance{Voice: "sv-SE-SofieNeural", Gender: speech.Male}, speech.Voice{Locale: "sv-SE", Gender: speech.Male}},
		{"nothing asked for", speech.Utterance{}, speech.Voice{}},
		{"nonsense", speech.Utterance{Voice: "---"}, speech.Voice{}},
	} {
		c.want.Name = c.u.Voice
		if got := c.u.Wanted(); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.says, got, c.want)
		}
	}
}
