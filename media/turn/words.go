package turn

import (
	"strings"
	"unicode"
)

// listening are the words that say no more than that one listens, in the
// languages of most calls.
var listening = map[string]bool{
	"mhm": true, "mm": true, "mmm": true, "hm": true, "hmm": true, "mmhm": true, "uh": true, "uhhuh": true, "um": true,
	"huh": true, "ah": true, "aha": true, "oh": true, "eh": true, "er": true,
	"yes": true, "yeah": true, "yep": true, "yup": true, "ok": true, "okay": true, "right": true, "sure": true, "alright": true,
	"i": true, "see": true, "got": true, "it": true, // "I see", "got it"
	"ja": true, "genau": true, "jaha": true, "precis": true, "okej": true,
	"oui": true, "ouais": true, "d'accord": true, "sí": true, "si": true, "claro": true, "vale": true, "sim": true, "certo": true,
	"tak": true, "da": true, "はい": true, "うん": true, "嗯": true, "네": true,
}

// mostListening is how many words a backchannel has.
const mostListening = 3

// onlyListens reports whether a text is a backchannel. One without words is not.
func onlyListens(text string) bool {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && r != '\''
	})
	if len(words) == 0 || len(words) > mostListening {
		return false
	}
	for _, w := range words {
		if !listening[w] {
			return false
		}
	}
	return true
}

// says reports whether a text has words at all.
func says(text string) bool {
	return strings.ContainsFunc(text, unicode.IsLetter) || strings.ContainsFunc(text, unicode.IsDigit)
}
