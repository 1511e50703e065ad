package espeak

import (
	"testing"

	"github.com/botd-dev/botd/media/speech"
)

const table = `Pty Language       Age/Gender VoiceName          File                 Other Languages
 5  cmn             --/M      Chinese_(Mandarin) sit/cmn              (zh-cmn 5)(zh 5)
 2  en-gb           --/M      English_(Great_Britain) gmw/en               (en 2)
 2  en-us           --/M      English_(America)  gmw/en-US            (en 3)
 5  fr-be           --/M      French_(Belgium)   roa/fr-BE            (fr 8)
 5  fr-fr           --/M      French_(France)    roa/fr               (fr 5)
 5  nb              --/M      Norwegian_Bokmål  gmq/nb               (no 5)
 5  sv              --/M      Swedish            gmq/sv
 5  yue             --/M      Chinese_(Cantonese) sit/yue              (zh-yue 5)(zh 8)
`

func TestTheNearestVoiceSpeaks(t *testing.T) {
	c := parseVoices(table)
	for _, v := range []struct {
		says, voice, locale, want string
		gender                    speech.Gender
	}{
		{"nothing asked for", "", "", "en-us", speech.AnyGender},
		{"a locale it has", "", "en-GB", "en-gb", speech.AnyGender},
		{"a locale of a language it has", "", "fr-CA", "fr-fr", speech.AnyGender},
		{"a language under another name", "", "no", "nb", speech.AnyGender},
		{"a language with its own name for a region", "", "zh-HK", "yue", speech.AnyGender},
		{"a language it has not", "", "tlh", "en-us", speech.AnyGender},
		{"one of its own", "sv", "", "sv", speech.AnyGender},
		{"one of its own, varied", "EN-US+f3", "", "en-us+f3", speech.AnyGender},
		{"a variation that is a file", "en-us+../../x", "", "en-gb", speech.AnyGender},
		{"a woman in Swedish", "sv-SE-SofieNeural", "", "sv+f1", speech.AnyGender},
		{"a man in a language it has not", "", "tlh", "en-us+m3", speech.Male},
	} {
		u := speech.Utterance{Voice: v.voice, Locale: v.locale, Gender: v.gender}
		if got := c.nearest(u.Wanted(), "en-us"); got != v.want {
			t.Errorf("%s: %s, want %s", v.says, got, v.want)
		}
	}
}
