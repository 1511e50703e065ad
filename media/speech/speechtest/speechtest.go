// Package speechtest is the suite that every speech provider passes. It listens
// to what is said: that there is sound, how long it is, and whether it differs.
package speechtest

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
)

// Run has a provider speak. New makes one; it is asked for each test anew.
func Run(t *testing.T, newSynthesizer func(t *testing.T) speech.Synthesizer) {
	t.Helper()
	for _, c := range []struct {
		says string
		test func(*testing.T, speech.Synthesizer)
	}{
		{"a sentence is as long as a sentence", sentence},
		{"what is longer takes longer", longer},
		{"voices differ", voices},
		{"a foreign voice name speaks", foreign},
		{"SSML is obeyed", markup},
		{"nothing is an error", empty},
		{"bad SSML is an error", badMarkup},
		{"the end of the context ends it", canceled},
		{"hostile text is said or refused", hostile},
		{"four thousand characters are said", long},
	} {
		t.Run(c.says, func(t *testing.T) { c.test(t, newSynthesizer(t)) })
	}
}

const limit = 30 * time.Second

// sound is what was said, at the provider's own rate in hertz.
type sound struct {
	samples []int16
	rate    int
}

// say speaks u and returns what was said.
func say(t *testing.T, s speech.Synthesizer, u speech.Utterance) (sound, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	src, err := s.Synthesize(ctx, u)
	if err != nil {
		return sound{}, err
	}
	if c, ok := src.(io.Closer); ok {
		defer c.Close() //nolint:errcheck // everything has been read
	}
	var said sound
	err = media.Copy(ctx, media.SinkFunc(func(f *media.Frame) error {
		said.samples = append(said.samples, f.Samples...)
		said.rate = f.Rate
		return nil
	}), src)
	return said, err
}

// must is say where an error is a failure.
func must(t *testing.T, s speech.Synthesizer, u speech.Utterance) sound {
	t.Helper()
	said, err := say(t, s, u)
	if err != nil {
		t.Fatalf("%+v: %v", u, err)
	}
	return said
}

// spoken is for how many seconds it is loud.
func (s sound) spoken() float64 {
	loud := 0
	for part := range slices.Chunk(s.samples, max(1, s.rate/50)) {
		if media.Level(&media.Frame{Samples: part, Rate: s.rate}) < 50 {
			loud++
		}
	}
	return float64(loud) * media.FrameDuration.Seconds()
}

func sentence(t *testing.T, s speech.Synthesizer) {
	said := must(t, s, speech.Utterance{Text: "Please wait while we connect you to the next free agent.", Locale: "en-US"})
	if d := said.spoken(); d < 1.5 || d > 8 {
		t.Errorf("eleven words in %.1f s", d)
	}
	loudest := int16(0)
	for _, v := range said.samples {
		loudest = max(loudest, v)
	}
	if loudest < 2000 {
		t.Errorf("the loudest sample is %d", loudest)
	}
}

func longer(t *testing.T, s speech.Synthesizer) {
	one := must(t, s, speech.Utterance{Text: "One moment please."}).spoken()
	four := must(t, s, speech.Utterance{Text: strings.Repeat("One moment please. ", 4)}).spoken()
	if four < 2.5*one || four > 6*one {
		t.Errorf("once takes %.1f s, four times %.1f s", one, four)
	}
}

func voices(t *testing.T, s speech.Synthesizer) {
	text := "How may I help you today?"
	female := must(t, s, speech.Utterance{Text: text, Locale: "en-US", Gender: speech.Female})
	male := must(t, s, speech.Utterance{Text: text, Locale: "en-US", Gender: speech.Male})
	swedish := must(t, s, speech.Utterance{Text: text, Locale: "sv-SE"})
	if slices.Equal(female.samples, male.samples) || slices.Equal(male.samples, swedish.samples) {
		t.Error("two voices sound the same")
	}
	if again := must(t, s, speech.Utterance{Text: text, Locale: "en-US", Gender: speech.Male}); again.spoken() != male.spoken() {
		t.Error("the same voice does not sound the same twice")
	}
}

