package voice_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
	"github.com/botd-dev/botd/media/voice"
)

// gains is by how many dB each frame was amplified; NaN for silence.
func gains(before, after []int16) []float64 {
	out := make([]float64, len(before)/frame)
	for i := range out {
		out[i] = measure.LevelDBFS(after[i*frame:][:frame]) - measure.LevelDBFS(before[i*frame:][:frame])
	}
	return out
}

func seconds(s []int16, from, to float64) []int16 {
	return s[int(from*media.Rate):min(int(to*media.Rate), len(s))]
}

func TestSpeechIsBroughtToItsLevel(t *testing.T) {
	for _, c := range []struct{ was, want float64 }{{-50, -30}, {-40, -20}, {-20, -20}, {-12, -20}} {
		t.Run(fmt.Sprint(c.was), func(t *testing.T) {
			clean := scale(talk(t, 700*time.Millisecond, 1000), c.was+26)
			heard := through(t, add(clean, pink(t, 1000, c.was-25)), voice.AutoGain(voice.GainConfig{}))
			first, later := loudness(seconds(heard, 2, 5)), loudness(seconds(heard, 5, 20))
			t.Logf("from %v to %.1f dBov in the first sentences, then %.1f", c.was, first, later)
			if math.Abs(first-c.want) > 4 || math.Abs(later-c.want) > 2 {
				t.Errorf("want %v", c.want)
			}
		})
	}
}

func TestNoiseAloneIsNotAmplified(t *testing.T) {
	for _, n := range noises {
		for _, level := range []float64{-60, -40} {
			noise := n.make(t, 600, level)
			got := slices.Max(gains(noise, through(t, noise, voice.AutoGain(voice.GainConfig{}))))
			t.Logf("%s noise at %v dBov: at most %.1f dB", n.name, level, got)
			if got > 1 {
				t.Errorf("too much")
			}
		}
	}
}

func TestNoiseThatBecomesLouderIsNotAmplified(t *testing.T) {
	for _, n := range noises[:2] {
		noise := slices.Concat(n.make(t, 200, -65), n.make(t, 400, -42))
		got := slices.Max(gains(noise, through(t, noise, voice.AutoGain(voice.GainConfig{}))))
		if got > 1 {
			t.Errorf("%s noise at the beginning: %.1f dB", n.name, got)
		}
		talked := slices.Concat(scale(talk(t, 500*time.Millisecond, 500), -2), noise)
		got = slices.Max(gains(talked, through(t, talked, voice.AutoGain(voice.GainConfig{})))[700:])
		t.Logf("%s noise after speech: %.1f dB", n.name, got)
		if got > 9 { // 8 dB are for the speech
			t.Errorf("too much")
		}
	}
}

func TestGainDoesNotPumpInPauses(t *testing.T) {
	clean := scale(talk(t, 1500*time.Millisecond, 1500), -10)
	noisy := add(clean, pink(t, 1500, -60))
	gain := gains(noisy, through(t, noisy, voice.AutoGain(voice.GainConfig{})))
	speech := truth(clean)
	worst := 0.0
	for from := 500; from < len(gain); from++ {
		to := from
		for to < len(gain) && !speech[to] {
			to++
		}
		if to-from > 50 { // a pause, without the frames at its edges
			pause := gain[from+5 : to-5]
			worst = max(worst, slices.Max(pause)-slices.Min(pause))
		}
		from = to
	}
	t.Logf("gain moves by %.2f dB within a pause", worst)
	if worst > 0.5 {
		t.Errorf("it pumps")
	}
}

func TestAToneStaysCleanUnderAFixedGain(t *testing.T) {
	quiet := scale(talk(t, 500*time.Millisecond, 500), -10)
	tone := sine(500, 997, -34)
	heard := through(t, slices.Concat(quiet, tone), voice.AutoGain(voice.GainConfig{}))
	steady := seconds(heard, 11.2, 12.2) // it is no longer taken for speech
	gain := measure.ToneLevel(steady, media.Rate, 997) + 34
	snr := measure.SNR(steady, media.Rate, 997)
	t.Logf("a gain of %.2f dB leaves %.1f dB of SNR", gain, snr)
	if gain < 10 || snr < 50 {
		t.Errorf("the tone is not amplified, or not clean")
	}
	// The rounding of the tone as it came in is amplified with it, so what the
	// gain itself adds is what is worse than that.
	if before := measure.SNR(seconds(tone, 1.2, 2.2), media.Rate, 997); snr < before-1 {
		t.Errorf("the SNR was %.1f dB before", before)
	}
}

func TestAShoutAfterAWhisperDoesNotClip(t *testing.T) {
	whisper := scale(talk(t, 500*time.Millisecond, 500), -18)
	shout := sine(100, 440, -5)
	heard := through(t, slices.Concat(whisper, shout), voice.AutoGain(voice.GainConfig{}))
	flat := 0
	for _, s := range heard {
		if s >= 32760 || s <= -32760 {
			flat++
		}
	}
	if flat > 0 {
		t.Errorf("%d samples clip", flat)
	}
	// What is clipped has odd harmonics: a square wave the third at -9.5 dB.
	for _, span := range [][2]float64{{10, 10.1}, {10.1, 10.3}, {10.3, 10.7}} {
		part := seconds(heard, span[0], span[1])
		third := measure.ToneLevel(part, media.Rate, 3*440) - measure.ToneLevel(part, media.Rate, 440)
		t.Logf("from %v to %v s the third harmonic has %.1f dB", span[0], span[1], third)
		if third > -35 {
			t.Errorf("the wave does not keep its form")
		}
	}
}

func TestALongPauseIsNotAmplifiedAndSpeechReturnsAtItsLevel(t *testing.T) {
	first := scale(talk(t, 500*time.Millisecond, 600), -10)
	clean := slices.Concat(first, make([]int16, 600*frame), level(spoken(t)[0], -36))
	clean = clean[:len(clean)/frame*frame]
	noisy := add(clean, pink(t, len(clean)/frame, -62))
	heard := through(t, noisy, voice.AutoGain(voice.GainConfig{}))
	gain := gains(noisy, heard)
	t.Logf("gain at the end of speech %.1f dB, after 1.5 s %.1f, after 10 s %.1f", gain[595], gain[675], gain[1100])
	if gain[675] < 10 || gain[1100] > 0.5 {
		t.Errorf("gain is not held, or not given up")
	}
	if back := loudness(heard[1200*frame:]); math.Abs(back+20) > 2 {
		t.Errorf("speech returns at %.1f dBov", back)
	}
}

// sine is a tone of so many frames.
func sine(frames int, hz, dBov float64) []int16 {
	var out []int16
	f, src := media.NewFrame(media.Rate), media.Tone(hz, dBov)
	for range frames {
		_ = src.Read(f)
		out = append(out, f.Samples...)
	}
	return out
}
