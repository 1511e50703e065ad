package browser

import "github.com/botd-dev/botd/call"

// The messages about who speaks and how it sounds.
type (
	// qualityIs is the server's view of the client's sound. Send and receive are the
	// client's: what it sends, what it gets.
	qualityIs struct {
		Type    string        `json:"type"`
		Call    string        `json:"call"`
		Send    call.Incoming `json:"send"`
		Receive call.Outgoing `json:"receive"`
	}
	speakersAre struct {
		Type     string         `json:"type"`
		Call     string         `json:"call"`
		Speakers []call.Speaker `json:"speakers"`
	}
)

// Speakers tells the client who speaks.
func (l *leg) Speakers(s call.Speakers) { l.client.speakers(s) }

// MutedSpeaking tells the client that its user speaks and is muted. With it, leg
// fits call.Attentive.
func (l *leg) MutedSpeaking() { l.client.unheard() }

// speakers tells the page who speaks. What a call says that it was moved away
// from is not told any more.
func (l *pageCall) speakers(s call.Speakers) {
	l.tell(func() [][]byte {
		if p := l.seat.get(); p != nil && p.ID() != s.Self {
			return nil
		}
		l.told.speakers = encode(speakersAre{"speakers", l.id, s.Dominant})
		return [][]byte{l.told.speakers}
	})
}

// unheard tells the page that its user speaks and is muted.
func (l *pageCall) unheard() {
	l.tell(func() [][]byte { return [][]byte{encode(notice{"mutedSpeaking", l.id})} })
}

// rated tells the page that its sound travels better or worse than before.
func (l *pageCall) rated(q call.Quality) {
	l.tell(func() [][]byte {
		l.told.quality = encode(qualityIs{"quality", l.id, q.In, q.Out})
		return [][]byte{l.told.quality}
	})
}

// A client that joined by one request has no socket to be told on.
func (s *whipSession) speakers(call.Speakers) {}
func (s *whipSession) unheard()               {}
func (s *whipSession) caption(call.Caption)   {}
func (s *whipSession) rated(call.Quality)     {}
