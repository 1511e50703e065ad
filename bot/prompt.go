package bot

// Prompt is something to be played. One of File, Text and SSML is set.
type Prompt struct {
	// File is the URI of WAV, MP3 or Ogg Opus sound.
	File string `json:"file,omitempty"`
	// Text is spoken.
	Text string `json:"text,omitempty"`
	// SSML is spoken as it is marked up (W3C SSML 1.1).
	SSML string `json:"ssml,omitempty"`
	// Voice and Locale choose who speaks Text; empty is the server's default. A
	// locale is as in BCP 47, "sv-SE".
	Voice  string `json:"voice,omitempty"`
	Locale string `json:"locale,omitempty"`
}

// File is a prompt that plays sound from a URI.
func File(uri string) Prompt { return Prompt{File: uri} }

// Say is a prompt that speaks text.
func Say(text string) Prompt { return Prompt{Text: text} }

// SSML is a prompt that speaks marked-up text.
func SSML(markup string) Prompt { return Prompt{SSML: markup} }

// By is the prompt spoken by another voice.
func (p Prompt) By(voice string) Prompt {
	p.Voice = voice
	return p
}

// In is the prompt spoken in another language, as in BCP 47.
func (p Prompt) In(locale string) Prompt {
	p.Locale = locale
	return p
}

// Saying are prompts that speak one text after another.
func Saying(texts ...string) []Prompt {
	prompts := make([]Prompt, len(texts))
	for i, text := range texts {
		prompts[i] = Say(text)
	}
	return prompts
}

// Yield is what a prompt does when somebody begins to speak over it.
type Yield string

// The ways to yield. Who only says "mhm" interrupts nothing.
const (
	// YieldNever plays on.
	YieldNever Yield = "never"
	// YieldDuck plays on, softly, while somebody speaks.
	YieldDuck Yield = "duck"
	// YieldPause waits until they have spoken, and goes on.
	YieldPause Yield = "pause"
	// YieldStop ends it: a play with ErrCanceled, a question by listening on.
	YieldStop Yield = "stop"
)
