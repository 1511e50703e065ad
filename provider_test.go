package botd

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
)

func TestAProviderIsANameAndWhereItIs(t *testing.T) {
	for _, c := range []struct {
		kind  kind[Provider]
		text  string
		taken bool
	}{
		{providerKind(synthesizers), "espeak", true},
		{providerKind(synthesizers), "flite?voice=rms", true},
		{providerKind(synthesizers), "openai:https://api.example.com/v1?model=tts-1&voice=nova", true},
		{providerKind(synthesizers), "openai:http://localhost:8000/v1", true},
		{providerKind(synthesizers), "none", true},
		{providerKind(recognizers), "pocketsphinx?models=%2Fopt%2Fmodels", true},
		{providerKind(recognizers), "socket:wss://stt.example.com/v1/listen?model=nova-3&scheme=Bearer", true},

		{providerKind(synthesizers), "", false},
		{providerKind(synthesizers), "festival", false},
		{providerKind(synthesizers), "espeak:https://example.com", false},
		{providerKind(synthesizers), "espeak?rate=3", false},
		{providerKind(synthesizers), "openai", false},
		{providerKind(synthesizers), "openai:example.com", false},
		{providerKind(synthesizers), "openai:ftp://example.com/v1", false},
		{providerKind(synthesizers), "openai:https://user:secret@example.com/v1", false},
		{providerKind(synthesizers), "openai:https://example.com/v1?key=secret", false},
		{providerKind(synthesizers), "openai:https://example.com/v1?%zz", false},
		{providerKind(recognizers), "socket:https://example.com", false},
	} {
		p, ok := c.kind.parse(c.text)
		if ok != c.taken {
			t.Errorf("%s: taken is %v", c.text, ok)
		}
		if again := c.kind.format(p); ok && again != c.text {
			t.Errorf("%s is written as %s", c.text, again)
		}
	}
}

func TestAProvidersKeyIsNotShown(t *testing.T) {
	c := Default()
	c.SpeechTTSKey, c.SpeechSTTKey = "sk-one", "sk-two"
	if all := strings.Join(c.Effective(), "\n"); strings.Contains(all, "sk-") || !strings.Contains(all, "speech-stt-key: "+hidden) && !strings.Contains(all, hidden) {
		t.Errorf("shown:\n%s", all)
	}
}

// A provider may be on this machine, where callbacks may not go.
func TestAProviderOnThisMachineIsReached(t *testing.T) {
	here := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer sk-one" || r.URL.Path != "/v1/audio/speech" {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Type", "audio/pcm")
		_, _ = w.Write(make([]byte, 48000))
	}))
	defer here.Close()
	for _, host := range []string{"127.0.0.1", "localhost"} {
		var cfg Config
		cfg.SpeechTTS, _ = parseProvider("openai:" + strings.Replace(here.URL, "127.0.0.1", host, 1) + "/v1")
		cfg.SpeechTTSKey = "sk-one"
		s := &Server{cfg: cfg, log: zap.NewNop()}
		src, err := s.synthesizer(t.Context()).Synthesize(t.Context(), speech.Utterance{Text: "hello"})
		n := 0
		if err == nil {
			err = media.Copy(t.Context(), media.SinkFunc(func(f *media.Frame) error {
				n += len(f.Samples)
				return nil
			}), src)
		}
		if err != nil || n != 24000 {
			t.Errorf("%s: %d samples, %v", host, n, err)
		}
		if err := s.stopStarted(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func TestWhoeverIsNotThereSaysWhy(t *testing.T) {
	var cfg Config
	cfg.SpeechSTT, _ = parseProvider("pocketsphinx?models=/nowhere")
	s := &Server{cfg: cfg, log: zap.NewNop()}
	if _, err := s.recognizer().Listen(t.Context(), speech.Listening{}); !errors.Is(err, speech.ErrUnavailable) || !strings.Contains(err.Error(), "pocketsphinx") {
		t.Errorf("error is %v", err)
	}
	s.cfg.SpeechSTT, s.cfg.SpeechTTS = Provider{Name: "none"}, Provider{Name: "none"}
	if s.recognizer() != nil || s.synthesizer(t.Context()) != nil {
		t.Error("none is somebody")
	}
}
