//go:build pocketsphinx

package pocketsphinx

/*
#cgo CFLAGS: -I/usr/include/pocketsphinx -I/usr/include/sphinxbase
#cgo LDFLAGS: -lpocketsphinx -lsphinxbase
#include <stdlib.h>
#include <pocketsphinx.h>
#include <sphinxbase/err.h>

// What the library has to say is said to nobody: it has one log file for all
// decoders, and would close it under those that are working.
static void botd_hush(void) { err_set_callback(NULL, NULL); }

static ps_decoder_t *botd_open(const char *hmm, const char *dict, const char *lm) {
	cmd_ln_t *config = cmd_ln_init(NULL, ps_args(), TRUE,
		"-hmm", hmm, "-dict", dict, "-lm", lm, "-fwdflat", "no", NULL);
	if (config == NULL)
		return NULL;
	ps_decoder_t *ps = ps_init(config);
	cmd_ln_free_r(config);
	return ps;
}
*/
import "C"

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unsafe"

	"github.com/botd-dev/botd/media/speech"
)

// frame is the step of a decoder's times.
const frame = 10 * time.Millisecond

// The names of the two searches of a decoder.
const (
	anything = "_default" // the language model, which ps_init sets
	grammar  = "grammar"
)

// decoder is one of the library's. It is used by one goroutine at a time and has
// to be closed.
type decoder struct {
	ps *C.ps_decoder_t
}

// models are the files in a directory that a decoder needs; the error says where
// to get them.
func models(dir string) (paths [3]string, err error) {
	for i, name := range []string{"en-us", "cmudict-en-us.dict", "en-us.lm.bin"} {
		paths[i] = filepath.Join(dir, name)
		if _, err := os.Stat(paths[i]); err != nil {
			return paths, fmt.Errorf("%w: %w; the models come with `apt-get install pocketsphinx-en-us`", speech.ErrUnavailable, err)
		}
	}
	return paths, nil
}

// open loads the models, which takes some tenths of a second. The library's third
// pass ("fwdflat") is left out: it takes half of the time, and no more is understood
// with it.
func open(dir string) (*decoder, error) {
	paths, err := models(dir)
	if err != nil {
		return nil, err
	}
	var names [3]*C.char
	for i, path := range paths {
		names[i] = C.CString(path)
		defer C.free(unsafe.Pointer(names[i]))
	}
	C.botd_hush()
	ps := C.botd_open(names[0], names[1], names[2])
	if ps == nil {
		return nil, fmt.Errorf("%w: pocketsphinx cannot load the models in %s", speech.ErrUnavailable, dir)
	}
	return &decoder{ps}, nil
}

func (d *decoder) close() { C.ps_free(d.ps) }

// knows reports whether a word is in the dictionary.
func (d *decoder) knows(word string) bool { return d.lookup(word) != "" }

// lookup is how a word is pronounced: phones with spaces between them.
func (d *decoder) lookup(word string) string {
	c := C.CString(word)
	defer C.free(unsafe.Pointer(c))
	phones := C.ps_lookup_word(d.ps, c)
	if phones == nil {
		return ""
	}
	defer C.free(unsafe.Pointer(phones))
	return C.GoString(phones)
}

// phones is how a hypothesis is pronounced.
func (d *decoder) phones(h hypothesis) (all []string) {
	for _, w := range h.words {
		all = append(all, strings.Fields(d.lookup(w.Text))...)
	}
	return all
}

// learn sets the grammar, in JSGF.
func (d *decoder) learn(jsgf string) error {
	name, text := C.CString(grammar), C.CString(jsgf)
	defer C.free(unsafe.Pointer(name))
	defer C.free(unsafe.Pointer(text))
	if C.ps_set_jsgf_string(d.ps, name, text) != 0 {
		return fmt.Errorf("%w: pocketsphinx does not take the phrases", speech.ErrRequest)
	}
	return nil
}

// hypothesis is what a search makes of an utterance.
type hypothesis struct {
	words []speech.Word // since its first sample
	prob  int           // posterior, as a logarithm; 0 where there is none
}

func (h hypothesis) text() string {
	words := make([]string, len(h.words))
	for i, w := range h.words {
		words[i] = w.Text
	}
	return strings.Join(words, " ")
}

// confidence is one of the three steps, by the posterior of the language model.
func (h hypothesis) confidence() float64 {
	switch {
	case h.prob > -15_000:
		return certain
	case h.prob > -50_000:
		return probable
	}
	return possible
}

// decode has a search hear a whole utterance at 16 kHz.
func (d *decoder) decode(search string, samples []int16) (hypothesis, error) {
	if err := d.begin(search); err != nil {
		return hypothesis{}, err
	}
	d.process(samples, 1)
	if err := d.end(); err != nil {
		return hypothesis{}, err
	}
	h := d.best()
	h.prob = int(C.ps_get_prob(d.ps))
	return h, nil
}

// begin has a search hear an utterance piece by piece.
func (d *decoder) begin(search string) error {
	name := C.CString(search)
	defer C.free(unsafe.Pointer(name))
	if C.ps_set_search(d.ps, name) != 0 || C.ps_start_utt(d.ps) != 0 {
		return fmt.Errorf("%w: pocketsphinx does not begin", speech.ErrUnavailable)
	}
	return nil
}

// feed is the next piece.
func (d *decoder) feed(samples []int16) { d.process(samples, 0) }

func (d *decoder) process(samples []int16, whole C.int) {
	if len(samples) > 0 {
		C.ps_process_raw(d.ps, (*C.int16)(unsafe.Pointer(&samples[0])), C.size_t(len(samples)), 0, whole)
	}
}

func (d *decoder) end() error {
	if C.ps_end_utt(d.ps) != 0 {
		return fmt.Errorf("%w: pocketsphinx does not end", speech.ErrUnavailable)
	}
	return nil
}

// best is the hypothesis of the search so far.
func (d *decoder) best() hypothesis {
	var h hypothesis
	for seg := C.ps_seg_iter(d.ps); seg != nil; seg = C.ps_seg_next(seg) {
		var from, to C.int
		C.ps_seg_frames(seg, &from, &to)
		word := spelling(C.GoString(C.ps_seg_word(seg)))
		if word != "" {
			h.words = append(h.words, speech.Word{Text: word, From: time.Duration(from) * frame, To: time.Duration(to+1) * frame})
		}
	}
	return h
}

// spelling is a word of the dictionary without the number of its variant,
// "the(2)"; nothing for silence and noises, "<sil>" and "[NOISE]".
func spelling(word string) string {
	if strings.HasPrefix(word, "<") || strings.HasPrefix(word, "[") || strings.HasPrefix(word, "+") || word == "(NULL)" {
		return ""
	}
	word, _, _ = strings.Cut(word, "(")
	return word
}
