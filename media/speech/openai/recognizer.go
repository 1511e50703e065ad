package openai

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime/multipart"
	"strings"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
)

const (
	// hearRate is the rate of what is sent, in hertz.
	hearRate = 16000
	// maxTranscript is the longest answer, in bytes.
	maxTranscript = 1 << 20
	// maxPrompt is how much of the phrases the server is told, in bytes.
	maxPrompt = 600
)

// Recognizer fits speech.Recognizer. It sends each utterance when it has ended, so
// it has no hypotheses.
type Recognizer struct {
	cfg Config
}

// NewRecognizer makes a recognizer.
func NewRecognizer(cfg Config) *Recognizer { return &Recognizer{cfg.withDefaults("whisper-1")} }

// Listen fits speech.Recognizer. Phrases are a hint to the server; a result that
// is one of them but for case and punctuation is spelled as it is.
func (r *Recognizer) Listen(ctx context.Context, l speech.Listening) (speech.Ear, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	h := &hearing{cfg: r.cfg, listening: l, splitter: speech.NewSplitter(speech.SplitterConfig{})}
	if l.Model != "" {
		h.cfg.Model = l.Model
	}
	return speech.NewEar(ctx, hearRate, h.hear), nil
}

// hearing is listening to one stream.
type hearing struct {
	cfg       Config
	listening speech.Listening
	splitter  *speech.Splitter

	sound []int16       // of the utterance
	first time.Duration // of its first sample
}

// hear is a speech.Hear.
func (h *hearing) hear(ctx context.Context, src media.Source, tell func(speech.Heard) error) error {
	f := media.NewFrame(hearRate)
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

// take adds a part to the utterance, and has it understood at its end.
func (h *hearing) take(ctx context.Context, p speech.Part, tell func(speech.Heard) error) error {
	if p.Begins {
		h.sound, h.first = h.sound[:0], p.At
	}
	h.sound = append(h.sound, p.Samples...)
	if !p.Ends {
		return nil
	}
	heard, err := h.understand(ctx)
	if err != nil {
		return fmt.Errorf("openai: %w", err)
	}
	heard.Final, heard.From, heard.To = true, p.From, p.To
	return tell(heard)
}

// understand asks the server what an utterance was.
func (h *hearing) understand(ctx context.Context) (speech.Heard, error) {
	body, kind := h.form()
	ctx, cancel := context.WithTimeoutCause(ctx, h.cfg.Timeout, fmt.Errorf("%w: no text within %v", speech.ErrTimeout, h.cfg.Timeout))
	defer cancel()
	res, err := h.cfg.post(ctx, "/audio/transcriptions", kind, body)
	if err != nil {
		return speech.Heard{}, err
	}
	defer res.Body.Close() //nolint:errcheck // everything was read
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxTranscript+1))
	switch {
	case err != nil && ctx.Err() != nil:
		return speech.Heard{}, context.Cause(ctx)
	case err != nil:
		return speech.Heard{}, broken(err)
	case len(answer) > maxTranscript:
		return speech.Heard{}, fmt.Errorf("%w: an answer of more than %d bytes", speech.ErrUnavailable, maxTranscript)
	}
	return h.parse(answer)
}

// form is the body of POST /audio/transcriptions.
func (h *hearing) form() (*bytes.Buffer, string) {
	body := &bytes.Buffer{}
	w := multipart.NewWriter(body)
	part, _ := w.CreateFormFile("file", "speech.wav") // a buffer takes all
	_, _ = part.Write(speech.EncodeWAV(h.sound, hearRate))
	language, _, _ := strings.Cut(strings.ToLower(h.listening.Locale), "-")
	for _, field := range [][2]string{
		{"model", h.cfg.Model},
		{"response_format", "verbose_json"},
		{"timestamp_granularities[]", "word"},
		{"language", language},
		{"prompt", hint(h.listening.Phrases)},
	} {
		if field[1] != "" {
			_ = w.WriteField(field[0], field[1])
		}
	}
	_ = w.Close()
	return body, w.FormDataContentType()
}

// hint is as many phrases as fit, for the server's prompt.
func hint(phrases []string) string {
	text := strings.Join(phrases, ", ")
	if len(text) > maxPrompt {
		text = text[:strings.LastIndexByte(text[:maxPrompt], ',')+1]
	}
	return strings.ToValidUTF8(text, "")
}

// transcript is an answer in verbose_json. Its times are in seconds.
type transcript struct {
	Text     *string `json:"text"`
	Segments []struct {
		AvgLogprob   float64 `json:"avg_logprob"`
		NoSpeechProb float64 `json:"no_speech_prob"`
	} `json:"segments"`
	Words []struct {
		Word  string  `json:"word"`
		Start float64 `json:"start"`
		End   float64 `json:"end"`
	} `json:"words"`
}

// noSpeech is how sure the server must be that nobody spoke.
const noSpeech = 0.8

// parse reads an answer.
func (h *hearing) parse(answer []byte) (speech.Heard, error) {
	var t transcript
	if err := json.Unmarshal(answer, &t); err != nil {
		return speech.Heard{}, fmt.Errorf("%w: the answer is no transcription: %w", speech.ErrUnavailable, err)
	}
	if t.Text == nil {
		return speech.Heard{}, fmt.Errorf("%w: the answer has no text", speech.ErrUnavailable)
	}
	heard := speech.Heard{Text: h.phrase(strings.TrimSpace(speech.Plain(*t.Text))), Confidence: t.confidence()}
	if heard.Confidence == 0 {
		return speech.Heard{}, nil
	}
	for _, w := range t.Words {
		from, to := h.at(w.Start), h.at(w.End)
		heard.Words = append(heard.Words, speech.Word{Text: strings.TrimSpace(speech.Plain(w.Word)), From: from, To: max(from, to)})
	}
	return heard, nil
}

// at is a time in the utterance as one in the stream.
func (h *hearing) at(seconds float64) time.Duration {
	longest := float64(len(h.sound)) / hearRate
	return h.first + time.Duration(min(max(seconds, 0), longest)*float64(time.Second))
}

// usual is the confidence in a server that does not tell its own.
const usual = 0.8

// confidence is the mean probability of what the text was made of; zero if it was
// made of no speech.
func (t *transcript) confidence() float64 {
	if len(t.Segments) == 0 {
		return usual
	}
	sum := 0.0
	for _, s := range t.Segments {
		if s.NoSpeechProb > noSpeech {
			return 0
		}
		sum += s.AvgLogprob
	}
	return max(0.01, math.Exp(min(0, sum/float64(len(t.Segments)))))
}

// phrase is the one of the phrases that a text is, but for case and punctuation;
// else the text itself.
func (h *hearing) phrase(text string) string {
	for _, p := range h.listening.Phrases {
		if strings.EqualFold(bare(p), bare(text)) {
			return p
		}
	}
	return text
}

func bare(s string) string { return strings.Trim(s, " .,!?") }