func foreign(t *testing.T, s speech.Synthesizer) {
	for _, voice := range []string{"en-US-NancyNeural", "sv-SE-SofieNeural", "xx-YY-NobodyNeural", "alloy", "../../etc/passwd", "--help"} {
		if d := must(t, s, speech.Utterance{Text: "Hello, this is a test.", Voice: voice}).spoken(); d < 0.5 {
			t.Errorf("%s spoke for %.1f s", voice, d)
		}
	}
}

func markup(t *testing.T, s speech.Synthesizer) {
	const text = "One moment please."
	plain := must(t, s, speech.Utterance{SSML: `<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="en-US"><voice name="en-US-NancyNeural">` + text + `</voice></speak>`})
	if plain.spoken() < 0.4 {
		t.Errorf("spoke for %.1f s", plain.spoken())
	}
	paused := must(t, s, speech.Utterance{SSML: `<speak><voice name="en-US-NancyNeural">One moment <break time="2s"/> please.</voice></speak>`})
	if more := float64(len(paused.samples)-len(plain.samples)) / float64(plain.rate); more < 1 {
		t.Errorf("a pause of 2 s made it longer by %.1f s", more)
	}
}

func empty(t *testing.T, s speech.Synthesizer) {
	for _, u := range []speech.Utterance{{}, {Text: " \n\t"}, {Text: "\x00"}, {SSML: "<speak> </speak>"}, {SSML: " "}} {
		if _, err := say(t, s, u); !errors.Is(err, speech.ErrEmpty) {
			t.Errorf("%+v: %v, want %v", u, err, speech.ErrEmpty)
		}
	}
}

func badMarkup(t *testing.T, s speech.Synthesizer) {
	for _, doc := range []string{"hello", "<speak>hello", "<!DOCTYPE x><speak>hello</speak>"} {
		if _, err := say(t, s, speech.Utterance{SSML: doc}); !errors.Is(err, speech.ErrRequest) {
			t.Errorf("%s: %v, want %v", doc, err, speech.ErrRequest)
		}
	}
}

func canceled(t *testing.T, s speech.Synthesizer) {
	must(t, s, speech.Utterance{Text: "Warm up."})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	src, err := s.Synthesize(ctx, speech.Utterance{Text: strings.Repeat("One moment please. ", 100)})
	if err == nil {
		err = src.Read(media.NewFrame(media.Rate))
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v, want %v", err, context.Canceled)
	}
}

func hostile(t *testing.T, s speech.Synthesizer) {
	for _, text := range []string{
		"--version", "-w /tmp/out.wav", "$(reboot)", "; rm -rf /", "a\x00b", "\xff\xfe broken \xc3", "[[h@'loU]]",
		"<audio src=\"/etc/passwd\">hello</audio>", "\u202e right to left", "`id`", strings.Repeat("a", 300),
	} {
		if d := must(t, s, speech.Utterance{Text: text}).spoken(); d == 0 {
			t.Errorf("%.20q: nothing was said", text)
		}
	}
	must(t, s, speech.Utterance{SSML: `<speak>a <audio src="/etc/passwd&quot;; touch x">b</audio> &amp;c</speak>`})
}

func long(t *testing.T, s speech.Synthesizer) {
	text := strings.Repeat("One moment please. ", speech.MaxText/19+1)[:speech.MaxText]
	if d := must(t, s, speech.Utterance{Text: text}).spoken(); d < 60 {
		t.Errorf("%d characters in %.0f s", len(text), d)
	}
	if _, err := say(t, s, speech.Utterance{Text: text + " and a little more"}); err != nil && !errors.Is(err, speech.ErrRequest) {
		t.Errorf("too long a text: %v", err)
	}
}
