package measure_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/botd-dev/botd/media/measure"
)

// voice is like speech: buzzes of a gliding pitch in syllables, hisses between
// them and a pause in every second.
func voice(seconds int) []int16 {
	r := rand.New(rand.NewPCG(3, 4))
	s := make([]int16, seconds*rate)
	phase := 0.0
	for i := range s {
		at := float64(i) / rate
		second, syllable := math.Mod(at, 1), math.Mod(4*at, 1)
		phase += (125 + 30*math.Sin(2*math.Pi*0.7*at)) / rate
		v := 0.0
		switch {
		case second > 0.8:
		case syllable > 0.8:
			v = 500 * r.NormFloat64()
		default:
			for h := 1; h < 25; h++ {
				v += 1500 * math.Sin(math.Pi*syllable/0.8) / float64(h) * math.Sin(2*math.Pi*float64(h)*phase)
			}
		}
		s[i] = int16(v)
	}
	return s
}

// with adds noise of an amplitude.
func with(s []int16, amplitude float64) []int16 {
	r := rand.New(rand.NewPCG(5, 6))
	out := slices.Clone(s)
	for i := range out {
		out[i] += int16(amplitude * r.NormFloat64())
	}
	return out
}

// silenced is s without every so many of its frames of 20 ms.
func silenced(s []int16, every int) []int16 {
	const frame = rate / 50
	out := slices.Clone(s)
	for at := 0; at+frame <= len(out); at += every * frame {
		clear(out[at : at+frame])
	}
	return out
}

// TestIntelligibilityIsThatOfThePaper compares with what pystoi 0.4.1 finds in
// the same samples.
func TestIntelligibilityIsThatOfThePaper(t *testing.T) {
	said := voice(4)
	for _, row := range []struct {
		name  string
		heard []int16
		want  float64
	}{
		{"as it was said", said, 1},
		{"with some noise", with(said, 300), 0.9730},
		{"in noise", with(said, 2000), 0.6011},
		{"every second frame is lost", silenced(said, 2), 0.6610},
		{"every fifth frame is lost", silenced(said, 5), 0.8160},
	} {
		near(t, row.name, measure.Intelligibility(said, row.heard, rate), row.want, 0.002)
	}
	if v := measure.Intelligibility(said, make([]int16, len(said)), rate); v > 0.05 {
		t.Errorf("silence is followed: %.2f", v)
	}
	if v := measure.Intelligibility(nil, nil, rate); v != 0 {
		t.Errorf("nothing is followed: %.2f", v)
	}
}

func TestTheSNROfSegmentsIsLimited(t *testing.T) {
	said := sine(rate, 440, 8000)
	near(t, "the same", measure.SegmentalSNR(said, said, rate), 35, 0.01)
	near(t, "silence", measure.SegmentalSNR(said, make([]int16, rate), rate), 0, 0.01)
	near(t, "nothing said", measure.SegmentalSNR(make([]int16, rate), said, rate), -10, 0.01)
	tenth := slices.Clone(said)
	for i := range tenth {
		tenth[i] += said[i] / 10
	}
	near(t, "a tenth more", measure.SegmentalSNR(said, tenth, rate), 20, 0.1)
	half := slices.Concat(said[:rate/2], make([]int16, rate/2))
	near(t, "half of it", measure.SegmentalSNR(said, half, rate), 17.5, 0.5)
}

func TestAChangeOfDelayIsFoundWhereItHappens(t *testing.T) {
	said := voice(6)
	// 100 ms late, from 3 s on 40 ms more, and 1 s of it lost.
	heard := slices.Concat(make([]int16, rate/10), said[:3*rate], make([]int16, rate/25), said[3*rate:])
	clear(heard[5*rate : 6*rate])
	var lost int
	for _, m := range measure.Delays(said, heard, rate, 500*time.Millisecond, 0) {
		want := 100 * time.Millisecond
		if m.At >= 3*time.Second {
			want = 140 * time.Millisecond
		}
		switch {
		case !m.Heard():
			lost++
		case (m.Delay-want).Abs() > time.Millisecond && m.Likeness > 0.9:
			t.Errorf("at %v the delay is %v, want %v", m.At, m.Delay, want)
		}
	}
	if lost < 1 || lost > 3 {
		t.Errorf("%d pieces were not heard", lost)
	}
	aligned := measure.Align(said[:4*rate], heard, rate, 0)
	if snr := measure.SegmentalSNR(said[:4*rate], aligned, rate); len(aligned) != 4*rate || snr < 30 {
		t.Errorf("aligned there are %d samples at %.1f dB", len(aligned), snr)
	}
}

func TestSecondsOfAToneAreRecognised(t *testing.T) {
	s := sine(5*rate, 440, 8000)
	copy(s[rate:], sine(rate, 450.2, 8000)) // 2.3 % too high
	copy(s[2*rate:], noise(rate))
	clear(s[3*rate : 3*rate+rate/10])
	if got, of := measure.ToneSeconds(s, rate, 440); got != 3 || of != 5 {
		t.Errorf("%d of %d seconds", got, of)
	}
	if got, of := measure.ToneSeconds(make([]int16, rate), rate, 440); got != 0 || of != 1 {
		t.Errorf("of silence %d of %d seconds", got, of)
	}
}

func TestAClickIsAJumpAndNotAFade(t *testing.T) {
	s := sine(rate, 440, 8000)
	if n := measure.Clicks(s, rate, 440); n != 0 {
		t.Errorf("a tone has %d clicks", n)
	}
	for i := range rate / 50 { // fades out and in again
		s[i+rate/4] = int16(float64(s[i+rate/4]) * math.Abs(1-float64(i)*100/rate))
	}
	if n := measure.Clicks(s, rate, 440); n != 0 {
		t.Errorf("a fade has %d clicks", n)
	}
	jump := slices.Concat(s[:rate/2], s[rate/2+27:]) // a quarter of a period is missing
	for from := 2 * rate / 3; ; from++ {             // and 20 ms from one peak on: out, and in again
		if end := from + rate/50; jump[from] > 7900 && max(jump[end], -jump[end]) > 2500 {
			clear(jump[from:end])
			break
		}
	}
	if n := measure.Clicks(jump, rate, 440); n != 3 {
		t.Errorf("%d clicks, want 3", n)
	}
}
