package pocketsphinx

import (
	"slices"
	"time"
)

// A grammar always answers with one of its phrases, whatever was said. So what
// the language model makes of the same sound, which may have been anything, is
// asked for a second opinion. Its words are often others, but they sound alike:
// "operator" and "all the data", but not "what is the weather like". What is
// compared is therefore the phones.
const (
	// alike is the distance up to which two pronunciations may be of the same, and
	// near the one up to which there is little doubt. Measured with the voices of
	// espeak-ng and flite, at 16 kHz and over the telephone.
	alike = 0.62
	near  = 0.4
)

// The three steps of confidence: both searches heard the same words, the same
// sounds, or similar ones.
const (
	certain  = 0.95
	probable = 0.75
	possible = 0.5
)

// What a phone may take. Slower or faster is not the phrase.
const (
	shortest = 35 * time.Millisecond
	longest  = 350 * time.Millisecond
)

// plausible reports whether as many phones can be said in so much time.
func plausible(phones int, spoken time.Duration) bool {
	if phones == 0 {
		return false
	}
	each := spoken / time.Duration(phones)
	return each >= shortest && each <= longest
}

// distance is how different two pronunciations are: 0 is the same, 1 is as
// different as can be. It is the least cost of changing one into the other, a
// phone at a time, as a part of the longer one.
func distance(a, b []string) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 1
	}
	above := make([]float64, len(b)+1)
	row := make([]float64, len(b)+1)
	for j := range above {
		above[j] = float64(j) * missing
	}
	for i, p := range a {
		row[0] = float64(i+1) * missing
		for j, q := range b {
			row[j+1] = min(above[j+1]+missing, row[j]+missing, above[j]+confusion(p, q))
		}
		above, row = row, above
	}
	return above[len(b)] / float64(max(len(a), len(b)))
}

// What it costs to leave a phone out, and to take one for another like it.
const (
	missing = 0.8
	similar = 0.5
)

// classes are the phones that are taken for each other: vowels, stops,
// fricatives, nasals, and liquids.
var classes = [][]string{
	{"AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"},
	{"P", "B", "T", "D", "K", "G"},
	{"F", "TH", "S", "SH", "HH", "CH", "V", "DH", "Z", "ZH", "JH"},
	{"M", "N", "NG"},
	{"L", "R", "W", "Y", "ER"},
}

// confusion is what it costs to take one phone for the other.
func confusion(a, b string) float64 {
	if a == b {
		return 0
	}
	for _, class := range classes {
		if slices.Contains(class, a) && slices.Contains(class, b) {
			return similar
		}
	}
	return 1
}

// agreement is how sure it is that a was said where it also sounded like b; zero
// is not at all.
func agreement(a, b []string) float64 {
	switch apart := distance(a, b); {
	case apart == 0:
		return certain
	case apart <= near:
		return probable
	case apart <= alike:
		return possible
	}
	return 0
}
