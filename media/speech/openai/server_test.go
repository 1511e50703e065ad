package openai_test

import (
	"encoding/binary"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
	"github.com/botd-dev/botd/media/speech/espeak"
	"github.com/botd-dev/botd/media/speech/openai"
)

const key = "sk-test"

// server speaks the protocol: it says what it is given by espeak-ng, and tells
// short words from long ones.
func server(t *testing.T) openai.Config {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/audio/speech", say)
	mux.HandleFunc("POST /v1/audio/transcriptions", transcribe)
	return serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+key {
			http.Error(w, `{"error": {"message": "bad key"}}`, http.StatusUnauthorized)
			return
		}
		mux.ServeHTTP(w, r)
	}))
}

func serve(t *testing.T, h http.Handler) openai.Config {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	t.Cleanup(s.CloseClientConnections)
	return openai.Config{BaseURL: s.URL + "/v1/", Key: key, HTTP: s.Client()}
}

// speakers are the voices of espeak-ng that stand for the server's.
var speakers = map[string]string{"alloy": "en-gb", "nova": "en-us+f3", "onyx": "en-us", "echo": "en-us+m2"}

func say(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Model, Input, Voice string
		ResponseFormat      string `json:"response_format"`
	}
	if json.NewDecoder(r.Body).Decode(&ask) != nil || ask.Model != "tts-1" || ask.ResponseFormat != "pcm" || speakers[ask.Voice] == "" {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	src, err := espeak.New(espeak.Config{}).Synthesize(r.Context(), speech.Utterance{Text: ask.Input, Voice: speakers[ask.Voice]})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "audio/pcm")
	_ = media.Copy(r.Context(), media.SinkFunc(func(f *media.Frame) error {
		return binary.Write(w, binary.LittleEndian, f.Samples)
	}), media.Resample(24000)(src))
}

func transcribe(w http.ResponseWriter, r *http.Request) {
	file, _, err := r.FormFile("file")
	if err != nil || r.FormValue("model") != "whisper-1" || r.FormValue("language") != "en" || r.FormValue("response_format") != "verbose_json" {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	data, _ := io.ReadAll(file)
	samples, rate, err := speech.DecodeWAV(data)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	text, noise := understand(samples, rate)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"text":     text,
		"segments": []any{map[string]any{"avg_logprob": -0.1, "no_speech_prob": noise}},
		"words":    []any{map[string]any{"word": text, "start": 0.3, "end": 0.5}},
	})
}

// understand tells noise, which crosses zero all the time, from words, and short
// words from long ones.
func understand(samples []int16, rate int) (text string, noise float64) {
	loud, crossings := 0, 0
	for i, s := range samples {
		if s > 500 || s < -500 {
			loud = i
		}
		if i > 0 && (s < 0) != (samples[i-1] < 0) {
			crossings++
		}
	}
	if crossings > len(samples)/3 {
		return "", 0.95
	}
	first := 0
	for first < len(samples) && samples[first] <= 500 && samples[first] >= -500 {
		first++
	}
	if float64(loud-first) < 0.5*float64(rate) {
		return " Yes.", 0.01
	}
	return " Operator.", 0.01
}
