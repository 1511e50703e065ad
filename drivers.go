package botd

import (
	"context"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/media/speech"
	"github.com/botd-dev/botd/media/speech/espeak"
	"github.com/botd-dev/botd/media/speech/flite"
	"github.com/botd-dev/botd/media/speech/guard"
	"github.com/botd-dev/botd/media/speech/pocketsphinx"
)

// synthesizers and recognizers are the providers of speech there are.
var (
	synthesizers = []spelled{
		{name: "espeak", options: []string{"voice"}},
		{name: "flite", options: []string{"voice"}},
		{name: "none"},
	}
	recognizers = []spelled{
		{name: "pocketsphinx", options: []string{"models"}},
		{name: "none"},
	}
)

// checked is a provider that knows whether it can work.
type checked interface {
	Check(ctx context.Context) error
}

// synthesizer is who speaks; nil is nobody. Where it cannot, the server runs, and
// says so; what is to be spoken fails.
func (s *Server) synthesizer(ctx context.Context) speech.Synthesizer {
	p := s.cfg.SpeechTTS
	var made speech.Synthesizer
	switch p.Name {
	case "espeak":
		made = espeak.New(espeak.Config{Voice: p.Options.Get("voice")})
	case "flite":
		made = flite.New(flite.Config{Voice: p.Options.Get("voice"), Otherwise: espeak.New(espeak.Config{})})
	default:
		return nil
	}
	if c, ok := made.(checked); ok {
		if err := c.Check(ctx); err != nil {
			s.log.Warn("text cannot be spoken", zap.Error(err))
		}
	}
	return guard.Synthesizer(made, guard.Config{})
}

// recognizer is who understands what is said; nil is nobody.
func (s *Server) recognizer() speech.Recognizer {
	p := s.cfg.SpeechSTT
	switch p.Name {
	case "pocketsphinx":
		made, err := pocketsphinx.New(pocketsphinx.Config{Models: p.Options.Get("models")})
		if err != nil {
			s.log.Warn("speech cannot be understood", zap.Error(err))
			return deaf{err}
		}
		s.onStop("pocketsphinx", func(context.Context) error { return made.Close() })
		return guard.Recognizer(made, guard.Config{})
	default:
		return nil
	}
}

// deaf is a recognizer that is not there, and says why.
type deaf struct{ why error }

// Listen fits speech.Recognizer.
func (d deaf) Listen(context.Context, speech.Listening) (speech.Ear, error) { return nil, d.why }
