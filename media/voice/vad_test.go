package voice_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/voice"
)

// hangover is the detector's own. After the end of speech it is no mistake.
const hangover = 10

// truth is in which frames of clean talk there is speech: no quieter than 30 dB
// below the loudest.
func truth(clean []int16) []bool {
	out := make([]bool, len(clean)/frame)
	loudest := 0.0
	for i := range out {
		loudest = max(loudest, power(clean[i*frame:][:frame]))
	}
	for i := range out {
		out[i] = power(clean[i*frame:][:frame]) > loudest/1000
	}
	return out
}

// detect is what a detector says of every frame.
func detect(d *voice.Detector, samples []int16, rates ...int) []bool {
	f := media.NewFrame(append(rates, media.Rate)[0])
	out := make([]bool, len(samples)/len(f.Samples))
	for i := range out {
		copy(f.Samples, samples[i*len(f.Samples):])
		out[i] = d.Speech(f)
	}
	return out
}

// verdict counts how often a detector was right. Rates are in percent.
type verdict struct {
	detected, alarms float64
	onset            time.Duration // of the latest beginning that was detected
}

// judge compares, except for the first second, in which the noise is learned,
// and for the hangover.
func judge(truth, got []bool) (v verdict) {
	var speech, noise, waiting int
	since := hangover
	for i := 50; i < len(truth); i++ {
		since++
		if !truth[i] {
			if since > hangover+1 {
				noise++
				v.alarms += count(got[i])
			}
			continue
		}
		if since > 25 { // a sentence begins
			waiting = i
		}
		since = 0
		speech++
		v.detected += count(got[i])
		if got[i] && waiting > 0 {
			v.onset = max(v.onset, time.Duration(i-waiting+1)*media.FrameDuration)
			waiting = 0
		}
	}
	v.detected *= 100 / float64(max(speech, 1))
	v.alarms *= 100 / float64(max(noise, 1))
	return v
}

// share is in how many of a hundred frames there is speech.
func share(got []bool) (percent float64) {
	for _, b := range got {
		percent += count(b) * 100 / float64(len(got))
	}
	return percent
}

