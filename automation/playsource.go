package automation

import (
	"fmt"
	"unicode/utf8"

	"github.com/botd-dev/botd/media/prompt"
	"github.com/botd-dev/botd/media/speech"
)

// PlaySource is one thing to be played (rest.md section 7.2).
type PlaySource struct {
	// Kind is "file", "text" or "ssml".
	Kind    string      `json:"kind"`
	File    *FileSource `json:"file,omitempty"`
	Text    *TextSource `json:"text,omitempty"`
	SSML    *SSMLSource `json:"ssml,omitempty"`
	CacheID string      `json:"playSourceCacheId,omitempty"`
}

// FileSource is sound at a URI: WAV, MP3 or Ogg Opus.
type FileSource struct {
	URI string `json:"uri"`
}

// TextSource is text to be spoken.
type TextSource struct {
	Text         string `json:"text"`
	SourceLocale string `json:"sourceLocale,omitempty"`
	// VoiceKind is "male" or "female".
	VoiceKind string `json:"voiceKind,omitempty"`
	VoiceName string `json:"voiceName,omitempty"`
	// CustomVoiceEndpointID is taken and not looked at: there are no custom voices.
	CustomVoiceEndpointID string `json:"customVoiceEndpointId,omitempty"`
}

// SSMLSource is marked-up text to be spoken.
type SSMLSource struct {
	SSMLText string `json:"ssmlText"`
	// CustomVoiceEndpointID is taken and not looked at.
	CustomVoiceEndpointID string `json:"customVoiceEndpointId,omitempty"`
}

// maxText is how many characters a text may have.
const maxText = 4000

// prompt checks the source and turns it into what the prompt room opens.
func (p PlaySource) prompt(field string) (prompt.Source, error) {
	src := prompt.Source{CacheID: p.CacheID}
	switch {
	case p.Kind == "file" && p.File != nil:
		src.Kind, src.URI = prompt.File, p.File.URI
		if p.File.URI == "" {
			return src, required(field + ".file.uri")
		}
	case p.Kind == "text" && p.Text != nil:
		src.Kind, src.Text = prompt.Text, p.Text.Text
		src.Voice, src.Locale = p.Text.VoiceName, p.Text.SourceLocale
		src.Gender = speech.ParseGender(p.Text.VoiceKind)
		if utf8.RuneCountInString(src.Text) > maxText {
			return src, invalid(field+".text.text", fmt.Sprintf("it is longer than %d characters", maxText))
		}
	case p.Kind == "ssml" && p.SSML != nil:
		src.Kind, src.Text = prompt.SSML, p.SSML.SSMLText
	case p.Kind == "file", p.Kind == "text", p.Kind == "ssml":
		return src, required(field + "." + p.Kind)
	case p.Kind == "":
		return src, required(field + ".kind")
	default:
		return src, invalid(field+".kind", "it is none of file, text, ssml")
	}
	return src, nil
}

// prompts checks and turns all of them.
func prompts(field string, sources []PlaySource) ([]prompt.Source, error) {
	if len(sources) > maxSources {
		return nil, invalid(field, fmt.Sprintf("there are more than %d", maxSources))
	}
	opened := make([]prompt.Source, len(sources))
	for i, p := range sources {
		src, err := p.prompt(fmt.Sprintf("%s[%d]", field, i))
		if err != nil {
			return nil, err
		}
		opened[i] = src
	}
	return opened, nil
}
