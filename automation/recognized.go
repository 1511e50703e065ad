package automation

import (
	"context"
	"errors"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media/speech"
)

// The events of a recognition (events.md section 4).
type (
	// RecognizeCompleted carries what was collected.
	RecognizeCompleted struct {
		call.Outcome
		RecognitionType string        `json:"recognitionType"`
		DTMFResult      *DTMFResult   `json:"dtmfResult,omitempty"`
		SpeechResult    *SpeechResult `json:"speechResult,omitempty"`
		ChoiceResult    *ChoiceResult `json:"choiceResult,omitempty"`
	}
	// RecognizeFailed says why nothing was collected.
	RecognizeFailed struct {
		call.Outcome
		FailedPlaySourceIndex *int `json:"failedPlaySourceIndex,omitempty"`
	}
	// RecognizeCanceled says that it was cancelled.
	RecognizeCanceled struct{ call.Outcome }
	// DTMFResult is the keys in the order in which they were pressed.
	DTMFResult struct {
		Tones []call.Tone `json:"tones"`
	}
	// SpeechResult is what was said.
	SpeechResult struct {
		Speech string `json:"speech"`
		// Confidence is between 0 and 1; absent where the recognizer does not know.
		Confidence float64 `json:"confidence,omitempty"`
	}
	// ChoiceResult is what was chosen.
	ChoiceResult struct {
		Label string `json:"label"`
		// RecognizedPhrase is the phrase of the choice; absent for a key.
		RecognizedPhrase string  `json:"recognizedPhrase,omitempty"`
		Confidence       float64 `json:"confidence,omitempty"`
	}
)

// Type names the event.
func (RecognizeCompleted) Type() string { return "Microsoft.Communication.RecognizeCompleted" }
func (RecognizeFailed) Type() string    { return "Microsoft.Communication.RecognizeFailed" }
func (RecognizeCanceled) Type() string  { return "Microsoft.Communication.RecognizeCanceled" }

// How a recognition ends (events.md section 7.1).
var (
	promptFailed  = call.Result{Code: 500, Subcode: 8511, Message: "Action failed, the prompt could not be played."}
	silent        = call.Result{Code: 400, Subcode: 8510, Message: "Action failed, initial silence timeout reached."}
	paused        = call.Result{Code: 400, Subcode: 8532, Message: "Action completed, inter-digit silence timeout reached."}
	enough        = call.Result{Code: 200, Subcode: 8531, Message: "Action completed, max digits received."}
	stopped       = call.Result{Code: 200, Subcode: 8514, Message: "Action completed, stop tone received."}
	toneMatched   = call.Result{Code: 200, Subcode: 8533, Message: "Action completed, DTMF option matched."}
	toneWrong     = call.Result{Code: 500, Subcode: 8534, Message: "Action failed, incorrect tone entered."}
	phraseMatched = call.Result{Code: 200, Subcode: 8545, Message: "Action completed, speech option matched."}
	phraseUnknown = call.Result{Code: 400, Subcode: 8547, Message: "Action failed, recognized phrase does not match a valid option."}
	understood    = call.Result{Code: 200, Subcode: 8569, Message: "Action completed, speech was recognized."}
	notUnderstood = call.Result{Code: 400, Subcode: 8563, Message: "Action failed, speech could not be recognized."}
	tooSlow       = call.Result{Code: 408, Subcode: 8570, Message: "Action failed, speech recognition timed out."}
)

// noSpeech is the result where nobody has configured a recognizer of speech.
var noSpeech = call.Result{Code: 400, Subcode: 8565, Message: "Action failed, no speech recognizer is configured."}

// speechResults say what an error of a speech provider means to the application.
// First match wins.
var speechResults = []struct {
	err    error
	result call.Result
}{
	{speech.ErrRequest, call.Result{Code: 400, Subcode: 8565, Message: "Action failed, the speech engine refused the request."}},
	{speech.ErrAuth, call.Result{Code: 401, Subcode: 8565, Message: "Action failed, the speech engine does not accept the credentials."}},
	{speech.ErrForbidden, call.Result{Code: 403, Subcode: 8565, Message: "Action failed, the speech engine refused or a quota is exceeded."}},
	{speech.ErrTimeout, call.Result{Code: 408, Subcode: 8565, Message: "Action failed, the speech engine timed out."}},
	{context.DeadlineExceeded, call.Result{Code: 408, Subcode: 8565, Message: "Action failed, the speech engine timed out."}},
	{speech.ErrBusy, call.Result{Code: 429, Subcode: 8565, Message: "Action failed, too many requests to the speech engine."}},
	{speech.ErrUnavailable, call.Result{Code: 400, Subcode: 8565, Message: "Action failed, the speech engine is not available."}},
}

// speechResult is what an error of a speech provider means; what is not one of
// package speech is broken.
func speechResult(err error) (call.Result, bool) {
	for _, r := range speechResults {
		if errors.Is(err, r.err) {
			return r.result, true
		}
	}
	return call.Result{}, false
}

// hearingResult is what an error of a recognizer means.
func hearingResult(err error) call.Result {
	if errors.Is(err, speech.ErrTimeout) || errors.Is(err, context.DeadlineExceeded) {
		return tooSlow
	}
	if r, ok := speechResult(err); ok {
		return r
	}
	return call.Result{Code: 500, Subcode: 9999, Message: "Action failed, the speech engine broke off."}
}
