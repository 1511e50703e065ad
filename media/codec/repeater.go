package codec

// The lengths that concealing works with, as parts of a second.
const (
	// The pitches looked for. Higher voices and tones have a multiple of their
	// period among them.
	highestPitch, lowestPitch = 200, 66
	// templateParts is how much must be like what was one period before: 20 ms.
	templateParts = 50
	// seamParts is over how much two sounds are blended: 4 ms.
	seamParts = 250
	// After 10 ms what is made up fades, until after six times that nothing is
	// left, since nobody knows what is being said by then.
	fadeParts, fadeTimes = 100, 6
	// coarse is the sample rate at which pitches are looked for first.
	coarse = 8000
)

// repeater conceals what is lost of speech by repeating its last pitch period,
// in the way of ITU-T G.711, appendix I, at any sample rate.
type repeater struct {
	minPitch, maxPitch int
	template           int
	seam               int
	fadeFrom, fadeTo   int
	step               int     // how far apart are the samples that are looked at first
	past               []int16 // what was heard last, the newest at the end
	cycle              []int16 // the period that is repeated
	pitch              int     // its length
	gone               int     // how much has been made up
}

// newRepeater makes one for a sample rate in hertz of at least 8000.
func newRepeater(rate int) *repeater {
	r := &repeater{
		minPitch: rate / highestPitch, maxPitch: rate / lowestPitch,
		template: rate / templateParts, seam: rate / seamParts,
		fadeFrom: rate / fadeParts, fadeTo: fadeTimes * rate / fadeParts,
		step: rate / coarse,
	}
	r.past = make([]int16, r.template+r.maxPitch+r.seam)
	r.cycle = make([]int16, r.maxPitch)
	return r
}

// heard takes samples that came, and blends their beginning into what was made
// up before them.
func (r *repeater) heard(samples []int16) {
	if r.gone > 0 {
		n := min(r.seam, len(samples))
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
	r.gone++
	return r.at(r.gone - 1)
}

// at is the sample that comes i samples after the last one that came.
func (r *repeater) at(i int) int16 {
	left := min(max(r.fadeTo-i, 0), r.fadeTo-r.fadeFrom)
	return int16(int(r.cycle[i%r.pitch]) * left / (r.fadeTo - r.fadeFrom))
}

// listen finds the period to repeat and makes its end fit its beginning.
func (r *repeater) listen() {
	r.pitch = r.period()
	end := r.past[len(r.past)-r.pitch:]
	copy(r.cycle, end)
	before := r.past[len(r.past)-r.pitch-r.seam:]
	from := r.pitch - r.seam
	for i := range r.seam {
		r.cycle[from+i] = blend(end[from+i], before[i], i, r.seam)
	}
}

// period is by how much the past must be shifted to be most like itself. Above
// 8 kHz only some shifts are tried, on some of the samples, and then those
// around the best one on all.
func (r *repeater) period() int {
	best, pitch := 0.0, r.minPitch
	try := func(lag, step int) {
		if score := r.likeness(lag, step); score > best {
			best, pitch = score, lag
		}
	}
	for lag := r.minPitch; lag <= r.maxPitch; lag += r.step {
		try(lag, r.step)
	}
	if r.step == 1 {
		return pitch
	}
	best = 0
	for lag, last := max(pitch-r.step, r.minPitch), min(pitch+r.step, r.maxPitch); lag <= last; lag++ {
		try(lag, 1)
	}
	return pitch
}

// likeness is how much the past is like itself lag samples earlier, by every
// step-th of its samples.
func (r *repeater) likeness(lag, step int) float64 {
	now := r.past[len(r.past)-r.template:]
	then := r.past[len(r.past)-r.template-lag:][:len(now)]
	like, power := 0, 1
	for i := 0; i < len(now); i += step {
		s := int(then[i])
		like += s * int(now[i])
		power += s * s
	}
	return float64(like) * float64(max(like, 0)) / float64(power)
}

func (r *repeater) remember(samples []int16) {
	n := len(r.past)
	if len(samples) > n {
		samples = samples[len(samples)-n:]
	}
	copy(r.past, r.past[len(samples):])
	copy(r.past[n-len(samples):], samples)
}

// blend goes from a to b in n steps, of which this is number i.
func blend(a, b int16, i, n int) int16 {
	return int16((int(a)*(n-i) + int(b)*i) / n)
}
