package stream

import "time"

// Transcription says what a transcription is of.
type Transcription struct {
	Subscription string `json:"subscriptionId"`
	Locale       string `json:"locale"`
	Connection   string `json:"callConnectionId"`
	Correlation  string `json:"correlationId"`
	Model        string `json:"speechRecognitionModelEndpointId,omitempty"`
}

// TranscriptionMetadata is the first message of every socket of transcription.
func TranscriptionMetadata(t Transcription) []byte {
	return written(struct {
		Kind     string        `json:"kind"`
		Metadata Transcription `json:"transcriptionMetadata"`
	}{"TranscriptionMetadata", t})
}

// The status of a Line.
const (
	Final        = "Final"
	Intermediate = "Intermediate"
)

// Line is what one participant has said.
type Line struct {
	Text       string     `json:"text"`
	Format     string     `json:"format"` // "display"
	Confidence float64    `json:"confidence"`
	Offset     uint64     `json:"offset"`   // Ticks
	Duration   uint64     `json:"duration"` // ticks of 100 ns
	Words      []LineWord `json:"words"`    // may be empty, but must be there
	Who        string     `json:"participantRawID"`
	Status     string     `json:"resultStatus"` // Final or Intermediate
}

// LineWord is one word of it.
type LineWord struct {
	Text     string `json:"text"`
	Offset   uint64 `json:"offset"`
	Duration uint64 `json:"duration"`
}

// TranscriptionData is a Line on its way. Without words it has an empty list of
// them, which the JavaScript parser wants.
func TranscriptionData(l Line) []byte {
	if l.Words == nil {
		l.Words = []LineWord{}
	}
	l.Format = "display"
	return written(struct {
		Kind string `json:"kind"`
		Line Line   `json:"transcriptionData"`
	}{"TranscriptionData", l})
}

// epoch is 1970 in ticks.
const epoch = 621_355_968_000_000_000

// Ticks is a moment as .NET counts: 100 ns since the year 1. It does not fit a
// float64.
func Ticks(at time.Time) uint64 {
	return uint64(at.Unix())*1e7 + uint64(at.Nanosecond()/100) + epoch //nolint:gosec // after 1970
}

// Lasts is a duration in ticks of 100 ns.
func Lasts(d time.Duration) uint64 { return uint64(max(d, 0) / 100) } //nolint:gosec // not negative
