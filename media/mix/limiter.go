package mix

// The limiter turns a mix that is too loud down as a whole, so that nothing is
// bent: over pieces of 2.5 ms the gain comes down before what would be too loud,
// stays for 20 ms and goes up again in about half a second. What a frame begins
// with can be too loud before the gain is down. That is bent: over the knee the
// sample is knee + room·d/(room+d), whose slope at the knee is 1, so that no sum,
// however large, reaches full scale.
//
// One gain goes for all mixes of an audience, with and without somebody's own
// voice, so that a listener may go from one to another.
const (
	knee = 30000 // -0.8 dB of full scale
	room = 32767 - knee

	piece   = 120 // samples of one step of the gain: 2.5 ms
	pieces  = 8   // in a frame
	hold    = 8   // steps before the gain goes up again: 20 ms
	release = 0.0025
)

// envelope is the gain of a limiter in the course of a frame.
type envelope struct {
	gain  float32 // at the end of the last frame
	held  int     // steps it still stays
	flat  bool    // it is 1 all the time
	steps [pieces + 1]float32
}

func newEnvelope() envelope { return envelope{gain: 1, flat: true} }

// follow finds the gain for a sum of so many sources. A single one fits as it
// is.
func (e *envelope) follow(sum []int32, sources int) {
	var most [pieces + 1]float32
	e.flat = e.gain == 1
	for i := range pieces {
		most[i] = 1
		if sources <= 1 {
			continue
		}
		if loudest := peak(sum[i*piece : (i+1)*piece]); loudest > knee {
			most[i], e.flat = knee/float32(loudest), false
		}
	}
	if e.flat {
		return
	}
	most[pieces] = 1
	e.steps[0] = e.gain
	for i := range pieces {
		e.steps[i+1] = e.step(min(most[i], most[i+1]))
	}
}

// step moves the gain to where it is at the end of a piece.
func (e *envelope) step(most float32) float32 {
	switch {
	case most <= e.gain:
		e.gain, e.held = most, hold
	case e.held > 0:
		e.held--
	default:
		e.gain = min(most, e.gain+release)
	}
	return e.gain
}

// limit writes a sum of so many sources to dst and returns how many samples were
// not left as they are.
func (e *envelope) limit(dst []int16, sum []int32, sources int) (bent int64) {
	if e.flat {
		for i, s := range sum {
			dst[i] = int16(s)
		}
		return 0
	}
	for i, s := range sum {
		dst[i] = fitted(e.turned(s, i), sources)
	}
	return int64(len(dst))
}

// less is limit for sum without what is less in it, which leaves so many others.
func (e *envelope) less(dst []int16, sum []int32, less []int16, others int) (bent int64) {
	if e.flat {
		for i, s := range sum {
			s -= int32(less[i])
			if s > knee || s < -knee {
				bent++
			}
			dst[i] = fitted(s, others)
		}
		return bent
	}
	for i, s := range sum {
		dst[i] = fitted(e.turned(s-int32(less[i]), i), others)
	}
	return int64(len(dst))
}

// turned is sample i of a frame after the gain.
func (e *envelope) turned(s int32, i int) int32 {
	from, to := e.steps[i/piece], e.steps[i/piece+1]
	return int32(float32(s) * (from + (to-from)*float32(i%piece)/piece))
}

// fitted makes a sum of so many sources fit 16 bits.
func fitted(s int32, sources int) int16 {
	if sources <= 1 {
		return int16(min(max(s, -32768), 32767))
	}
	return bend(s)
}

// bend limits a sum of several sources to what 16 bits hold.
func bend(s int32) int16 {
	switch {
	case s > knee:
		d := int64(s) - knee
		return int16(knee + room*d/(room+d))
	case s < -knee:
		d := -int64(s) - knee
		return int16(-knee - room*d/(room+d))
	}
	return int16(s)
}

func peak(sum []int32) (loudest int32) {
	for _, s := range sum {
		loudest = max(loudest, s, -s)
	}
	return loudest
}
