package bot

import (
	"context"
	"encoding/json"
	"time"

	"github.com/botd-dev/botd/identity"
)

// The actions that have what is said written down.
type (
	// Transcribe begins it, for everybody in the call.
	Transcribe struct {
		// Locale is the language as in BCP 47; empty is the server's default.
		Locale string `json:"locale,omitempty"`
		// Model names one of the recognizer's models; empty is its default.
		Model   string `json:"model,omitempty"`
		Context string `json:"context,omitempty"`
	}
	// StopTranscribing ends it.
	StopTranscribing struct{}
)

func (Transcribe) action() string       { return "transcribe" }
func (StopTranscribing) action() string { return "stopTranscribing" }

// Line is what somebody has said in one go.
type Line struct {
	Who identity.ID
	// Name is their display name, which may be empty.
	Name string
	Text string
	// Confidence is how sure the recognizer is, 0 to 1.
	Confidence float64
	// At is when it began, and For how long it took.
	At  time.Time
	For time.Duration
}

// waitingLines is how many lines wait for who does not read them.
const waitingLines = 256

// Transcript gives what everybody says from now on, a line an utterance, until ctx
// or the call ends. Lines are told whatever else goes on, and after 256 that nobody
// has read, no more; all are in the log as "botd.transcription.line".
// ErrUnsupported if the server understands nobody, ErrConflict if the bot has a
// transcript already.
func (c *Call) Transcript(ctx context.Context, t Transcribe) (<-chan Line, error) {
	lines := make(chan Line, waitingLines)
	c.mu.Lock()
	select {
	case <-c.ended:
		c.mu.Unlock()
		return nil, ErrEnded
	default:
	}
	if c.lines != nil {
		c.mu.Unlock()
		return nil, ErrConflict
	}
	c.lines = lines
	c.mu.Unlock()
	t.Context = c.name(t)
	if err := c.do(ctx, t); err != nil {
		c.closeLines()
		return nil, err
	}
	context.AfterFunc(ctx, func() {
		_ = c.do(context.WithoutCancel(ctx), StopTranscribing{}) // the call may be over
	})
	return lines, nil
}

// closeLines ends the transcript.
func (c *Call) closeLines() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.endLines()
}

// endLines is closeLines under the mutex.
func (c *Call) endLines() {
	if c.lines != nil {
		close(c.lines)
		c.lines = nil
	}
}

// noteLine tells who reads the transcript of a line.
func (c *Call) noteLine(e Event) {
	var data struct {
		Who        identity.ID `json:"identifier"`
		Name       string      `json:"displayName"`
		Text       string      `json:"text"`
		Confidence float64     `json:"confidence"`
		Offset     int64       `json:"offset"`
		Duration   int64       `json:"duration"`
	}
	if json.Unmarshal(e.Data, &data) != nil {
		return
	}
	select {
	case c.lines <- Line{data.Who, data.Name, data.Text, data.Confidence, atTicks(data.Offset), time.Duration(data.Duration) * tick}:
	default: // nobody reads it, or asked for it
	}
}

const (
	// tick is the unit of times in lines, and unixTicks how many there were in 1970
	// since the year 1.
	tick      = 100 * time.Nanosecond
	unixTicks = 621355968000000000
)

func atTicks(offset int64) time.Time {
	ticks := offset - unixTicks
	return time.Unix(ticks/1e7, ticks%1e7*int64(tick))
}
