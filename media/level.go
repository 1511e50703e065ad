package media

import "math"

// fullScale is the overload point of a 16-bit system: 0 dBov.
const fullScale = 32768

// Level measures how loud f is in -dBov, as RFC 6464, section 3 defines it: 0
// is a square wave at full scale, 3 a sine at full scale, Silent is nothing.
func Level(f *Frame) uint8 {
	var sum int64
	for _, s := range f.Samples {
		sum += int64(s) * int64(s)
	}
	if sum == 0 {
		return Silent
	}
	power := float64(sum) / float64(len(f.Samples)) / (fullScale * fullScale)
	level := math.Round(-10 * math.Log10(power))
	return uint8(min(max(level, 0), Silent-1))
}
