package automation_test

import (
	"slices"
	"testing"

	"github.com/botd-dev/botd/automation"
)

func TestAChoiceIsFoundAmongTheWords(t *testing.T) {
	choices := []automation.Choice{
		{Label: "yes", Phrases: []string{"yes", "yes please"}},
		{Label: "no", Phrases: []string{"no"}},
		{Label: "1", Phrases: []string{"one"}},
		{Label: "12", Phrases: []string{"twelve"}},
		{Label: "21", Phrases: []string{"21"}},
		{Label: "zürich", Phrases: []string{"Zürich"}},
		{Label: "don't", Phrases: []string{"I don't know"}},
		{Label: "はい", Phrases: []string{"はい"}},
	}
	for said, want := range map[string]string{
		"Yes.":              "yes",
		"oh, YES please!":   "yes",
		"No":                "no",
		"I do not know":     "",
		"I dont know":       "don't",
		"I don’t know":      "don't",
		"know":              "",
		"nonsense":          "",
		"number 1":          "1",
		"12":                "12",
		"1 2":               "12",
		"twenty-one":        "21",
		"twenty one":        "21",
		"one hundred":       "1",
		"to Zurich":         "zürich",
		"zu\u0308rich":      "zürich",
		"はい":                "はい",
		"":                  "",
		"…":                 "",
		"211":               "",
		"yes or rather 21 ": "21",
	} {
		c, _, ok := automation.Choose(choices, said)
		if c.Label != want || ok != (want != "") {
			t.Errorf("%q is %q", said, c.Label)
		}
	}
}

func FuzzChoose(f *testing.F) {
	f.Add("twenty one", "21")
	f.Add("a\u0301", "á")
	f.Fuzz(func(t *testing.T, phrase, said string) {
		choices := []automation.Choice{{Label: "it", Phrases: []string{phrase}}}
		_, found, ok := automation.Choose(choices, said)
		if ok && !slices.Contains(choices[0].Phrases, found) {
			t.Errorf("found %q", found)
		}
		if ok {
			if _, _, again := automation.Choose(choices, phrase); !again {
				t.Errorf("%q is found in %q and not in itself", phrase, said)
			}
		}
	})
}
