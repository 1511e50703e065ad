package dtmf

import (
	"math"
	"math/cmplx"

	"github.com/botd-dev/botd/media"
)

// What a detector listens to. Blocks overlap by half, so that a tone of 40 ms
// (ITU-T Q.24: the shortest that has to be taken) fills three of them nearly, and
// one of 23 ms (the longest that must not be) not more than two.
const (
	// DetectorRate is the sample rate that a Detector takes, in hertz.
	DetectorRate = 8000

	hop   = DetectorRate / 100
	block = 2 * hop
	takes = 3 // blocks in a row that make a key
	drops = 3 // blocks in a row without it that end it
)

// What makes two tones a key, and not a voice (ITU-T Q.24, annex A, where
// administrations differ: what lets the most telephones be heard).
const (
	leastTone  = -40.0 // dBov of the weaker of the two
	mostHigher = 6.0   // dB by which the high tone may be stronger
	mostLower  = 10.0  // dB by which the low one may
	pure       = 0.75  // of the energy is in the two
	pureAtOnce = 0.5   // the same where it is not known yet how far they are off
	apart      = 6.0   // dB between a tone and the next best of its group
	offBy      = 0.025 // of its frequency: 1.5 % is taken, 3.5 % is not
)

// Detector finds keys in sound, for those who send no telephone-events. It
// belongs to one stream.
type Detector struct {
	samples [block]float64 // the last 20 ms
	low     bank
	high    bank

	last  int // the key of the block before, or none
	count int // blocks in a row with it
	down  int // the key that is pressed, or none
	gone  int // blocks without it
}

// none is no key.
const none = -1

// NewDetector makes a detector that has heard nothing.
func NewDetector() *Detector {
	return &Detector{
		low: newBank(697, 770, 852, 941), high: newBank(1209, 1336, 1477, 1633),
		last: none, down: none,
	}
}

// Push takes the next 20 ms at DetectorRate and returns a key if it was pressed
// in them: once a press, 30 to 50 ms after it began. Frames of another rate are
// passed over.
func (d *Detector) Push(f *media.Frame) (pressed Tone, ok bool) {
	if f.Rate != DetectorRate {
		return "", false
	}
	for at := 0; at+hop <= len(f.Samples); at += hop {
		copy(d.samples[:], d.samples[hop:])
		for i, s := range f.Samples[at : at+hop] {
			d.samples[block-hop+i] = float64(s) / 32768
		}
		if key := d.follow(d.look()); key != none {
			pressed, ok = keys[key].tone, true
		}
	}
	return pressed, ok
}

// follow takes what a block holds and returns a key that was pressed.
func (d *Detector) follow(key int) int {
	if key != d.last {
		d.last, d.count = key, 0
	}
	d.count++
	if d.down != none && key != d.down {
		if d.gone++; d.gone >= drops {
			d.down = none
		}
	} else {
		d.gone = 0
	}
	if key == none || key == d.down || d.count < takes {
		return none
	}
	d.down, d.gone = key, 0
	return key
}

// look is the key whose tones are in the block, or none.
func (d *Detector) look() int {
	energy := 0.0
	for _, s := range d.samples {
		energy += s * s
	}
	low, lowPower, lowSure := d.low.best(&d.samples)
	high, highPower, highSure := d.high.best(&d.samples)
	least := pure
	if !lowSure || !highSure {
		least = pureAtOnce
	}
	if low == none || high == none || lowPower+highPower < least*energy {
		return none
	}
	if twist := decibels(highPower / lowPower); twist > mostHigher || -twist > mostLower {
		return none
	}
	// A sine of amplitude a has the energy a²/2 a sample; 0 dBov is 1.
	if decibels(min(lowPower, highPower)/block) < leastTone {
		return none
	}
	for code, k := range keys {
		if k.low == d.low.hertz[low] && k.high == d.high.hertz[high] {
			return code
		}
	}
	return none
}

func decibels(ratio float64) float64 { return 10 * math.Log10(ratio) }

// bank is the tones of one group.
type bank struct {
	hertz [4]float64
	phase [4]float64 // in the block before; NaN if it was not there
}

func newBank(hertz ...float64) bank {
	b := bank{}
	copy(b.hertz[:], hertz)
	for i := range b.phase {
		b.phase[i] = math.NaN()
	}
	return b
}

// best is the tone of the group that stands out, and its energy in the block.
// Its phase since the block before tells how far off its frequency is; sure says
// that this is known.
func (b *bank) best(samples *[block]float64) (which int, energy float64, sure bool) {
	var tones [4]complex128
	for i, f := range b.hertz {
		tones[i] = goertzel(samples, f)
		if cmplx.Abs(tones[i]) > cmplx.Abs(tones[which]) {
			which = i
		}
	}
	amplitude := cmplx.Abs(tones[which])
	off, sure := b.offBy(which, cmplx.Phase(tones[which]))
	if amplitude == 0 || math.Abs(off) > offBy*b.hertz[which] {
		return none, 0, sure
	}
	for i, t := range tones {
		if i != which && 2*decibels(amplitude/cmplx.Abs(t)) < apart {
			return none, 0, sure
		}
	}
	// A block hears a tone that is off less: as sin x / x.
	x := math.Pi * off * block / DetectorRate
	if x != 0 {
		amplitude *= x / math.Sin(x)
	}
	return which, 2 * amplitude * amplitude / block, sure
}

// offBy keeps the phase of a tone and gives by how many hertz it is off, if it
// was there in the block before.
func (b *bank) offBy(which int, phase float64) (hertz float64, known bool) {
	was := b.phase[which]
	for i := range b.phase {
		b.phase[i] = math.NaN()
	}
	b.phase[which] = phase
	if math.IsNaN(was) {
		return 0, false
	}
	moved := math.Remainder(phase-was-2*math.Pi*b.hertz[which]*hop/DetectorRate, 2*math.Pi)
	return moved * DetectorRate / (2 * math.Pi * hop), true
}

// goertzel correlates samples with one frequency.
func goertzel(samples *[block]float64, hertz float64) complex128 {
	w := 2 * math.Pi * hertz / DetectorRate
	c := 2 * math.Cos(w)
	var s1, s2 float64
	for _, x := range samples {
		s1, s2 = x+c*s1-s2, s1
	}
	// What is left is ahead by the block's length.
	return (complex(s1, 0) - complex(s2, 0)*cmplx.Exp(complex(0, -w))) * cmplx.Exp(complex(0, -w*(block-1)))
}
