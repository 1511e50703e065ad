package automation

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/botd-dev/botd/call"
)

// Choice is one thing that can be chosen, by saying one of its phrases or
// pressing its key.
type Choice struct {
	Label   string   `json:"label"`
	Phrases []string `json:"phrases"`
	// Tone is there for all choices or for none.
	Tone call.Tone `json:"tone,omitempty"`
}

// What one request may choose from.
const (
	maxChoices = 250
	maxPhrases = 100 // of one choice
)

func checkChoices(field string, choices []Choice) error {
	if len(choices) == 0 {
		return required(field)
	}
	if len(choices) > maxChoices {
		return invalid(field, fmt.Sprintf("there are more than %d", maxChoices))
	}
	tones := map[call.Tone]bool{}
	for i, c := range choices {
		at := fmt.Sprintf("%s[%d]", field, i)
		if err := c.validate(at); err != nil {
			return err
		}
		switch {
		case (c.Tone == "") != (choices[0].Tone == ""):
			return invalid(at+".tone", "tones are on all choices or on none")
		case c.Tone != "" && tones[c.Tone]:
			return invalid(at+".tone", "another choice has it")
		}
		tones[c.Tone] = true
	}
	return nil
}

func (c Choice) validate(field string) error {
	switch {
	case c.Label == "":
		return required(field + ".label")
	case len(c.Phrases) == 0:
		return required(field + ".phrases")
	case len(c.Phrases) > maxPhrases:
		return invalid(field+".phrases", fmt.Sprintf("there are more than %d", maxPhrases))
	case c.Tone != "" && !slices.Contains(tones, c.Tone):
		return invalid(field+".tone", fmt.Sprintf("%q is no tone", c.Tone))
	}
	for i, p := range c.Phrases {
		at := fmt.Sprintf("%s.phrases[%d]", field, i)
		if err := atMost(at, p, maxName); err != nil {
			return err
		}
		if len(words(p)) == 0 {
			return invalid(at, "it has no words")
		}
	}
	return atMost(field+".label", c.Label, maxName)
}

// choose finds the choice whose phrase was said: the one with the longest phrase
// of those that are in it. Case, punctuation, accents and how numbers are written
// do not matter.
func choose(choices []Choice, said string) (c Choice, phrase string, ok bool) {
	heard, longest := words(said), 0
	for _, one := range choices {
		for _, p := range one.Phrases {
			w := words(p)
			if len(w) > longest && amid(heard, w) {
				c, phrase, ok, longest = one, p, true, len(w)
			}
		}
	}
	return c, phrase, ok
}

// amid reports whether the words of a phrase are among those that were heard,
// one after the other. A number is not part of a longer one.
func amid(heard, phrase []string) bool {
	digit := func(i int) bool { return i >= 0 && i < len(heard) && isDigit(heard[i]) }
	for i := 0; i+len(phrase) <= len(heard); i++ {
		end := i + len(phrase)
		cut := isDigit(phrase[0]) && digit(i-1) || isDigit(phrase[len(phrase)-1]) && digit(end)
		if !cut && slices.Equal(heard[i:end], phrase) {
			return true
		}
	}
	return false
}

func isDigit(w string) bool { return len(w) == 1 && w[0] >= '0' && w[0] <= '9' }

// words are the words of a text in lower case, without accents, and every number
// as its digits.
func words(text string) []string {
	var plain strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(strings.ToValidUTF8(text, " "))) {
		switch {
		case unicode.Is(unicode.Mn, r), r == '\'', r == '’':
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.Is(unicode.Mc, r):
			plain.WriteRune(r)
		default:
			plain.WriteByte(' ')
		}
	}
	return digits(strings.Fields(plain.String()))
}

// small and tens are the English words for numbers; other languages are compared
// as they are written.
var (
	small = []string{
		"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
		"fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
	}
	tens = []string{"twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"}
)

// digits puts the digits of every number in its place, each a word: "21" and
// "twenty-one" are "2", "1".
func digits(in []string) (out []string) {
	for i := 0; i < len(in); i++ {
		w := in[i]
		if n := slices.Index(tens, w); n >= 0 {
			value := 20 + 10*n
			if i+1 < len(in) {
				if one := slices.Index(small[:10], in[i+1]); one > 0 {
					value += one
					i++
				}
			}
			w = strconv.Itoa(value)
		} else if n := slices.Index(small, w); n >= 0 {
			w = strconv.Itoa(n)
		}
		if strings.Trim(w, "0123456789") == "" {
			out = append(out, strings.Split(w, "")...)
			continue
		}
		out = append(out, w)
	}
	return out
}
