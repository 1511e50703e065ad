// Package pocketsphinx understands English without a network, with the small
// library of CMU Sphinx. It is good at telling phrases apart that it was told of
// ("yes", "operator", digits), also over the telephone, and poor at anything
// else; what was said outside of the phrases it says it has not understood.
//
// It is built with the tag pocketsphinx and then needs libpocketsphinx; without
// it New says so.
package pocketsphinx

import "runtime"

// Models is where Debian's package pocketsphinx-en-us puts its models.
const Models = "/usr/share/pocketsphinx/model/en-us"

// rate is that of the models, in hertz.
const rate = 16000

// Config sets a Recognizer.
type Config struct {
	// Models is the directory with the models en-us, cmudict-en-us.dict and
	// en-us.lm.bin; empty is Models.
	Models string
	// Decoders is how many utterances are understood at once; others wait. Each
	// takes some 100 MB once it was needed. Zero is one for each processor. With one
	// there are no hypotheses.
	Decoders int
}

func (c Config) withDefaults() Config {
	if c.Models == "" {
		c.Models = Models
	}
	if c.Decoders <= 0 {
		c.Decoders = runtime.GOMAXPROCS(0)
	}
	return c
}
