package answerer_test

import (
	"context"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/answerer"
	"github.com/botd-dev/botd/media/speech"
	"github.com/botd-dev/botd/media/speech/espeak"
)

const rate = answerer.Rate

func count(d time.Duration) int { return int(d * rate / time.Second) }

func says(t *testing.T, text, voice string) (all []int16) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	src, err := espeak.New(espeak.Config{}).Synthesize(ctx, speech.Utterance{Text: text, Voice: voice})
	if err != nil {
		t.Fatal(err)
	}
	src = media.Chain(src, media.Resample(rate))
	for f := media.NewFrame(rate); ; {
		err := src.Read(f)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, f.Samples...)
	}
}

func silence(d time.Duration) []int16 { return make([]int16, count(d)) }

func beep(hertz, dBov float64, d time.Duration) []int16 {
	all := make([]int16, count(d))
	for i := range all {
		all[i] = int16(32768 * math.Sqrt2 * math.Pow(10, dBov/20) * math.Sin(2*math.Pi*hertz*float64(i)/rate))
	}
	return all
}

// line is all of it, one after the other, with a noise over it.
func line(noise float64, parts ...[]int16) (all []int16) {
	random := rand.New(rand.NewPCG(5, 6)) //nolint:gosec // always the same noise
	for _, p := range parts {
		all = append(all, p...)
	}
	for i := range all {
		all[i] = media.Clip(int(all[i]) + int(random.NormFloat64()*32768*math.Pow(10, noise/20)))
	}
	return all
}

func judge(cfg answerer.Config, sound []int16) (v answerer.Verdict, at time.Duration, ok bool) {
	l, src := answerer.New(cfg), speech.PCM(sound, rate)
	for f := media.NewFrame(rate); src.Read(f) == nil; {
		at += media.FrameDuration
		if v, ok = l.Frame(f); ok {
			return v, at, true
		}
	}
	return l.Verdict(), at, false
}

const (
	mailbox = "Hello, you have reached the voice mail of John Smith. I cannot take your call right now. " +
		"Please leave your name and number after the tone, and I will call you back as soon as I can."
	company = "Thank you for calling. Our offices are closed at the moment. Our opening hours are nine to five, Monday to Friday."
)

func TestWhoAnswersIsKnownByHowMuchTheySay(t *testing.T) {
	right, total := 0, 0
	for _, row := range []struct {
		text string
		want answerer.Kind
	}{
		{"Hello?", answerer.Human},
		{"Yes?", answerer.Human},
		{"Smith.", answerer.Human},
		{"Good morning, this is Anna.", answerer.Human},
		{"Hello, who is there?", answerer.Human},
		{mailbox, answerer.Machine},
		{company, answerer.Machine},
	} {
		for _, voice := range []string{"en-US-JennyNeural", "en-US-GuyNeural", "en-GB-SoniaNeural"} {
			for _, noise := range []float64{-70, -55} {
				v, at, ok := judge(answerer.Config{}, line(noise, silence(700*time.Millisecond), says(t, row.text, voice), silence(3*time.Second)))
				total++
				if ok && v.Kind == row.want && v.Confidence >= 0.5 && v.Confidence <= 1 {
					right++
				} else {
					t.Logf("%q by %s over %v dBov: %+v after %v", row.text, voice, noise, v, at)
				}
			}
		}
	}
	t.Logf("%d of %d are right", right, total)
	if right < total-2 {
		t.Errorf("%d of %d are right", right, total)
	}
}

func TestABeepIsHeardWhateverItsPitch(t *testing.T) {
	greeting := says(t, mailbox, "en-US-JennyNeural")
	for _, hertz := range []float64{320, 440, 800, 1000, 1400, 2000, 2400} {
		for _, lasts := range []time.Duration{180 * time.Millisecond, 400 * time.Millisecond, time.Second} {
			before := line(-55, silence(500*time.Millisecond), greeting, silence(600*time.Millisecond))
			sound := append(before, line(-55, beep(hertz, -20, lasts), silence(time.Second))...)
			v, at, ok := judge(answerer.Config{WaitForBeep: true}, sound)
			began := time.Duration(len(before)) * time.Second / rate
			if !ok || v.Kind != answerer.Beep || at < began+lasts || at > began+lasts+60*time.Millisecond {
				t.Errorf("%v Hz for %v: %+v after %v, it began at %v", hertz, lasts, v, at, began)
			}
		}
	}
}

