package prompt_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
	"github.com/botd-dev/botd/media/prompt"
	"github.com/botd-dev/botd/media/speech"
)

// voice says a tone of 440 Hz for 100 ms a letter, and counts.
type voice struct {
	asked  []speech.Utterance
	fail   error
	closed int
}

type saying struct {
	media.Source
	v *voice
}

func (s saying) Close() error { s.v.closed++; return nil }

func (v *voice) Synthesize(_ context.Context, u speech.Utterance) (media.Source, error) {
	v.asked = append(v.asked, u)
	if v.fail != nil {
		return nil, v.fail
	}
	n := 5 * len(u.Text+u.SSML)
	tone := media.Chain(media.Tone(440, -20), media.Resample(16000))
	return saying{media.SourceFunc(func(f *media.Frame) error {
		if n--; n < 0 {
			return io.EOF
		}
		return tone.Read(f)
	}), v}, nil
}

// here is an opener of one file, hello.wav, and a voice.
func here(t *testing.T, v *voice) *prompt.Opener {
	t.Helper()
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "hello.wav"), hello(), 0o600); err != nil {
		t.Fatal(err)
	}
	return prompt.New(prompt.Config{FileRoots: []string{root}, Speech: v})
}

func TestSourcesArePlayedInOrder(t *testing.T) {
	v := &voice{}
	o := here(t, v)
	src, err := o.Open(t.Context(),
		prompt.Source{Kind: prompt.Text, Text: "0123456789", Voice: "nancy", Locale: "en-US", Gender: speech.Female},
		prompt.Source{URI: "hello.wav"},
		prompt.Source{Kind: prompt.SSML, Text: "0123456789"})
	if err != nil {
		t.Fatal(err)
	}
	sound, err := listen(src)
	if err != nil || len(sound) < 3*media.Rate || len(sound) > 3*media.Rate+3*media.FrameSize {
		t.Fatalf("%d samples, %v", len(sound), err)
	}
	for i, hz := range []float64{440, 1000, 440} {
		part := sound[i*media.Rate+4800 : (i+1)*media.Rate-4800]
		if snr := measure.SNR(part, media.Rate, hz); snr < 40 {
			t.Errorf("second %d is not of %.0f Hz: %.1f dB", i, hz, snr)
		}
	}
	want := speech.Utterance{Text: "0123456789", Voice: "nancy", Locale: "en-US", Gender: speech.Female}
	if len(v.asked) != 2 || v.asked[0] != want || v.asked[1].SSML == "" {
		t.Errorf("said %+v", v.asked)
	}
	if c, ok := src.(io.Closer); !ok || c.Close() != nil || v.closed != 2 {
		t.Errorf("%d of 2 closed", v.closed)
	}
}

func TestSpeechThatFailsIsReported(t *testing.T) {
	for _, c := range []struct {
		says string
		fail error
		text string
		want error
	}{
		{"busy", speech.ErrBusy, "hi", prompt.ErrSpeech},
		{"and why", speech.ErrBusy, "hi", speech.ErrBusy},
		{"unknown", io.ErrUnexpectedEOF, "hi", prompt.ErrSpeech},
		{"nothing to say", speech.ErrEmpty, "...", prompt.ErrEmpty},
		{"no text", nil, " \n", prompt.ErrEmpty},
		{"the context ended", context.Canceled, "hi", context.Canceled},
	} {
		v := &voice{fail: c.fail}
		o := here(t, v)
		sources := []prompt.Source{{URI: "hello.wav"}, {Kind: prompt.Text, Text: c.text}}
		_, opened := o.Open(t.Context(), sources...)
		_, prepared := o.Prepare(t.Context(), sources...)
		for _, err := range []error{opened, prepared} {
			if which := (*prompt.Error)(nil); !errors.Is(err, c.want) || !errors.As(err, &which) || which.Index != 1 {
				t.Errorf("%s: %v", c.says, err)
			}
		}
	}
	o := prompt.New(prompt.Config{})
	if _, err := o.Open(t.Context(), prompt.Source{Kind: prompt.Text, Text: "hi"}); !errors.Is(err, prompt.ErrSpeech) {
		t.Errorf("without a provider: %v", err)
	}
}

func TestWhatWasOpenedBeforeAFailureIsClosed(t *testing.T) {
	v := &voice{}
	_, err := here(t, v).Open(t.Context(), prompt.Source{Kind: prompt.Text, Text: "hi"}, prompt.Source{URI: "none.wav"})
	if err == nil || v.closed != 1 {
		t.Errorf("%v, %d closed", err, v.closed)
	}
}

func TestALoopSaysItAgainWithoutAGap(t *testing.T) {
	v := &voice{}
	p, err := here(t, v).Prepare(t.Context(), prompt.Source{URI: "hello.wav"}, prompt.Source{Kind: prompt.Text, Text: "01234"})
	if err != nil {
		t.Fatal(err)
	}
	src := prompt.Loop(p.Open)
	var sound []int16
	f := media.NewFrame(media.Rate)
	for range 400 {
		if err := src.Read(f); err != nil {
			t.Fatal(err)
		}
		sound = append(sound, f.Samples...)
	}
	for _, gap := range measure.Gaps(sound, media.Rate, -40) {
		if gap > media.FrameDuration {
			t.Errorf("a gap of %v", gap)
		}
	}
	if len(v.asked) != 1 {
		t.Errorf("said anew %d times", len(v.asked))
	}
	if c, ok := src.(io.Closer); !ok || c.Close() != nil {
		t.Error("cannot be closed")
	}
	if err := src.Read(f); !errors.Is(err, io.EOF) {
		t.Errorf("after closing: %v", err)
	}
}

func TestALoopThatCannotGoOnFails(t *testing.T) {
	nothing := func() (media.Source, error) {
		return media.SourceFunc(func(*media.Frame) error { return io.EOF }), nil
	}
	if err := prompt.Loop(nothing).Read(media.NewFrame(media.Rate)); !errors.Is(err, prompt.ErrEmpty) {
		t.Errorf("of nothing: %v", err)
	}
	gone := errors.New("gone")
	broken := func() (media.Source, error) { return nil, gone }
	if err := prompt.Loop(broken).Read(media.NewFrame(media.Rate)); !errors.Is(err, gone) {
		t.Errorf("of what does not open: %v", err)
	}
}

func TestReadingAPromptAllocatesNothing(t *testing.T) {
	v := &voice{}
	p, err := here(t, v).Prepare(t.Context(), prompt.Source{URI: "hello.wav"})
	if err != nil {
		t.Fatal(err)
	}
	src, err := p.Open()
	if err != nil {
		t.Fatal(err)
	}
	f := media.NewFrame(media.Rate)
	read := func() {
		if err := src.Read(f); err != nil {
			t.Fatal(err)
		}
	}
	read()
	if n := testing.AllocsPerRun(30, read); n > 0 {
		t.Errorf("%v allocations a frame", n)
	}
}
