package speechtest

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
)

// Words are what the recognizer's suite says.
var Words = []string{"yes", "operator"}

// RunRecognizer has a recognizer hear what a synthesizer says. New makes one; it
// is asked for each test anew.
func RunRecognizer(t *testing.T, voice speech.Synthesizer, newRecognizer func(t *testing.T) speech.Recognizer) {
	t.Helper()
	for _, c := range []struct {
		says string
		test func(*testing.T, *hall)
	}{
		{"a spoken word is heard", oneWord},
		{"silence is nothing", nothing},
		{"two utterances are two results in order", twoWords},
		{"what was said up to Finish is heard", unfinished},
		{"Close ends it at once", closed},
		{"the end of the context ends it", ended},
		{"frames of any rate and length are heard", anyRate},
		{"a frame without a rate is refused", noRate},
		{"noise is no words", noises},
		{"many are heard at once", many},
	} {
		t.Run(c.says, func(t *testing.T) { c.test(t, &hall{voice, newRecognizer(t)}) })
	}
}

// hall is where somebody speaks and somebody listens.
type hall struct {
	voice      speech.Synthesizer
	recognizer speech.Recognizer
}

// Say is what a synthesizer makes of an utterance, at rate hertz.
func Say(t *testing.T, s speech.Synthesizer, u speech.Utterance, rate int) []int16 {
	t.Helper()
	said := must(t, s, u)
	conv, err := media.NewResampler(said.rate, rate)
	if err != nil {
		t.Fatal(err)
	}
	conv.Write(said.samples)
	conv.Flush()
	samples := make([]int16, conv.Buffered())
	conv.Read(samples)
	return samples
}

// speak says words with silence around them: half a second before, one after
// each. Where they begin and end comes with it.
func (h *hall) speak(t *testing.T, rate int, words ...string) (samples []int16, from, to []time.Duration) {
	t.Helper()
	at := func() time.Duration { return time.Duration(len(samples)) * time.Second / time.Duration(rate) }
	silence := make([]int16, rate)
	samples = append(samples, silence[:rate/2]...)
	for _, word := range words {
		said := trimmed(Say(t, h.voice, speech.Utterance{Text: word, Locale: "en-US"}, rate))
		from = append(from, at())
		samples = append(samples, said...)
		to = append(to, at())
		samples = append(samples, silence...)
	}
	return samples, from, to
}

// trimmed is sound without the silence around it.
func trimmed(s []int16) []int16 {
	loud := func(v int16) bool { return v > 200 || v < -200 }
	for len(s) > 0 && !loud(s[0]) {
		s = s[1:]
	}
	for len(s) > 0 && !loud(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

// listen opens an ear for the words of the suite.
func (h *hall) listen(ctx context.Context, t *testing.T) speech.Ear {
	t.Helper()
	ear, err := h.recognizer.Listen(ctx, speech.Listening{Locale: "en-US", Phrases: Words})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ear.Close() })
	return ear
}

// write gives samples to an ear in frames of a length in samples.
func write(ear speech.Ear, samples []int16, rate, length int) error {
	for len(samples) > 0 {
		n := min(length, len(samples))
		if err := ear.Write(&media.Frame{Samples: samples[:n], Rate: rate}); err != nil {
			return err
		}
		samples = samples[n:]
	}
	return nil
}

// finals are the utterances that an ear has heard up to its end.
func finals(ear speech.Ear) (heard []speech.Heard, err error) {
	for {
		h, err := ear.Next()
		if errors.Is(err, io.EOF) {
			return heard, nil
		}
		if err != nil {
			return heard, err
		}
		if h.Final {
			heard = append(heard, h)
		}
	}
}

// hear is what is heard of samples and then the end.
func (h *hall) hear(t *testing.T, samples []int16, rate, length int) []speech.Heard {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	ear := h.listen(ctx, t)
	if err := write(ear, samples, rate, length); err != nil {
		t.Fatal(err)
	}
	ear.Finish()
	heard, err := finals(ear)
	if err != nil {
		t.Fatal(err)
	}
	return heard
}

// texts are the words of what was heard.
func texts(heard []speech.Heard) string {
	var list []string
	for _, h := range heard {
		list = append(list, strings.Trim(strings.ToLower(h.Text), " .!?"))
	}
	return strings.Join(list, "|")
}

// slack is how far off the times of what was heard may be.
const slack = 300 * time.Millisecond

