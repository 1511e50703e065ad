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
