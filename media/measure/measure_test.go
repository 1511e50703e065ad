package measure_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/botd-dev/botd/media/measure"
)

const rate = 48000

func near(t *testing.T, what string, got, want, by float64) {
	t.Helper()
	if math.Abs(got-want) > by {
		t.Errorf("%s is %.4f, want %.4f", what, got, want)
	}
}

func sine(n int, hz, amplitude float64) []int16 {
	s := make([]int16, n)
	for i := range s {
		s[i] = int16(math.Round(amplitude * math.Sin(2*math.Pi*hz*float64(i)/rate)))
	}
	return s
}

func noise(n int) []int16 {
	r := rand.New(rand.NewPCG(1, 2))
	s := make([]int16, n)
	for i := range s {
		s[i] = int16(r.IntN(20001) - 10000)
	}
	return s
}

func TestATonesFrequencyIsFoundBetweenTheBins(t *testing.T) {
	for _, hz := range []float64{60, 440, 1000.37, 3999, 12345.6} {
		got, part := measure.Peak(sine(rate/2, hz, 8000), rate)
		near(t, "the peak", got, hz, 0.2)
		near(t, "its part", part, 1, 0.01)
	}
}

func TestTheLouderOfTwoTonesIsThePeak(t *testing.T) {
	s := sine(rate, 700, 8000)
	for i, v := range sine(rate, 1900, 4000) {
		s[i] += v
	}
	hz, part := measure.Peak(s, rate)
	near(t, "the peak", hz, 700, 0.1)
	near(t, "its part", part, 0.8, 0.01)
	near(t, "the second", measure.ToneLevel(s, rate, 1900)-measure.ToneLevel(s, rate, 700), -6.02, 0.01)
}

func TestNoiseAndSilenceHaveNoTone(t *testing.T) {
	if _, part := measure.Peak(noise(rate), rate); part > 0.01 {
		t.Errorf("noise has a tone of %.3f", part)
	}
	for _, s := range [][]int16{nil, make([]int16, rate), make([]int16, 3)} {
		if hz, part := measure.Peak(s, rate); hz != 0 || part != 0 {
			t.Errorf("silence has a tone of %v Hz, %v", hz, part)
		}
		if l := measure.LevelDBFS(s); !math.IsInf(l, -1) {
			t.Errorf("silence has level %v", l)
		}
		if l := measure.ToneLevel(s, rate, 440); !math.IsInf(l, -1) {
			t.Errorf("a tone in silence has level %v", l)
		}
	}
}

func TestLevelsAreThoseOfTheRootMeanSquare(t *testing.T) {
	near(t, "a full sine", measure.LevelDBFS(sine(rate, 1000, 32767)), -3.01, 0.01)
	near(t, "a tenth of it", measure.ToneLevel(sine(12345, 997, 3276.7), rate, 997), -23.01, 0.01)
	if snr := measure.SNR(sine(rate, 997, 32767), rate, 997); snr < 97 || snr > 99 {
		t.Errorf("16 bits have an SNR of %.1f dB", snr)
	}
}

func TestGapsLieBetweenSounds(t *testing.T) {
	s := slices.Concat(make([]int16, 4800), sine(9600, 400, 8000), make([]int16, 1920),
		sine(9600, 400, 8000), make([]int16, 96), sine(960, 400, 8000), make([]int16, 9600))
	got := measure.Gaps(s, rate, -40)
	if len(got) != 1 || got[0] < 40*time.Millisecond || got[0] > 41*time.Millisecond {
		t.Errorf("gaps of %v, want one of 40 ms", got)
	}
	if got := measure.Gaps(sine(rate, 70, 8000), rate, -40); got != nil {
		t.Errorf("a low tone has gaps of %v", got)
	}
}

func TestDelayIsFoundEitherWay(t *testing.T) {
	s := noise(24000)
	if got := measure.Delay(s[:9600], s[4800:], rate); got != -100*time.Millisecond {
		t.Errorf("earlier by %v", got)
	}
	late := slices.Concat(make([]int16, 1440), s)
	if got := measure.Delay(s, late, rate); got != 30*time.Millisecond {
		t.Errorf("later by %v", got)
	}
}