func TestABeepThatIsNotWaitedForIsToldWhileItLasts(t *testing.T) {
	sound := line(-55, silence(500*time.Millisecond), beep(1000, -20, time.Second))
	v, at, ok := judge(answerer.Config{}, sound)
	if !ok || v.Kind != answerer.Beep || at > 700*time.Millisecond {
		t.Errorf("%+v after %v", v, at)
	}
}

func TestTheEndOfABeepIsNotWaitedForForEver(t *testing.T) {
	v, at, ok := judge(answerer.Config{WaitForBeep: true}, line(-55, beep(1000, -20, 10*time.Second)))
	if !ok || v.Kind != answerer.Beep || at > 2200*time.Millisecond {
		t.Errorf("%+v after %v", v, at)
	}
}

func TestWhatIsTooShortOrOutOfRangeIsNoBeep(t *testing.T) {
	for name, sound := range map[string][]int16{
		"80 ms":             beep(1000, -20, 80*time.Millisecond),
		"200 Hz":            beep(200, -20, time.Second),
		"3 kHz":             beep(3000, -20, time.Second),
		"two tones, a key":  line(-90, mixed(beep(770, -20, time.Second), beep(1336, -20, time.Second))),
		"a tone that rises": sweep(500, 1500, time.Second),
	} {
		v, _, _ := judge(answerer.Config{WaitForBeep: true}, line(-60, silence(500*time.Millisecond), sound, silence(500*time.Millisecond)))
		if v.Kind == answerer.Beep {
			t.Errorf("%s is a beep", name)
		}
	}
}

func mixed(a, b []int16) []int16 {
	out := make([]int16, len(a))
	for i := range out {
		out[i] = media.Clip(int(a[i]) + int(b[i]))
	}
	return out
}

func sweep(from, to float64, d time.Duration) []int16 {
	all, phase := make([]int16, count(d)), 0.0
	for i := range all {
		phase += 2 * math.Pi * (from + (to-from)*float64(i)/float64(len(all))) / rate
		all[i] = int16(4000 * math.Sin(phase))
	}
	return all
}

func TestSpeechHasNoBeepInIt(t *testing.T) {
	for _, voice := range []string{"en-US-JennyNeural", "en-US-GuyNeural", "en-GB-SoniaNeural", "sv-SE-SofieNeural"} {
		for _, text := range []string{mailbox, company, "Ooh, ooh, ah, mm, whee, yoo-hoo. One, two, three, four, five, six, seven."} {
			v, at, _ := judge(answerer.Config{WaitForBeep: true}, line(-70, says(t, text, voice), silence(200*time.Millisecond)))
			if v.Kind == answerer.Beep {
				t.Errorf("%q by %s has a beep at %v", text, voice, at)
			}
		}
	}
}

func TestWhoSaysNothingIsUnknown(t *testing.T) {
	v, at, ok := judge(answerer.Config{}, line(-65, silence(10*time.Second)))
	if !ok || v.Kind != answerer.Unknown || at > 4*time.Second {
		t.Errorf("%+v after %v", v, at)
	}
}

func FuzzListener(f *testing.F) {
	f.Add([]byte{1, 2, 3})
	f.Fuzz(func(t *testing.T, b []byte) {
		l, frame := answerer.New(answerer.Config{}), media.NewFrame(rate)
		for len(b) > 1 {
			n := min(len(b)/2, len(frame.Samples))
			for i := range n {
				frame.Samples[i] = int16(b[2*i]) | int16(b[2*i+1])<<8
			}
			if v, _ := l.Frame(frame); v.Confidence < 0 || v.Confidence > 1 || math.IsNaN(v.Confidence) {
				t.Fatalf("%+v", v)
			}
			b = b[2*n:]
		}
	})
}