func oneWord(t *testing.T, h *hall) {
	samples, _, _ := h.speak(t, 16000, "yes")
	heard := h.hear(t, samples, 16000, 320)
	if got := texts(heard); got != "yes" {
		t.Fatalf("heard %q", got)
	}
	if c := heard[0].Confidence; c <= 0 || c > 1 {
		t.Errorf("the confidence is %v", c)
	}
}

func nothing(t *testing.T, h *hall) {
	if heard := h.hear(t, make([]int16, 3*16000), 16000, 320); len(heard) > 0 {
		t.Errorf("heard %+v", heard)
	}
}

func twoWords(t *testing.T, h *hall) {
	samples, from, to := h.speak(t, 16000, Words...)
	heard := h.hear(t, samples, 16000, 320)
	if got := texts(heard); got != strings.Join(Words, "|") {
		t.Fatalf("heard %q", got)
	}
	for i, u := range heard {
		if (u.From-from[i]).Abs() > slack || (u.To-to[i]).Abs() > slack {
			t.Errorf("%s was said from %v to %v, and heard from %v to %v", u.Text, from[i], to[i], u.From, u.To)
		}
		for _, w := range u.Words {
			if w.From > w.To || w.From < from[i]-slack || w.To > to[i]+slack {
				t.Errorf("%s was heard from %v to %v, its word %s from %v to %v", u.Text, u.From, u.To, w.Text, w.From, w.To)
			}
		}
	}
}

func unfinished(t *testing.T, h *hall) {
	samples, _, to := h.speak(t, 16000, "yes")
	upTo := int(to[0] * 16000 / time.Second)
	if got := texts(h.hear(t, samples[:upTo], 16000, 320)); got != "yes" {
		t.Errorf("heard %q", got)
	}
}

func closed(t *testing.T, h *hall) {
	ear := h.listen(t.Context(), t)
	samples, _, _ := h.speak(t, 16000, "yes")
	if err := write(ear, samples[:8000], 16000, 320); err != nil {
		t.Fatal(err)
	}
	next := make(chan error, 1)
	go func() {
		_, err := ear.Next()
		next <- err
	}()
	for range 2 {
		if err := ear.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := within(t, next); err == nil {
		t.Error("something was heard after Close")
	}
	if err := ear.Write(&media.Frame{Samples: samples[:320], Rate: 16000}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("after Close, Write says %v", err)
	}
	ear.Finish()
}

func ended(t *testing.T, h *hall) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ear := h.listen(ctx, t)
	next := make(chan error, 1)
	go func() {
		_, err := ear.Next()
		next <- err
	}()
	cancel()
	if err := within(t, next); !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v, want %v", err, context.Canceled)
	}
	ear, err := h.recognizer.Listen(ctx, speech.Listening{Phrases: Words})
	if err == nil {
		_, err = ear.Next()
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("began with %v, want %v", err, context.Canceled)
	}
}

// within is what comes in bounded time.
func within(t *testing.T, c <-chan error) error {
	t.Helper()
	select {
	case err := <-c:
		return err
	case <-time.After(limit):
		t.Fatal("it does not end")
		return nil
	}
}

func anyRate(t *testing.T, h *hall) {
	for _, c := range []struct{ rate, length int }{
		{8000, 160}, {24000, 240}, {44100, 1000}, {48000, 960}, {48000, 7}, {16000, 16000},
	} {
		samples, _, _ := h.speak(t, c.rate, "operator")
		if got := texts(h.hear(t, samples, c.rate, c.length)); got != "operator" {
			t.Errorf("at %d Hz in frames of %d samples: heard %q", c.rate, c.length, got)
		}
	}
}

func noRate(t *testing.T, h *hall) {
	for _, rate := range []int{0, -8000, 1, 1 << 30} {
		ear := h.listen(t.Context(), t)
		if err := ear.Write(&media.Frame{Samples: make([]int16, 160), Rate: rate}); !errors.Is(err, speech.ErrRequest) {
			t.Errorf("at %d Hz: %v, want %v", rate, err, speech.ErrRequest)
		}
		_ = ear.Close()
	}
}

func noises(t *testing.T, h *hall) {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same noise each time
	samples := make([]int16, 4*16000)
	for i := range samples {
		samples[i] = int16(random.NormFloat64() * 300)
	}
	if got := strings.Trim(texts(h.hear(t, samples, 16000, 320)), "|"); got != "" {
		t.Errorf("heard %q", got)
	}
}

func many(t *testing.T, h *hall) {
	samples, _, _ := h.speak(t, 16000, Words...)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if got := texts(h.hear(t, samples, 16000, 320)); got != strings.Join(Words, "|") {
				t.Errorf("heard %q", got)
			}
		})
	}
	all.Wait()
}
