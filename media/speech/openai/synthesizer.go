package openai

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"strings"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
)

// pcmRate is that of response_format pcm, in hertz.
const pcmRate = 24000

// Synthesizer fits speech.Synthesizer. It speaks while the sound arrives. When it
// says which word is not known.
type Synthesizer struct {
	cfg Config
}

// NewSynthesizer makes a synthesizer.
func NewSynthesizer(cfg Config) *Synthesizer { return &Synthesizer{cfg.withDefaults("tts-1")} }

// voices are those that every such server is expected to have.
var voices = map[string]bool{
	"alloy": true, "ash": true, "ballad": true, "coral": true, "echo": true, "fable": true, "onyx": true, "nova": true,
	"sage": true, "shimmer": true, "verse": true,
}

// voice is the nearest one: the servers' voices speak every language.
func (s *Synthesizer) voice(v speech.Voice) string {
	name := strings.ToLower(v.Name)
	switch {
	case voices[name]:
		return name
	case v.Gender == speech.Female:
		return "nova"
	case v.Gender == speech.Male:
		return "onyx"
	}
	return s.cfg.Voice
}

// speechRequest is the body of POST /audio/speech.
type speechRequest struct {
	Model          string `json:"model"`
	Input          string `json:"input"`
	Voice          string `json:"voice"`
	ResponseFormat string `json:"response_format"`
}

// Synthesize fits speech.Synthesizer. Of SSML it obeys the first voice and the
// pauses.
func (s *Synthesizer) Synthesize(ctx context.Context, u speech.Utterance) (media.Source, error) {
	pieces, voice, err := u.Plainly()
	if err != nil {
		return nil, err
	}
	t := &talk{pieces: pieces, open: func(text string) (io.ReadCloser, error) { return s.ask(ctx, s.voice(voice), text) }}
	if err := t.advance(); err != nil {
		return nil, fmt.Errorf("openai: %w", err)
	}
	return t, nil
}

// ask opens the sound of one piece.
func (s *Synthesizer) ask(ctx context.Context, voice, text string) (io.ReadCloser, error) {
	body, err := json.Marshal(speechRequest{s.cfg.Model, text, voice, "pcm"})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", speech.ErrRequest, err)
	}
	res, err := s.cfg.post(ctx, "/audio/speech", "application/json", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if strings.HasPrefix(kind, "text/") || kind == "application/json" {
		_ = res.Body.Close() // nothing of it is sound
		return nil, fmt.Errorf("%w: the answer is %s, no sound", speech.ErrUnavailable, kind)
	}
	return res.Body, nil
}
