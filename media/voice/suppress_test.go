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

// latency is that of suppression in samples.
const latency = frame / 2

// segmental is the mean of the SNR in dB of each frame in which there is
// speech, each kept between -10 and 35.
func segmental(clean, heard []int16, speech []bool) float64 {
	sum, n := 0.0, 0.0
	for i, is := range speech {
		if !is || i < 100 {
			continue
		}
		s, h := clean[i*frame:][:frame], heard[i*frame:][:frame]
		wrong := 1e-9
		for k := range s {
			d := float64(h[k]) - float64(s[k])
			wrong += d * d / frame
		}
		sum += min(max(10*math.Log10(power(s)/wrong), -10), 35)
		n++
	}
	return sum / n
}

// kept is how much louder in dB what is of clean in heard is than clean.
func kept(clean, heard []int16) float64 {
	both, own := 0.0, 0.0
	for i := 100 * frame; i < len(clean); i++ {
		both += float64(clean[i]) * float64(heard[i])
		own += float64(clean[i]) * float64(clean[i])
	}
	return 20 * math.Log10(both/own)
}

func TestNoiseIsSuppressedAndSpeechIsNot(t *testing.T) {
	const frames = 1000
	clean := talk(t, time.Second, frames)
	speech := truth(clean)
	for _, c := range []struct {
		noise     int
		snr       float64
		less, seg float64 // dB
		change    float64
	}{
		{0, 10, 12, 6, 1},
		{1, 20, 12, 1, 1},
		{1, 10, 12, 3, 1},
		{1, 5, 12, 4, 2},
		{2, 10, 10, 1.5, 1},
	} {
		n := noises[c.noise]
		t.Run(fmt.Sprintf("%s %v dB", n.name, c.snr), func(t *testing.T) {
			noisy := add(clean, n.make(t, frames, -26-c.snr))
			heard := through(t, noisy, voice.Suppress(voice.SuppressConfig{}))
			heard = append(heard[latency:], make([]int16, latency)...)
			var before, after []int16
			for i := 100; i < frames-1; i++ {
				if !speech[i-1] && !speech[i] && !speech[i+1] {
					before = append(before, noisy[i*frame:][:frame]...)
					after = append(after, heard[i*frame:][:frame]...)
				}
			}
			less := measure.LevelDBFS(before) - measure.LevelDBFS(after)
			was, is := segmental(clean, noisy, speech), segmental(clean, heard, speech)
			change := kept(clean, heard)
			t.Logf("pauses %.1f dB quieter, segmental SNR from %.1f to %.1f dB, speech %+.2f dB", less, was, is, change)
			if less < c.less || is-was < c.seg || math.Abs(change) > c.change {
				t.Errorf("want %v dB quieter, %v dB better, speech within %v dB", c.less, c.seg, c.change)
			}
		})
	}
}

func TestSuppressionDelaysByHalfAFrame(t *testing.T) {
	clean := talk(t, 200*time.Millisecond, 100)
	heard := through(t, clean, voice.Suppress(voice.SuppressConfig{}))
	if d := measure.Delay(clean, heard, media.Rate); d != 10*time.Millisecond {
		t.Errorf("it delays by %v", d)
	}
}

func TestNoiseThatBecomesLouderIsSuppressedInTime(t *testing.T) {
	noise := slices.Concat(white(t, 200, -60), white(t, 400, -40))
	heard := through(t, noise, voice.Suppress(voice.SuppressConfig{}))
	late := measure.LevelDBFS(seconds(noise, 7, 12)) - measure.LevelDBFS(seconds(heard, 7, 12))
	t.Logf("3 s after it has become louder by 20 dB, noise is %.1f dB quieter", late)
	if late < 12 {
		t.Error("it stays")
	}
}

func TestSpeechWithoutNoiseIsAsItWas(t *testing.T) {
	clean := talk(t, 300*time.Millisecond, 500)
	heard := through(t, clean, voice.Suppress(voice.SuppressConfig{}))
	heard = append(heard[latency:], make([]int16, latency)...)
	snr := segmental(clean, heard, truth(clean))
	t.Logf("a segmental SNR of %.1f dB", snr)
	if change := kept(clean, heard); snr < 25 || math.Abs(change) > 0.1 {
		t.Errorf("speech is changed by %.2f dB", change)
	}
}

func TestSuppressionIsTheSameAtEveryRate(t *testing.T) {
	for _, rate := range []int{8000, 16000, 24000, 44100} {
		noise := at(t, pink(t, 400, -45), rate)
		heard := through(t, noise, voice.Suppress(voice.SuppressConfig{}), rate)
		half := rate * 4
		if less := measure.LevelDBFS(noise[half:]) - measure.LevelDBFS(heard[half:]); less < 12 {
			t.Errorf("at %d Hz noise is %.1f dB quieter", rate, less)
		}
	}
}
