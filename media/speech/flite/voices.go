package flite

import (
	"strings"

	"github.com/botd-dev/botd/media/speech"
)

// voices are those that flite is built with.
var voices = map[string]bool{"slt": true, "rms": true, "awb": true, "kal": true, "kal16": true}

// english reports whether a voice is to speak English, or any language.
func english(v speech.Voice) bool {
	language, _, _ := strings.Cut(strings.ToLower(v.Locale), "-")
	return language == "" || language == "en" || voices[strings.ToLower(v.Name)]
}

// nearest is the voice that comes nearest to v: slt is a woman from the United
// States, rms a man from there, awb a man from Scotland.
func nearest(v speech.Voice, otherwise string) string {
	if name := strings.ToLower(v.Name); voices[name] {
		return name
	}
	locale := strings.ToLower(v.Locale)
	british := locale == "en-gb" || locale == "en-ie"
	switch {
	case v.Gender == speech.Female:
		return "slt"
	case british:
		return "awb"
	case v.Gender == speech.Male:
		return "rms"
	}
	return otherwise
}
