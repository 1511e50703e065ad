//go:build pocketsphinx

package pocketsphinx

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
)

// after is how much of the silence behind an utterance is kept.
const after = 200 * time.Millisecond

// hearing is listening to one stream.
type hearing struct {
	pool     *pool
	phrases  *phrases // nil is anything
	partial  bool
	splitter *speech.Splitter

	sound []int16       // of the utterance
	first time.Duration // of its first sample
	live  *live         // nil if no hypotheses are wanted
}

// hear is a speech.Hear.
func (h *hearing) hear(ctx context.Context, src media.Source, tell func(speech.Heard) error) error {
	defer h.quit()
	f := media.NewFrame(rate)
	for {
		err := src.Read(f)
		if errors.Is(err, io.EOF) {
			return h.take(ctx, h.splitter.End(), tell)
		}
		if err != nil {
			return err
		}
		if err := h.take(ctx, h.splitter.Write(f), tell); err != nil {
			return err
		}
	}
}

// take adds a part to the utterance, and understands it at its end.
func (h *hearing) take(ctx context.Context, p speech.Part, tell func(speech.Heard) error) error {
	if p.Begins {
		h.sound, h.first = h.sound[:0], p.At
		if err := h.startLive(); err != nil {
			return err
		}
	}
	h.sound = append(h.sound, p.Samples...)
	if guess, ok := h.live.hear(p); ok {
		if err := tell(guess); err != nil {
			return err
		}
	}
	if !p.Ends {
		return nil
	}
	h.quit()
	heard, err := h.understand(ctx, p)
	if err != nil {
		return err
	}
	return tell(heard)
}

// startLive begins to make hypotheses, if a decoder can be spared for them.
func (h *hearing) startLive() error {
	if !h.partial {
		return nil
	}
	d, err := h.pool.spare()
	if d == nil {
		return err
	}
	h.live = &live{decoder: d, first: h.first}
	return d.begin(anything)
}

// quit gives the decoder of the hypotheses back.
func (h *hearing) quit() {
	if h.live != nil {
		_ = h.live.decoder.end() // its hypotheses are done with
		h.pool.restore(h.live.decoder)
		h.live = nil
	}
}

// understand makes text of a whole utterance.
func (h *hearing) understand(ctx context.Context, p speech.Part) (speech.Heard, error) {
	d, err := h.pool.get(ctx)
	if err != nil {
		return speech.Heard{}, err
	}
	defer h.pool.put(d)
	if n := int((p.To + after - h.first) * rate / time.Second); n < len(h.sound) {
		h.sound = h.sound[:n]
	}
	noise(h.sound)
	var heard speech.Heard
	if h.phrases == nil {
		heard, err = dictated(d, h.sound)
	} else {
		heard, err = h.chosen(d, p.To-p.From)
	}
	heard.Final, heard.From, heard.To = true, p.From, p.To
	shift(heard.Words, h.first)
	return heard, err
}

// shift moves words by where the utterance is in the stream.
func shift(words []speech.Word, by time.Duration) {
	for i := range words {
		words[i].From += by
		words[i].To += by
	}
}

// dictated is what was said where anything may have been.
func dictated(d *decoder, sound []int16) (speech.Heard, error) {
	h, err := d.decode(anything, sound)
	return speech.Heard{Text: h.text(), Words: h.words, Confidence: h.confidence()}, err
}

// chosen is which of the phrases was said, if it was one of them.
func (h *hearing) chosen(d *decoder, spoken time.Duration) (speech.Heard, error) {
	if err := d.learn(h.phrases.jsgf()); err != nil {
		return speech.Heard{}, err
	}
	first, err := d.decode(grammar, h.sound)
	if err != nil {
		return speech.Heard{}, err
	}
	text, known := h.phrases.meaning[first.text()]
	phones := d.phones(first)
	if !known || !plausible(len(phones), spoken) {
		return speech.Heard{}, nil
	}
	second, err := d.decode(anything, h.sound)
	if err != nil {
		return speech.Heard{}, err
	}
	confidence := agreement(phones, d.phones(second))
	if confidence == 0 {
		return speech.Heard{}, nil
	}
	return speech.Heard{Text: text, Words: first.words, Confidence: confidence}, nil
}