func count(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func TestSpeechIsToldFromNoise(t *testing.T) {
	clean := talk(t, 1500*time.Millisecond, 2000)
	speech := truth(clean)
	want := map[float64]verdict{
		20: {95, 5, 60 * time.Millisecond},
		10: {92, 5, 160 * time.Millisecond},
		5:  {80, 5, 400 * time.Millisecond},
	}
	for _, n := range noises {
		for _, snr := range []float64{20, 10, 5} {
			t.Run(fmt.Sprintf("%s noise %v dB below", n.name, snr), func(t *testing.T) {
				noisy := add(clean, n.make(t, 2000, -26-snr))
				got := judge(speech, detect(voice.NewDetector(voice.Config{}), noisy))
				t.Logf("%.1f %% of speech detected, %.1f %% false alarms, latest onset %v", got.detected, got.alarms, got.onset)
				if w := want[snr]; got.detected < w.detected || got.alarms > w.alarms || got.onset > w.onset {
					t.Errorf("worse than %v", w)
				}
			})
		}
	}
}

func TestNoiseAloneIsNotSpeech(t *testing.T) {
	for _, n := range noises {
		for _, level := range []float64{-30, -60} {
			got := detect(voice.NewDetector(voice.Config{}), n.make(t, 1000, level))
			alarms := share(got[100:])
			t.Logf("%s noise at %v dBov: %.2f %% false alarms", n.name, level, alarms)
			if alarms > 5 {
				t.Errorf("too many")
			}
		}
	}
}

func TestTheDetectorIsGoodAtEveryRate(t *testing.T) {
	clean := talk(t, 1500*time.Millisecond, 1000)
	noisy := add(clean, pink(t, 1000, -46))
	for _, rate := range []int{8000, 16000, 44100} {
		got := judge(truth(clean), detect(voice.NewDetector(voice.Config{}), at(t, noisy, rate), rate))
		t.Logf("at %d Hz %.1f %% of speech detected, %.1f %% false alarms, latest onset %v", rate, got.detected, got.alarms, got.onset)
		if got.detected < 95 || got.alarms > 5 || got.onset > 60*time.Millisecond {
			t.Error("worse than it should be")
		}
	}
}

func TestNoiseThatBecomesLouderIsLearned(t *testing.T) {
	noise := slices.Concat(pink(t, 200, -60), pink(t, 300, -40), pink(t, 300, -60))
	got := detect(voice.NewDetector(voice.Config{}), noise)
	if late := share(got[310:]); late > 0 {
		t.Errorf("2.2 s after it became louder %.1f %% are false alarms", late)
	}
	learned := slices.Index(got[202:], false)
	t.Logf("noise louder by 20 dB is speech for %v", time.Duration(learned)*media.FrameDuration)
}

func TestSomebodyWhoSpeaksFromTheBeginningIsHeard(t *testing.T) {
	for _, noise := range []float64{-90, -46} {
		clean := level(spoken(t)[0], -26)
		noisy := add(clean, pink(t, len(clean)/frame+1, noise))
		if got := share(detect(voice.NewDetector(voice.Config{}), noisy)); got < 80 {
			t.Errorf("with noise of %v dBov only %.0f %% of a sentence", noise, got)
		}
	}
}

func TestTheHangoverIsAsLongAsItIsSet(t *testing.T) {
	clean := slices.Concat(make([]int16, 50*frame), level(spoken(t)[0], -26))
	for _, hang := range []time.Duration{-1, 40 * time.Millisecond, 500 * time.Millisecond} {
		d := voice.NewDetector(voice.Config{Hangover: hang})
		detect(d, clean)
		last := detect(voice.NewDetector(voice.Config{Hangover: -1}), clean)
		quiet := len(last) - 1 - lastOf(last) // of the sentence's own end
		after := detect(d, make([]int16, 100*frame))
		want := max(int(max(hang, 0)/media.FrameDuration)-quiet, 0)
		// A frame more is the memory of the frame before.
		if n := int(share(after)); n < want || n > want+1 {
			t.Errorf("%v lasts %d frames, want %d", hang, n, want)
		}
	}
}

func lastOf(got []bool) int {
	i := len(got) - 1
	for i > 0 && !got[i] {
		i--
	}
	return i
}

func TestWhatIsQuietIsNotSpeech(t *testing.T) {
	clean := talk(t, 500*time.Millisecond, 500)
	if got := share(detect(voice.NewDetector(voice.Config{}), scale(clean, -50))); got > 5 {
		t.Errorf("%.0f %% of a whisper of -76 dBov", got)
	}
	if got := share(detect(voice.NewDetector(voice.Config{Quietest: 90}), scale(clean, -50))); got < 30 {
		t.Errorf("%.0f %% of it where it is asked for", got)
	}
}

// Whatever the frames are, nothing breaks.
func FuzzStages(f *testing.F) {
	f.Add(uint16(48000), []byte{1, 2, 3, 4}, uint16(960))
	f.Add(uint16(8000), []byte{0}, uint16(1))
	f.Add(uint16(44100), []byte{0xff, 0x7f, 0, 0x80}, uint16(882))
	f.Fuzz(func(t *testing.T, rate uint16, pattern []byte, length uint16) {
		n := int(length % 4000)
		turn := 0
		src := media.Chain(media.SourceFunc(func(f *media.Frame) error {
			turn++
			f.Resize(max(n-turn%3, 0), int(rate))
			for i := range f.Samples {
				if len(pattern) > 1 {
					k := (i + turn) % (len(pattern) - 1)
					f.Samples[i] = int16(pattern[k])<<8 | int16(pattern[k+1])
				}
			}
			return nil
		}), voice.Suppress(voice.SuppressConfig{}), voice.AutoGain(voice.GainConfig{}), voice.ComfortNoise(voice.ComfortConfig{}))
		var frame media.Frame
		for range 12 {
			if err := src.Read(&frame); err != nil || frame.Rate != int(rate) || len(frame.Samples) != max(n-turn%3, 0) {
				t.Fatalf("%d samples at %d Hz: %v", len(frame.Samples), frame.Rate, err)
			}
		}
	})
}
