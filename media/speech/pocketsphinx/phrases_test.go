package pocketsphinx

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/media/speech"
)

// small is a dictionary.
func small(word string) bool {
	return len(word) == 1 || slices.Contains(strings.Fields(
		"yes no please voice mail operator o'clock don't and at plus percent equals"), word)
}

func TestAPhraseIsSaidInWordsOfTheDictionary(t *testing.T) {
	for _, c := range []struct{ says, phrase, want string }{
		{"as it is", "yes please", "yes please"},
		{"whatever its case and punctuation", "  Yes, PLEASE!", "yes please"},
		{"with apostrophes of both kinds", "don't don’t 'yes'", "don't don't yes"},
		{"two words in one", "voicemail", "voice mail"},
		{"letter by letter", "XKCD", "x k c d"},
		{"a digit", "1", "one"},
		{"a number", "1024", "one thousand twenty four"},
		{"a round number", "2000", "two thousand"},
		{"a teen", "315", "three hundred fifteen"},
		{"a code", "007", "zero zero seven"},
		{"a long number", "12345", "one two three four five"},
		{"letters and digits", "B12", "b twelve"},
		{"signs", "yes & no @ 5%", "yes and no at five percent"},
		{"what a grammar is made of", "yes | <no> ; [please] {x} /1/ (no) * + \"no\" $public", "yes no please x one no plus no p u b l i c"},
		{"nothing", " ?! ", ""},
		{"another alphabet", "ja да", ""},
		{"accents", "café", ""},
		{"digits of another alphabet", "٣", ""},
		{"too much", strings.Repeat("yes ", 21), ""},
		{"far too much", strings.Repeat("x", 10_000), ""},
	} {
		got, ok := pronounce(c.phrase, small)
		if said := strings.Join(got, " "); ok != (c.want != "") || ok && said != c.want {
			t.Errorf("%s: %q is said %q, want %q", c.says, c.phrase, said, c.want)
		}
	}
}

func TestPhrasesThatCannotBeSaidAreLeftOut(t *testing.T) {
	p, err := newPhrases([]string{"да", "Yes", "yes!", "1"}, small)
	if err != nil || !slices.Equal(p.said, []string{"yes", "one"}) || p.meaning["yes"] != "Yes" {
		t.Errorf("%+v, %v", p, err)
	}
	for _, list := range [][]string{{}, {"да"}, make([]string, maxPhrases+1)} {
		if _, err := newPhrases(list, small); !errors.Is(err, speech.ErrRequest) {
			t.Errorf("%d phrases: %v", len(list), err)
		}
	}
}

// What is heard is compared by sound.
func TestWordsThatSoundAlikeAgree(t *testing.T) {
	phones := func(s string) []string { return strings.Fields(s) }
	for _, c := range []struct {
		says, a, b string
		want       float64
	}{
		{"the same", "Y EH S", "Y EH S", certain},
		{"billing and bidding", "B IH L IH NG", "B IH D IH NG", probable},
		{"yes and yeah", "Y EH S", "Y AE", possible},
		{"operator and all the data", "AA P ER EY T ER", "AO L DH AH D EY T AH", possible},
		{"one and what is the weather", "W AH N", "W AH T IH Z DH AH W EH DH ER", 0},
		{"yes and nothing", "Y EH S", "", 0},
		{"nothing and yes", "", "Y EH S", 0},
	} {
		if got := agreement(phones(c.a), phones(c.b)); got != c.want {
			t.Errorf("%s: %v, want %v: they are %.2f apart", c.says, got, c.want, distance(phones(c.a), phones(c.b)))
		}
	}
}

func TestAWordTakesSoLong(t *testing.T) {
	for _, c := range []struct {
		phones int
		spoken time.Duration
		want   bool
	}{{3, 300 * time.Millisecond, true}, {3, 50 * time.Millisecond, false}, {3, 2 * time.Second, false}, {15, 1500 * time.Millisecond, true}} {
		if got := plausible(c.phones, c.spoken); got != c.want {
			t.Errorf("%d phones in %v: %v", c.phones, c.spoken, got)
		}
	}
}

func TestTheFloorIsMinus54dB(t *testing.T) {
	samples := make([]int16, 48000)
	noise(samples)
	sum := 0.0
	for _, s := range samples {
		sum += float64(s) * float64(s)
	}
	// -54 dBFS is 65.4 of 32768.
	if rms := sum / float64(len(samples)); rms < 60*60 || rms > 71*71 {
		t.Errorf("the mean square is %.0f", rms)
	}
	loud := []int16{32767, -32768, 32767, -32768}
	noise(loud)
	if loud[0] < 32000 || loud[1] > -32000 || loud[2] < 32000 || loud[3] > -32000 {
		t.Errorf("it wraps: %v", loud)
	}
}

var harmless = regexp.MustCompile(`^#JSGF V1\.0;\ngrammar phrases;\npublic <phrase> = [a-z' |]+;\n$`)

// Phrases come from outside: nothing in them may become part of the grammar.
func FuzzPhrases(f *testing.F) {
	f.Add("yes", "no")
	f.Add("<phrase>", "| x ; public <y> = z")
	f.Add("don’t", "٣\x00\xff")
	f.Fuzz(func(t *testing.T, a, b string) {
		p, err := newPhrases([]string{a, b}, small)
		if err != nil {
			return
		}
		if g := p.jsgf(); !harmless.MatchString(g) {
			t.Errorf("%q and %q make %q", a, b, g)
		}
		for _, said := range p.said {
			if m := p.meaning[said]; m != a && m != b {
				t.Errorf("%q means %q", said, m)
			}
			for _, word := range strings.Fields(said) {
				if !small(word) && !slices.Contains(units[:], word) && !slices.Contains(tens[:], word) && word != "hundred" && word != "thousand" {
					t.Errorf("%q is no word of the dictionary", word)
				}
			}
		}
	})
}
