package codec

// g722Writer makes one octet of every two samples at 16 kHz: ITU-T G.722 in
// mode 1, 64 kbit/s. It counts in integers as section 6.2 does, so that all
// implementations give the same octets.
type g722Writer struct {
	low, high band
	past      delays
}

func newG722Writer() g722Writer {
	return g722Writer{low: band{step: lowStep}, high: band{step: highStep}}
}

// octet encodes two samples: the two bits of the upper band before the six of
// the lower.
func (w *g722Writer) octet(first, second int16) byte {
	a, b := w.past.filter(int(first), int(second))
	return encodeHigh(&w.high, (b-a)>>14)<<6 | encodeLow(&w.low, (b+a)>>14)
}

// encodeLow is the 60-level quantiser of the lower band (blocks SUBTRA, QUANTL).
func encodeLow(b *band, sample int) byte {
	difference := saturate(sample - b.predicted)
	size := difference
	if size < 0 {
		size = -size - 1
	}
	i := 1
	for i < len(q6) && size >= q6[i]*b.step>>12 {
		i++
	}
	code := ilp[i]
	if difference < 0 {
		code = iln[i]
	}
	b.hearLow(code)
	return code
}

// encodeHigh is the 4-level quantiser of the upper band (blocks SUBTRA, QUANTH).
func encodeHigh(b *band, sample int) byte {
	difference := saturate(sample - b.predicted)
	var code byte
	switch {
	case difference >= 564*b.step>>12:
		code = 2
	case difference >= 0:
		code = 3
	case -difference-1 >= 564*b.step>>12:
		code = 0
	default:
		code = 1
	}
	b.hearHigh(code)
	return code
}

// hearLow and hearHigh take a code of a band, as its encoder and its decoder do
// alike.
func (b *band) hearLow(code byte) {
	level := b.scaled(qm4[code>>2])
	b.adapt(wl[code>>2], lowLog, 8)
	b.update(level)
}

func (b *band) hearHigh(code byte) {
	level := b.scaled(qm2[code])
	b.adapt(wh[code], highLog, 10)
	b.update(level)
}

// g722Reader makes two samples at 16 kHz of every octet.
type g722Reader struct {
	low, high band
	past      delays
}

func newG722Reader() g722Reader {
	return g722Reader{low: band{step: lowStep}, high: band{step: highStep}}
}

// samples decodes an octet. The lower band is heard by all six of its bits, but
// goes on from the first four (section 4.2).
func (r *g722Reader) samples(octet byte) (first, second int16) {
	codeLow, codeHigh := octet&0x3f, octet>>6
	low := limit15(r.low.predicted + r.low.scaled(qm6[codeLow]))
	high := limit15(r.high.predicted + r.high.scaled(qm2[codeHigh]))
	r.low.hearLow(codeLow)
	r.high.hearHigh(codeHigh)
	a, b := r.past.filter(low+high, low-high)
	return int16(saturate(b >> 11)), int16(saturate(a >> 11))
}

// limit15 is block LIMIT.
func limit15(v int) int { return min(max(v, -16384), 16383) }

// delays are the last samples in a quadrature mirror filter, the oldest first.
type delays [24]int

// filter takes two samples and gives the sums of either half of the filter's
// taps: those over the first of every two samples, and over the second.
func (x *delays) filter(first, second int) (a, b int) {
	copy(x[:], x[2:])
	x[22], x[23] = first, second
	for i, h := range qmf {
		a += x[2*i] * h
		b += x[2*i+1] * qmf[11-i]
	}
	return a, b
}
