package browser

import (
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// captionIs is what somebody says.
type captionIs struct {
	Type          string      `json:"type"`
	Call          string      `json:"call"`
	ParticipantID string      `json:"participantId"`
	Identifier    identity.ID `json:"identifier"`
	DisplayName   string      `json:"displayName,omitempty"`
	Text          string      `json:"text"`
	Language      string      `json:"language"`
	Final         bool        `json:"isFinal"`
	Time          time.Time   `json:"timestamp"`
}

// Caption shows the client what somebody says. With it, leg fits call.Captioned.
func (l *leg) Caption(c call.Caption) { l.client.caption(c) }

// caption tells the page what somebody says. What a call says that it was moved
// away from is not told any more; what was said while it was away is not told
// again.
func (l *pageCall) caption(c call.Caption) {
	l.tell(func() [][]byte {
		if p := l.seat.get(); p != nil && p.ID() != c.Self {
			return nil
		}
		return [][]byte{encode(captionIs{"caption", l.id, c.ID, c.Identity, c.Name, c.Text, c.Language, c.Final, c.At.UTC()})}
	})
}
