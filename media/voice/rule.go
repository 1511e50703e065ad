package voice

import "math"

const (
	// ruleStart is for how many hops of 10 ms what is heard is taken for noise.
	ruleStart = 5
	// leastNoise is the power in a bin of samples that are rounded: 1/12 for each
	// of 960 under a Hann window.
	leastNoise = 40
	// noiseLearn is a hop's part in the noise, as far as it is noise.
	noiseLearn = 0.02
	// speechSNR is the a priori SNR that speech is expected with: 15 dB.
	speechSNR = 31.6
	// Where speech has been as probable as speechLong, in the mean of a second,
	// it is noise that has become louder: it is raised by noiseRise each hop.
	speechLong   = 0.7
	speechMemory = 0.01
	noiseRise    = 1.02
	// fineUpTo is the frequency in hertz up to which every bin is weighed for
	// itself. Above, hearing is coarser, and so many have one weight.
	fineUpTo, coarse = 4000, 4
	// snrMemory is the part of the SNR that comes from the hop before.
	snrMemory = 0.96
	// presenceStep is in how many parts a unit of the a posteriori SNR is cut.
	presenceStep  = 16
	presenceSteps = 16 * presenceStep
)

// rule weighs spectra: by a Wiener filter whose SNR is found by the
// decision-directed way (Ephraim and Malah, 1984), and noise that is learned as
// far as speech is improbable (Gerkmann and Hendriks, 2012).
type rule struct {
	least    float32
	hops     int
	edges    []int     // where each group of bins begins, and the end
	noise    []float32 // mean power in each group
	clean    []float32 // power of the speech that was found in the hop before
	steady   []float32 // how probable speech has been lately
	presence *[presenceSteps + 1]float32
}

// newRule makes a rule for spectra of so many bins, up to half the rate.
func newRule(bins, rate int, least float64) *rule {
	fine := min(2*(bins-1)*fineUpTo/rate, bins)
	var edges []int
	for k := 0; k < bins; {
		edges = append(edges, k)
		if k < fine {
			k++
		} else {
			k += coarse
		}
	}
	n := len(edges)
	return &rule{
		least: float32(least),
		edges: append(edges, bins),
		noise: make([]float32, n), clean: make([]float32, n), steady: make([]float32, n),
		presence: presence(),
	}
}

// presence is the probability of speech for each a posteriori SNR, in steps.
func presence() *[presenceSteps + 1]float32 {
	var table [presenceSteps + 1]float32
	for i := range table {
		snr := float64(i) / presenceStep
		odds := (1 + speechSNR) * math.Exp(-snr*speechSNR/(1+speechSNR))
		table[i] = float32(1 / (1 + odds))
	}
	return &table
}

// weigh makes noise quieter in s.
func (r *rule) weigh(s spectrum) {
	r.hops++
	for g, noise := range r.noise {
		re, im := s.re[r.edges[g]:r.edges[g+1]], s.im[r.edges[g]:r.edges[g+1]]
		power := mean(re, im)
		if r.hops <= ruleStart {
			r.noise[g] = max(noise+(power-noise)/float32(r.hops), leastNoise)
		}
		gain := r.gain(g, power)
		for k := range re {
			re[k] *= gain
			im[k] *= gain
		}
	}
}

// mean is the mean power of some bins.
func mean(re, im []float32) (power float32) {
	for k, v := range re {
		power += v*v + im[k]*im[k]
	}
	return power / float32(len(re))
}

// gain is the weight of a group with so much power.
func (r *rule) gain(g int, power float32) float32 {
	noise := r.learn(g, power)
	snr := snrMemory * r.clean[g]
	if power > noise {
		snr += (1 - snrMemory) * (power - noise)
	}
	gain := max(snr/(snr+noise), r.least)
	r.clean[g] = gain * gain * power
	return gain
}

// learn brings the noise of a group up to date.
func (r *rule) learn(g int, power float32) float32 {
	noise := r.noise[g]
	p := r.presence[int(min(power/noise, presenceSteps/presenceStep)*presenceStep)]
	steady := r.steady[g] + (p-r.steady[g])*speechMemory
	r.steady[g] = steady
	if steady > speechLong {
		noise *= noiseRise
	}
	noise = max(noise+(power-noise)*(1-p)*noiseLearn, leastNoise)
	r.noise[g] = noise
	return noise
}
