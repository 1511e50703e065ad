package codec

const (
	// The pitch periods looked for, in samples at 8 kHz: 200 to 66 Hz. Higher
	// voices and tones have a multiple of theirs among them.
	minPitch, maxPitch = 40, 120
	// template is how much must be like what was one period before: 20 ms.
	template = 160
	// seam is over how many samples two sounds are blended: 4 ms.
	seam = 32
	// After fadeFrom samples (10 ms) what is made up fades, until after fadeTo
	// (60 ms) nothing is left, since nobody knows what is being said by then.
	fadeFrom, fadeTo = 80, 480
	// remembered is what all that needs to know of the past.
	remembered = template + maxPitch + seam
)

// repeater conceals what is lost of speech at 8 kHz by repeating its last pitch
// period, in the way of ITU-T G.711, appendix I.
type repeater struct {
	past  [remembered]int16 // what was heard last, the newest at the end
	cycle [maxPitch]int16   // the period that is repeated
	pitch int               // its length
	gone  int               // how much has been made up
}

// heard takes samples that came, and blends their beginning into what was made
// up before them.
func (r *repeater) heard(samples []int16) {
	if r.gone > 0 {
		n := min(seam, len(samples))
		for i := range n {
			samples[i] = blend(r.next(), samples[i], i, n)
		}
		r.gone = 0
	}
	r.remember(samples)
}

// fill makes samples up.
func (r *repeater) fill(samples []int16) {
	if r.gone == 0 {
		r.listen()
	}
	for i := range samples {
		samples[i] = r.next()
	}
	r.remember(samples)
}

// next is the sample that goes on.
func (r *repeater) next() int16 {
	s := int(r.cycle[r.gone%r.pitch])
	left := min(max(fadeTo-r.gone, 0), fadeTo-fadeFrom)
	r.gone++
	return int16(s * left / (fadeTo - fadeFrom)) //nolint:gosec // not above s
}

// listen finds the period to repeat and makes its end fit its beginning.
func (r *repeater) listen() {
	r.pitch = r.period()
	end := r.past[remembered-r.pitch:]
	copy(r.cycle[:], end)
	before := r.past[remembered-r.pitch-seam:]
	from := r.pitch - seam
	for i := range seam {
		r.cycle[from+i] = blend(end[from+i], before[i], i, seam)
	}
}

// period is by how much the past must be shifted to be most like itself.
func (r *repeater) period() int {
	now := r.past[remembered-template:]
	best, pitch := 0.0, minPitch
	for lag := minPitch; lag <= maxPitch; lag++ {
		then := r.past[remembered-template-lag:][:template]
		like, power := 0.0, 1.0
		for i, s := range then {
			like += float64(s) * float64(now[i])
			power += float64(s) * float64(s)
		}
		if score := like * max(like, 0) / power; score > best {
			best, pitch = score, lag
		}
	}
	return pitch
}

func (r *repeater) remember(samples []int16) {
	if len(samples) > remembered {
		samples = samples[len(samples)-remembered:]
	}
	copy(r.past[:], r.past[len(samples):])
	copy(r.past[remembered-len(samples):], samples)
}

// blend goes from a to b in n steps, of which this is number i.
func blend(a, b int16, i, n int) int16 {
	return int16((int(a)*(n-i) + int(b)*i) / n) //nolint:gosec // between a and b
}
