package automation

import (
	"errors"
	"sync"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media/speech"
	"github.com/botd-dev/botd/media/stream"
)

// mostMissed is how many utterances in a row may be lost by a recognizer that has
// understood before. One more, and it has failed.
const mostMissed = 4

// endurance is how much of a recognizer's failing a transcription bears: a machine
// that was busy for a moment costs a line, not the rest of them.
type endurance struct {
	mu         sync.Mutex
	understood bool
	missed     int // in a row
}

// bears takes in how listening to an utterance ended, and reports whether to go on.
func (e *endurance) bears(err error) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err == nil {
		e.understood, e.missed = true, 0
		return true
	}
	e.missed++
	return e.understood && e.missed <= mostMissed && passes(err)
}

// passes says that what is wrong with a recognizer may be right again soon.
func passes(err error) bool {
	return !errors.Is(err, speech.ErrAuth) && !errors.Is(err, speech.ErrForbidden) && !errors.Is(err, speech.ErrRequest)
}

// TranscriptionMissed says that somebody has said something that no line tells, for
// the log.
type TranscriptionMissed struct {
	ParticipantID string      `json:"participantId"`
	Identifier    identity.ID `json:"identifier"`
	DisplayName   string      `json:"displayName,omitempty"`
	Locale        string      `json:"locale,omitempty"`
	// Offset is when it began, in ticks of 100 ns since the year 1.
	Offset uint64 `json:"offset"`
	// Reason is "slow" if the recognizer had too much to do, and "failed" otherwise.
	Reason string `json:"reason"`
}

// Type names the event.
func (TranscriptionMissed) Type() string { return "botd.transcription.missed" }

func missed(who call.Audible, locale string, began time.Time, err error) TranscriptionMissed {
	reason := "failed"
	if errors.Is(err, speech.ErrTimeout) || errors.Is(err, speech.ErrBusy) {
		reason = "slow"
	}
	return TranscriptionMissed{who.ParticipantID, who.Identity, who.Name, locale, stream.Ticks(began), reason}
}
