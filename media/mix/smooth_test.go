package mix_test

import (
	"math"
	"testing"
)

// smooth fails if sound jumps more from one sample to the next than a tone of
// hz hertz and dBov does, with a quarter to spare: a click.
func smooth(t *testing.T, sound []int16, hz, dBov float64) {
	t.Helper()
	amplitude := 32768 * math.Sqrt2 * math.Pow(10, dBov/20)
	most := 1.25 * amplitude * 2 * math.Pi * hz / 48000
	for i := 1; i < len(sound); i++ {
		if jump := math.Abs(float64(sound[i]) - float64(sound[i-1])); jump > most {
			t.Fatalf("sample %d jumps by %.0f, a tone by %.0f at most", i, jump, most)
		}
	}
}
