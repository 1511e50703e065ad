package speech_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
	"github.com/botd-dev/botd/media/speech/espeak"
	"github.com/botd-dev/botd/media/speech/speechtest"
)

// hum is something like a voice: a tone with harmonics whose loudness comes and
// goes like syllables.
func hum(samples []int16, rate int) {
	for i := range samples {
		at := float64(i) / float64(rate)
		v := 0.0
		for k := 1; k <= 12; k++ {
			v += math.Sin(2*math.Pi*140*float64(k)*at) / float64(k)
		}
		samples[i] = int16(6000 * v * (0.6 + 0.4*math.Sin(2*math.Pi*4*at)))
	}
}

// edge is an utterance that was found.
type edge struct{ from, to, first time.Duration }

// split finds the utterances in samples at 16 kHz, and how much sound they have.
func split(s *speech.Splitter, samples []int16) (found []edge, length time.Duration) {
	var now edge
	take := func(p speech.Part) {
		if p.Begins {
			now.first = p.At
		}
		length += time.Duration(len(p.Samples)) * time.Second / 16000
		if p.Ends {
			found = append(found, edge{p.From, p.To, now.first})
		}
	}
	for len(samples) > 0 {
		n := min(320, len(samples))
		take(s.Write(&media.Frame{Samples: samples[:n], Rate: 16000}))
		samples = samples[n:]
	}
	take(s.End())
	return found, length
}

// seconds is as many samples as fit.
func seconds(s float64) int { return int(s * 16000) }

func TestUtterancesAreFoundWithTheirEdges(t *testing.T) {
	samples := make([]int16, seconds(6))
	hum(samples[seconds(1):seconds(2)], 16000)
	hum(samples[seconds(2.3):seconds(2.8)], 16000) // a pause that ends nothing
	hum(samples[seconds(4):seconds(5)], 16000)
	found, _ := split(speech.NewSplitter(speech.SplitterConfig{}), samples)
	want := []edge{{time.Second, 2800 * time.Millisecond, 700 * time.Millisecond}, {4 * time.Second, 5 * time.Second, 3700 * time.Millisecond}}
	if len(found) != len(want) {
		t.Fatalf("found %v", found)
	}
	for i, f := range found {
		const slack = 60 * time.Millisecond
		if (f.from-want[i].from).Abs() > slack || (f.to-want[i].to).Abs() > slack || (f.first-want[i].first).Abs() > slack {
			t.Errorf("found %v, want %v", f, want[i])
		}
	}
}

func TestWhoNeverStopsIsCut(t *testing.T) {
	talk := speechtest.Say(t, espeak.New(espeak.Config{}), speech.Utterance{Text: strings.Repeat("and then we will see how they are ", 4)}, 16000)
	samples := append(make([]int16, seconds(0.5)), talk...)
	found, length := split(speech.NewSplitter(speech.SplitterConfig{Longest: 2 * time.Second}), samples)
	said := time.Duration(len(talk)) * time.Second / 16000
	if len(found) != int(said/(2*time.Second))+1 || length < said-500*time.Millisecond {
		t.Errorf("of %v found %v with %v of sound", said, found, length)
	}
	for _, f := range found {
		if f.to-f.from > 2*time.Second+20*time.Millisecond {
			t.Errorf("found %v", f)
		}
	}
}

func TestSilenceAndCracklesAreNoUtterances(t *testing.T) {
	samples := make([]int16, seconds(3))
	for i := seconds(1); i < len(samples); i += seconds(0.5) {
		samples[i] = 30000
	}
	if found, length := split(speech.NewSplitter(speech.SplitterConfig{}), samples); len(found) > 0 || length > 0 {
		t.Errorf("found %v with %v of sound", found, length)
	}
}
