package bot

import (
	"encoding/json"
	"slices"

	"github.com/botd-dev/botd/identity"
)

// Speaker is somebody who speaks, or did.
type Speaker struct {
	ID identity.ID `json:"identifier"`
	// Speaking says that they spoke when it was told.
	Speaking bool `json:"isSpeaking"`
}

// Speakers are those who speak, the loudest first, and behind them those who did
// before. It changes at most once a second, with the event
// "botd.dominantspeakers.changed".
func (c *Call) Speakers() []Speaker {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.speakers)
}

func (c *Call) noteSpeakers(e Event) {
	var data struct {
		Speakers []Speaker `json:"speakers"`
	}
	if json.Unmarshal(e.Data, &data) == nil {
		c.speakers = data.Speakers
	}
}
