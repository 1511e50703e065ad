package botd

import (
	"slices"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/voice"
)

// stages are what a microphone may go through before it is mixed, in the order
// in which it does: noise is taken out before anything is made louder.
var stages = []struct {
	name  string
	stage func() media.Stage
}{
	{"noise-suppression", func() media.Stage { return voice.Suppress(voice.SuppressConfig{}) }},
	{"auto-gain", func() media.Stage { return voice.AutoGain(voice.GainConfig{}) }},
	{"comfort-noise", func() media.Stage { return voice.ComfortNoise(voice.ComfortConfig{}) }},
}

// voiceStages makes the stages of a port; nil for no names.
func voiceStages(names []string) func(string) []media.Stage {
	if len(names) == 0 {
		return nil
	}
	return func(string) (made []media.Stage) {
		for _, s := range stages {
			if slices.Contains(names, s.name) {
				made = append(made, s.stage())
			}
		}
		return made
	}
}

// stageKind is the name of a stage.
func stageKind() kind[string] {
	return words("noise-suppression, auto-gain or comfort-noise", func(name string) bool {
		for _, s := range stages {
			if s.name == name {
				return true
			}
		}
		return false
	})
}
