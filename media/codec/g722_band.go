package codec

// band is the adaptive predictor and the adaptive step of one of the two bands
// of ITU-T G.722, which its encoder and its decoder run alike. The names of the
// blocks are those of section 6.2.
type band struct {
	predicted int    // s: what the coming sample is thought to be
	zeros     int    // sz: the zero section's part of that
	poles     [2]int // a: the coefficients of the pole section
	weights   [6]int // b: those of the zero section
	r         [2]int // the last reconstructed samples, the newest first
	p         [2]int // the last partly reconstructed samples
	d         [6]int // the last quantised differences
	log       int    // nb: the logarithm of the step
	step      int    // det: the step
}

// The steps at the beginning (section 6.2.1.3 and 6.2.2.3), and the largest
// logarithm of each band.
const (
	lowStep, highStep = 32, 8
	lowLog, highLog   = 18432, 22528
)

// adapt makes the step louder or quieter, within what the band allows: blocks
// LOGSCL and SCALEL of the lower band, LOGSCH and SCALEH of the upper, whose
// shifts are 8 and 10.
func (b *band) adapt(by, most, shift int) {
	b.log = min(max(b.log*127>>7+by, 0), most)
	mantissa := ilb[b.log>>6&31]
	if n := shift - b.log>>11; n >= 0 {
		b.step = mantissa >> n << 2
	} else {
		b.step = mantissa << -n << 2
	}
}

// scaled is what a quantiser's output stands for at the present step.
func (b *band) scaled(level int) int { return b.step * level >> 15 }

// update takes the quantised difference of a sample and predicts the next.
func (b *band) update(d int) {
	r, p := saturate(b.predicted+d), saturate(b.zeros+d) // RECONS, PARREC
	b.bendPoles(p)
	b.bendZeros(d)
	b.r = [2]int{r, b.r[0]}
	b.p = [2]int{p, b.p[0]}
	copy(b.d[1:], b.d[:5])
	b.d[0] = d
	b.predict()
}

// bendPoles adapts the pole section: blocks UPPOL2 and UPPOL1.
func (b *band) bendPoles(p int) {
	like0, like1 := alike(p, b.p[0]), alike(p, b.p[1])
	second := -like0 * saturate(b.poles[0]<<2)
	second = min(second, 32767)>>7 + like1*128 + b.poles[1]*32512>>15
	second = min(max(second, -12288), 12288)
	first := saturate(like0*192 + b.poles[0]*32640>>15)
	limit := saturate(15360 - second)
	b.poles = [2]int{min(max(first, -limit), limit), second}
}

// bendZeros adapts the zero section: block UPZERO.
func (b *band) bendZeros(d int) {
	gain := 128
	if d == 0 {
		gain = 0
	}
	for i, before := range b.d {
		b.weights[i] = saturate(alike(d, before)*gain + b.weights[i]*32640>>15)
	}
}

// predict is blocks FILTEP, FILTEZ and PREDIC.
func (b *band) predict() {
	poles := saturate(b.poles[0]*saturate(2*b.r[0])>>15 + b.poles[1]*saturate(2*b.r[1])>>15)
	sum := 0
	for i, d := range b.d {
		sum += b.weights[i] * saturate(2*d) >> 15
	}
	b.zeros = saturate(sum)
	b.predicted = saturate(poles + b.zeros)
}

// alike is 1 if two numbers have the same sign, of which zero has the positive
// one, else -1.
func alike(a, b int) int {
	if (a < 0) == (b < 0) {
		return 1
	}
	return -1
}

// saturate limits to 16 bits.
func saturate(v int) int { return min(max(v, -32768), 32767) }
