package voice

// How a floor follows the noise.
const (
	floorStart  = 1e-8 // -80 dBov: what there is before anything was heard
	floorLeast  = 1e-9 // the rounding of quiet samples is no noise to measure by
	floorLearn  = 0.06 // a frame's part in the average of noise
	floorSmooth = 0.3  // a frame's part in what minima are sought in
	floorBias   = 1.6  // by how much a minimum lies below the mean
	floorStep   = 10   // frames that have one minimum: 200 ms
	floorRecent = 2    // of these are recent
	floorSteps  = 8    // steps a minimum is sought in: 1.6 s
)

// floor tracks the noise in each band. It averages what the detector takes for
// noise, and as the detector can be wrong it also looks for the least in the
// last 1.6 s (minimum statistics; Martin, 2001): speech pauses within that
// time in every band, so where even the least is above the floor, the noise has
// become louder.
type floor struct {
	noise  powers
	smooth powers
	least  [floorSteps]powers
	frame  int // of the step
	step   int
	known  int // steps that have a minimum
}

func newFloor() floor {
	var f floor
	for b := range f.noise {
		f.noise[b] = floorStart
	}
	return f
}

// hear takes what may be noise or speech.
func (f *floor) hear(p *powers) {
	if f.known == 0 {
		f.smooth, f.known = *p, 1
		f.least[0] = *p
	}
	least := &f.least[f.step]
	for b := range p {
		f.smooth[b] += (p[b] - f.smooth[b]) * floorSmooth
		least[b] = min(least[b], f.smooth[b])
	}
	if f.frame++; f.frame < floorStep {
		return
	}
	f.raise()
	f.frame = 0
	f.step = (f.step + 1) % floorSteps
	f.known = min(f.known+1, floorSteps)
	f.least[f.step] = f.smooth
}

// raise lifts the floor to the least that was heard.
func (f *floor) raise() {
	for b := range f.noise {
		least := f.least[0][b]
		for i := range f.known {
			least = min(least, f.least[i][b])
		}
		f.noise[b] = max(f.noise[b], least*floorBias, floorLeast)
	}
}

// recent is how quiet it has been at some time within the last 200 to 400 ms.
func (f *floor) recent() float64 {
	least := f.least[f.step]
	for i := 1; i < min(f.known, floorRecent); i++ {
		before := &f.least[(f.step+floorSteps-i)%floorSteps]
		for b := range least {
			least[b] = min(least[b], before[b])
		}
	}
	return least.sum()
}

// learn takes what is noise.
func (f *floor) learn(p *powers) {
	for b := range p {
		f.noise[b] = max(f.noise[b]+(p[b]-f.noise[b])*floorLearn, floorLeast)
	}
}
