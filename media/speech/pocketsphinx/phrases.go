package pocketsphinx

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/botd-dev/botd/media/speech"
)

// The limits of what may be listened for.
const (
	maxPhrases = 1000
	maxPhrase  = 200 // characters
	maxWords   = 20
)

// lexicon is whether a word is in the dictionary.
type lexicon func(word string) bool

// phrases are what is listened for, by how it is said: the words of the
// dictionary with spaces between them.
type phrases struct {
	said    []string
	meaning map[string]string
}

// newPhrases finds out how each phrase is said. One that cannot be said with the
// letters of English is left out; it is ErrRequest if none is left.
func newPhrases(list []string, knows lexicon) (*phrases, error) {
	if len(list) > maxPhrases {
		return nil, fmt.Errorf("%w: %d phrases, at most %d", speech.ErrRequest, len(list), maxPhrases)
	}
	p := &phrases{meaning: map[string]string{}}
	for _, phrase := range list {
		words, ok := pronounce(phrase, knows)
		if !ok {
			continue
		}
		said := strings.Join(words, " ")
		if _, taken := p.meaning[said]; !taken {
			p.said = append(p.said, said)
			p.meaning[said] = phrase
		}
	}
	if len(p.said) == 0 {
		return nil, fmt.Errorf("%w: none of the phrases %.100q can be said in English", speech.ErrRequest, list)
	}
	return p, nil
}

// jsgf is the grammar in which any one of the phrases is said. It has words of
// the dictionary only, so there is nothing in it to be escaped.
func (p *phrases) jsgf() string {
	return "#JSGF V1.0;\ngrammar phrases;\npublic <phrase> = " + strings.Join(p.said, " | ") + ";\n"
}

// pronounce is a phrase in words of the dictionary. It fails for a phrase that
// has something in it that is not English.
func pronounce(phrase string, knows lexicon) ([]string, bool) {
	if len([]rune(phrase)) > maxPhrase {
		return nil, false
	}
	var words []string
	for _, word := range tokens(phrase) {
		said, ok := pronounceWord(word, knows)
		if !ok {
			return nil, false
		}
		words = append(words, said...)
	}
	return words, len(words) > 0 && len(words) <= maxWords
}

// signs are those that are said.
var signs = map[rune]string{'&': "and", '+': "plus", '@': "at", '%': "percent", '=': "equals"}

// tokens cuts a phrase into words of letters and apostrophes, numbers, and signs
// that are said.
func tokens(phrase string) []string {
	var list []string
	var word strings.Builder
	digits := false
	cut := func() {
		if w := strings.Trim(word.String(), "'"); w != "" {
			list = append(list, w)
		}
		word.Reset()
	}
	for _, r := range strings.ToLower(phrase) {
		switch {
		case r == '\'' || r == '’':
			word.WriteByte('\'')
		case unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r):
			if unicode.IsDigit(r) != digits {
				cut()
			}
			digits = unicode.IsDigit(r)
			word.WriteRune(r)
		default:
			cut()
			list = append(list, strings.Fields(signs[r])...)
		}
	}
	cut()
	return list
}

// pronounceWord is a word as the dictionary has it; a number in words; two words
// of the dictionary that make one, as in "voice mail"; or else letter by letter.
func pronounceWord(word string, knows lexicon) ([]string, bool) {
	if !english(word) {
		return nil, false
	}
	if digits := strings.Trim(word, "'"); digits[0] >= '0' && digits[0] <= '9' {
		return number(digits), true
	}
	if knows(word) {
		return []string{word}, true
	}
	if a, b, ok := compound(word, knows); ok {
		return []string{a, b}, true
	}
	return letters(word, knows)
}

// letters spells a word.
func letters(word string, knows lexicon) (spelled []string, ok bool) {
	for _, r := range strings.ReplaceAll(word, "'", "") {
		if !knows(string(r)) {
			return nil, false
		}
		spelled = append(spelled, string(r))
	}
	return spelled, len(spelled) > 0
}

// english reports whether there is nothing but letters of ASCII and apostrophes,
// or nothing but digits.
func english(word string) bool {
	for _, r := range word {
		if (r < 'a' || r > 'z') && r != '\'' {
			return strings.Trim(word, "0123456789") == ""
		}
	}
	return word != ""
}

// least is how long each half of a compound is, in letters.
const least = 3

// compound cuts a word in two where both are words.
func compound(word string, knows lexicon) (a, b string, ok bool) {
	for i := len(word) - least; i >= least; i-- {
		if knows(word[:i]) && knows(word[i:]) {
			return word[:i], word[i:], true
		}
	}
	return "", "", false
}
