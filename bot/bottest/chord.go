package bottest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
)

// A word is a chord: tones that are multiples of 50 Hz, so that each fits into
// any 20 ms a whole number of times and is found in them whatever else sounds and
// wherever they begin. Which tones they are follows from who says it, in which
// text and at which place.
const (
	spacing   = 50  // Hz
	lowest    = 8   // times spacing: 400 Hz
	highest   = 139 // 6950 Hz, so that 16 kHz are enough to hear it
	tones     = 8   // of a word
	shared    = 3   // of them, with other words that sound at the same time
	amplitude = 1500
	// softest is what is still heard of an amplitude: 24 dB less.
	softest = amplitude / 16

	wordGap     = 3  // frames between two words
	sentenceGap = 15 // frames behind a sentence
	pace        = 2  // frames a letter
	shortest    = 6  // frames a word has at least
)

// word is one word of a text that somebody says.
type word struct {
	said   *text
	index  int
	letter string // as it is written
	bare   string // without case and punctuation
	frames int    // how long it is said
	bins   [tones]int
	sound  []int16 // 20 ms of it at 48 kHz
}

// text is what somebody says, word by word.
type text struct {
	voice string
	words []*word
}

// language knows every text that was said, by its sound.
type language struct {
	names *names

	mu    sync.Mutex
	texts map[string]*text
	byBin [highest + 1][]*word // by their lowest tone
	alone map[sample][]*word   // by some samples of their sound
}

// sample is a few samples of 20 ms of sound at 48 kHz, which tell most words
// apart.
type sample [4]int16

func sampleOf(sound []int16) sample { return sample{sound[0], sound[1], sound[2], sound[3]} }

func newLanguage(n *names) *language {
	return &language{names: n, texts: map[string]*text{}, alone: map[sample][]*word{}}
}

// text gives words their sound.
func (l *language) text(voice, says string) *text {
	written := strings.Fields(speech.Plain(says))
	key := voice + "\x00" + strings.Join(written, " ")
	l.mu.Lock()
	defer l.mu.Unlock()
	if t := l.texts[key]; t != nil {
		return t
	}
	t := &text{voice: voice}
	for i, letters := range written {
		w := newWord(t, i, letters, l.names.random(fmt.Sprintf("chord %d %s", i, key)))
		t.words = append(t.words, w)
		l.byBin[w.bins[0]] = append(l.byBin[w.bins[0]], w)
		l.alone[sampleOf(w.sound)] = append(l.alone[sampleOf(w.sound)], w)
	}
	l.texts[key] = t
	return t
}

func newWord(t *text, index int, letters string, random *rand.Rand) *word {
	w := &word{said: t, index: index, letter: letters, bare: bare(letters)}
	w.frames = max(shortest, pace*len([]rune(letters)))
	bins := random.Perm(highest - lowest + 1)[:tones]
	slices.Sort(bins)
	sum := make([]float64, media.FrameSize)
	for i, bin := range bins {
		w.bins[i] = lowest + bin
		phase := 2 * math.Pi * random.Float64()
		step := 2 * math.Pi * spacing * float64(w.bins[i]) / media.Rate
		for n := range sum {
			sum[n] += amplitude * math.Sin(phase+step*float64(n))
		}
	}
	w.sound = make([]int16, len(sum))
	for n, v := range sum {
		w.sound[n] = media.Clip(int(math.Round(v)))
	}
	return w
}

// gap is how many frames of silence follow the word.
func (w *word) gap() int {
	if strings.ContainsAny(w.letter[len(w.letter)-1:], ".!?:;") {
		return sentenceGap
	}
	return wordGap
}

// frames are the sound of a text, 20 ms each; nil is silence.
func (t *text) frames() [][]int16 {
	var list [][]int16
	for _, w := range t.words {
		for range w.frames {
			list = append(list, w.sound)
		}
		list = append(list, make([][]int16, w.gap())...)
	}
	return list
}

// lasts is how long it takes to say something, until it is understood.
func (s *stage) lasts(words string) time.Duration {
	frames := len(s.language.text("", words).frames()) + silence
	return time.Duration(frames) * media.FrameDuration
}

// exact finds the one word of which this is the very sound.
func (l *language) exact(sound []int16) *word {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, w := range l.alone[sampleOf(sound)] {
		if slices.Equal(w.sound, sound) {
			return w
		}
	}
	return nil
}

// heard finds the words in 20 ms of sound. spectrum is how strong each multiple
// of spacing is in it.
func (l *language) heard(spectrum *[highest + 1]float64) []*word {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []*word
	for bin, strength := range spectrum {
		if strength < softest {
			continue
		}
		for _, w := range l.byBin[bin] {
			if w.in(spectrum) {
				found = append(found, w)
			}
		}
	}
	return found
}

// in reports whether the word is in a sound: all its tones are there, and equally
// strong but for those that other words share.
func (w *word) in(spectrum *[highest + 1]float64) bool {
	var strengths [tones]float64
	for i, bin := range w.bins {
		if strengths[i] = spectrum[bin]; strengths[i] < softest/4 {
			return false
		}
	}
	median := slices.Sorted(slices.Values(strengths[:]))[tones/2]
	alike := 0
	for _, s := range strengths {
		if median >= softest && s > median/1.6 && s < median*1.6 {
			alike++
		}
	}
	return alike >= tones-shared
}
