package turn_test

import (
	"context"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
	"github.com/botd-dev/botd/media/speech/espeak"
	"github.com/botd-dev/botd/media/turn"
)

// sentences begin with every kind of sound.
var sentences = []string{
	"I would like to speak to somebody else.",
	"Stop, that is not what I asked for.",
	"Can we talk about the invoice instead?",
	"My number has changed since last year.",
	"No, wait a moment please.",
	"Hold on, I have another question.",
	"Five hundred is far too much.",
	"The salt breeze came across from the sea.",
}

var said sync.Map // text to samples

// say is a text at 48 kHz, without the silence before it.
func say(tb testing.TB, text, voice string) []int16 {
	tb.Helper()
	if s, ok := said.Load(text + voice); ok {
		return s.([]int16) //nolint:errcheck,forcetypeassert // as stored below
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	src, err := espeak.New(espeak.Config{}).Synthesize(ctx, speech.Utterance{Text: text, Voice: voice})
	if err != nil {
		tb.Fatal(err)
	}
	src = media.Chain(src, media.Resample(media.Rate))
	var samples []int16
	for f := media.NewFrame(media.Rate); ; {
		err := src.Read(f)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			tb.Fatal(err)
		}
		samples = append(samples, f.Samples...)
	}
	for i, s := range samples {
		if s > 300 || s < -300 {
			samples = samples[i:]
			break
		}
	}
	said.Store(text+voice, samples)
	return samples
}

// line is a second of a quiet line, a text, and so much of the line again.
func line(speech []int16, after time.Duration, noise float64) []int16 {
	const before = media.Rate
	all := make([]int16, before+len(speech)+int(after*media.Rate/time.Second))
	copy(all[before:], speech)
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a noise that is always the same
	for i := range all {
		all[i] = media.Clip(int(all[i]) + int(random.NormFloat64()*32768*math.Pow(10, noise/20)))
	}
	return all
}

// told is a signal and when it came, since the speech began.
type told struct {
	what turn.Signal
	at   time.Duration
}

func follow(d turn.Decider, samples []int16, rate int) (all []told) {
	src := media.Chain(speech.PCM(samples, media.Rate), media.Resample(rate))
	f := media.NewFrame(rate)
	for at := -time.Second + media.FrameDuration; src.Read(f) == nil; at += media.FrameDuration {
		if s := d.Frame(f); s != turn.Nothing {
			all = append(all, told{s, at})
		}
	}
	return all
}

func find(all []told, s turn.Signal) (time.Duration, bool) {
	for _, t := range all {
		if t.what == s {
			return t.at, true
		}
	}
	return 0, false
}

func TestAnInterruptionIsDecidedWithinTwoHundredMillisecondsOfSpeech(t *testing.T) {
	var worst time.Duration
	for _, rate := range []int{8000, 16000, 48000} {
		for i, s := range sentences {
			voice := []string{"en-US-JennyNeural", "en-US-GuyNeural", "en-GB-SoniaNeural"}[i%3]
			all := follow(turn.NewDetector(turn.Config{}), line(say(t, s, voice), time.Second, -60), rate)
			at, ok := find(all, turn.Interruption)
			if !ok || at > 200*time.Millisecond || at < 0 {
				t.Errorf("%q at %d Hz: %v", s, rate, all)
			}
			worst = max(worst, at)
		}
	}
	t.Logf("decided %v after the first sample of speech at the latest", worst)
}

func TestATurnEndsOnceAfterItsSilence(t *testing.T) {
	for _, silence := range []time.Duration{500 * time.Millisecond, 700 * time.Millisecond, 2 * time.Second} {
		words := say(t, sentences[1], "en-US-GuyNeural")
		all := follow(turn.NewDetector(turn.Config{EndSilence: silence}), line(words, 3*time.Second, -60), 16000)
		var ends []time.Duration
		for _, s := range all {
			if s.what == turn.Ended {
				ends = append(ends, s.at-time.Duration(len(words))*time.Second/media.Rate)
			}
		}
		if len(ends) != 1 || ends[0] < silence-400*time.Millisecond || ends[0] > silence+100*time.Millisecond {
			t.Errorf("%v of silence: ended %v after the last word", silence, ends)
		}
	}
}

// mhm is two hums with the lips closed: the harmonics of a voice that nothing
// but the first formant of an [m] lets through.
func mhm(pitch float64) []int16 {
	samples := make([]int16, media.Rate*44/100)
	for i := range samples {
		at := float64(i) / media.Rate
		shape := math.Abs(math.Sin(2 * math.Pi * at / 0.44)) // twice up and down
		sum := 0.0
		for n := 1.0; n < 12; n++ {
			f := n * pitch * (1 + 0.2*at)
			sum += math.Sin(2*math.Pi*f*at) / (1 + (f-220)*(f-220)/14400)
		}
		samples[i] = int16(4000 * shape * sum)
	}
	return samples
}

