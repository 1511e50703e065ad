package botd

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/internal/egress"
	"github.com/botd-dev/botd/media/speech"
	"github.com/botd-dev/botd/media/speech/espeak"
	"github.com/botd-dev/botd/media/speech/flite"
	"github.com/botd-dev/botd/media/speech/guard"
	"github.com/botd-dev/botd/media/speech/openai"
	"github.com/botd-dev/botd/media/speech/pocketsphinx"
	"github.com/botd-dev/botd/media/speech/socket"
)

// synthesizers and recognizers are the providers of speech there are.
var (
	synthesizers = []spelled{
		{name: "espeak", options: []string{"voice"}},
		{name: "flite", options: []string{"voice"}},
		{name: "openai", schemes: []string{"https", "http"}, options: []string{"model", "voice"}},
		{name: "none"},
	}
	recognizers = []spelled{
		{name: "pocketsphinx", options: []string{"models"}},
		{name: "openai", schemes: []string{"https", "http"}, options: []string{"model"}},
		{name: "socket", schemes: []string{"wss", "ws"}, options: []string{"model", "scheme"}},
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
	case "openai":
		made = openai.NewSynthesizer(openai.Config{
			BaseURL: p.URL, Key: s.cfg.SpeechTTSKey, Model: p.Options.Get("model"), Voice: p.Options.Get("voice"), HTTP: s.speechClient(p),
		})
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
	case "openai":
		return guard.Recognizer(openai.NewRecognizer(openai.Config{
			BaseURL: p.URL, Key: s.cfg.SpeechSTTKey, Model: p.Options.Get("model"), HTTP: s.speechClient(p),
		}), guard.Config{})
	case "socket":
		return guard.Recognizer(socket.New(socket.Config{
			URL: p.URL, Key: s.cfg.SpeechSTTKey, Scheme: p.Options.Get("scheme"), Model: p.Options.Get("model"), HTTP: s.speechClient(p),
		}), guard.Config{})
	default:
		return nil
	}
}

// speechTimeout is how long one utterance may take to be said or understood.
const speechTimeout = 10 * time.Minute

// speechClient goes out to a provider.
func (s *Server) speechClient(p Provider) *http.Client {
	client, err := s.clientOf(p.Name, p.URL, speechTimeout)
	if err != nil {
		return s.outgoing // which will not get there either
	}
	return client
}

// clientOf goes out to a place that the operator has named, and that may therefore
// be on this machine or in a private network, and nowhere else there.
func (s *Server) clientOf(name, place string, timeout time.Duration) (*http.Client, error) {
	u, err := url.Parse(place)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, egress.ErrURL)
	}
	g, err := egress.New(egress.Config{Allow: []string{u.Hostname()}, AllowHTTP: u.Scheme == "http" || u.Scheme == "ws", Timeout: timeout})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	client := g.Client()
	s.onStop("connections to "+name, func(context.Context) error {
		client.CloseIdleConnections()
		return nil
	})
	return client, nil
}

// deaf is a recognizer that is not there, and says why.
type deaf struct{ why error }

// Listen fits speech.Recognizer.
func (d deaf) Listen(context.Context, speech.Listening) (speech.Ear, error) { return nil, d.why }
