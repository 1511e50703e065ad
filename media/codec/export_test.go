package codec

func lawOf(name string) *law {
	if name == "pcma" {
		return aLaw
	}
	return muLaw
}

// Expand is what a byte of a law stands for.
func Expand(name string, b byte) int16 { return lawOf(name).expand[b] }

// Compress is the byte of a sample.
func Compress(name string, s int16) byte { return lawOf(name).compress(s) }

// EncodeG722 encodes samples at 16 kHz, an even number of them.
func EncodeG722(samples []int16) []byte {
	w, out := newG722Writer(), make([]byte, 0, len(samples)/2)
	for i := 0; i < len(samples); i += 2 {
		out = append(out, w.octet(samples[i], samples[i+1]))
	}
	return out
}

// DecodeG722 makes samples at 16 kHz.
func DecodeG722(octets []byte) []int16 {
	r, out := newG722Reader(), make([]int16, 0, 2*len(octets))
	for _, b := range octets {
		first, second := r.samples(b)
		out = append(out, first, second)
	}
	return out
}