func TestAShortHumOnlyShowsThatSomebodyListens(t *testing.T) {
	for _, pitch := range []float64{95, 120, 180, 210} {
		all := follow(turn.NewDetector(turn.Config{}), line(mhm(pitch), 2*time.Second, -60), 16000)
		if _, ok := find(all, turn.Interruption); ok {
			t.Errorf("a hum at %v Hz interrupts: %v", pitch, all)
		}
		if _, ok := find(all, turn.Backchannel); !ok {
			t.Errorf("a hum at %v Hz: %v", pitch, all)
		}
	}
}

func TestACoughOrAClickBeginsNothingThatLasts(t *testing.T) {
	click := make([]int16, 480)
	for i := range click {
		click[i] = int16(20000 - 40000*(i/24%2))
	}
	all := follow(turn.NewDetector(turn.Config{}), line(click, 2*time.Second, -60), 16000)
	if len(all) != 0 {
		t.Errorf("a click of 10 ms: %v", all)
	}
}

func TestNoiseAloneIsNobodysTurn(t *testing.T) {
	for _, noise := range []float64{-70, -55, -40} {
		if all := follow(turn.NewDetector(turn.Config{}), line(nil, 20*time.Second, noise), 16000); len(all) > 0 {
			t.Errorf("noise at %v dBov: %v", noise, all)
		}
	}
}

func TestWordsDecide(t *testing.T) {
	for _, row := range []struct {
		text string
		want turn.Signal
	}{
		{"mhm", turn.Backchannel},
		{"Yes.", turn.Backchannel},
		{"I see", turn.Backchannel},
		{"okay, right", turn.Backchannel},
		{"no", turn.Interruption},
		{"yes but that is not it", turn.Interruption},
		{"42", turn.Interruption},
		{"", turn.Nothing},
		{"...", turn.Nothing},
	} {
		d := turn.NewDetector(turn.Config{})
		if got := d.Words(row.text); got != row.want {
			t.Errorf("%q: %v, want %v", row.text, got, row.want)
		}
		if got := d.Words(row.text); got != turn.Nothing && row.want != turn.Nothing {
			t.Errorf("%q once more: %v", row.text, got)
		}
	}
}

// plays notes what is done to a prompt.
type plays struct {
	media.Playback
	done []string
}

func (p *plays) Stop()   { p.done = append(p.done, "stop") }
func (p *plays) Pause()  { p.done = append(p.done, "pause") }
func (p *plays) Resume() { p.done = append(p.done, "resume") }
func (p *plays) Duck(dB float64) {
	p.done = append(p.done, map[bool]string{true: "loud", false: "duck"}[dB == 0])
}

func TestAPromptDoesWhatItsPolicySays(t *testing.T) {
	for _, row := range []struct {
		policy  string
		signals []turn.Signal
		want    []string
	}{
		{"stop", []turn.Signal{turn.Began, turn.Backchannel, turn.Ended}, nil},
		{"stop", []turn.Signal{turn.Began, turn.Interruption, turn.Interruption, turn.Ended}, []string{"stop"}},
		{"pause", []turn.Signal{turn.Began, turn.Backchannel, turn.Ended}, []string{"pause", "loud", "resume"}},
		{"pause", []turn.Signal{turn.Began, turn.Interruption, turn.Ended}, []string{"pause", "stop"}},
		{"duck", []turn.Signal{turn.Began, turn.Ended, turn.Began, turn.Interruption}, []string{"duck", "loud", "resume", "duck", "stop"}},
		{"uninterruptible", []turn.Signal{turn.Began, turn.Interruption, turn.Ended}, nil},
	} {
		policy, ok := turn.ParsePolicy(row.policy)
		on := &plays{}
		p := turn.NewPrompt(policy, on)
		for _, s := range row.signals {
			p.Signal(s)
		}
		if got := on.done; !ok || !equal(got, row.want) {
			t.Errorf("%s, %v: %v, want %v", row.policy, row.signals, got, row.want)
		}
	}
	if _, ok := turn.ParsePolicy("loudly"); ok {
		t.Error("a policy that does not exist")
	}
}

func TestAKeyStopsWhatMayBeStopped(t *testing.T) {
	for policy, want := range map[turn.Policy]bool{turn.Stop: true, turn.Duck: true, turn.Pause: true, turn.Uninterruptible: false} {
		if got := turn.NewPrompt(policy, &plays{}).Key(); got != want {
			t.Errorf("%v: %v", policy, got)
		}
	}
}

func equal(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func BenchmarkDetector(b *testing.B) {
	d, f := turn.NewDetector(turn.Config{}), media.NewFrame(16000)
	samples := say(b, sentences[0], "")
	b.ReportAllocs()
	for i := range b.N {
		copy(f.Samples, samples[i*320%(len(samples)-320):])
		d.Frame(f)
	}
}
