package automation

import (
	"context"
	"fmt"
	"strings"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media/turn"
)

// signal takes news of who has the floor.
func (r *round) signal(s spoke) call.Event {
	switch s.Signal {
	case turn.Began:
		r.voiced = true
	case turn.Ended:
		r.voiced = false
		r.talked = s.talked
	case turn.Nothing, turn.Interruption, turn.Backchannel:
	}
	if r.phase == prompting {
		if r.floor.Signal(s.Signal) {
			r.speak()
		} else if !r.voiced {
			r.said = nil // it was not meant as an answer
		}
		return nil
	}
	switch {
	case s.Signal == turn.Began && r.phase == waiting:
		r.speak()
	case s.Signal == turn.Ended && r.phase == speaking:
		r.ask()
	}
	return nil
}

// speak begins to wait for the end of what is being said.
func (r *round) speak() {
	r.phase = speaking
	r.timer.Reset(longestSpeech)
}

// ask asks the recognizer for what was said.
func (r *round) ask() {
	r.phase = answering
	r.timer.Reset(answerWithin)
	r.hears.finish()
}

// hear takes what the recognizer says.
func (r *round) hear(ctx context.Context, w heard) call.Event {
	switch {
	case w.isEnd() && r.phase == answering:
		return r.conclude(ctx)
	case w.isEnd():
		return r.failed(hearingResult(fmt.Errorf("recognizer: %w", w.err)))
	case w.err != nil:
		return r.failed(hearingResult(w.err))
	case !w.Final:
		return nil
	}
	r.said = append(r.said, w.Heard)
	if e := r.chosen(); e != nil {
		return e
	}
	if r.phase == prompting && !r.voiced {
		r.said = nil // it was not meant as an answer
	}
	if r.phase == waiting { // somebody so quiet that only the recognizer heard them
		r.phase = speaking
		r.timer.Reset(r.endSilence)
	}
	return nil
}

// text is all that was said, and how sure that is: as sure as the least sure part.
func (r *round) text() (text string, confidence float64) {
	var parts []string
	for _, s := range r.said {
		if s.Text == "" {
			continue
		}
		if len(parts) == 0 || s.Confidence < confidence {
			confidence = s.Confidence
		}
		parts = append(parts, s.Text)
	}
	return strings.Join(parts, " "), confidence
}

// chosen ends it if what was said so far is one of the choices.
func (r *round) chosen() call.Event {
	text, confidence := r.text()
	c, phrase, ok := choose(r.choices, text)
	if !ok {
		return nil
	}
	return RecognizeCompleted{
		Outcome: r.outcome(phraseMatched), RecognitionType: "choices",
		ChoiceResult: &ChoiceResult{Label: c.Label, RecognizedPhrase: phrase, Confidence: confidence},
	}
}

// conclude ends it with what was understood. After a cough it listens again.
func (r *round) conclude(ctx context.Context) call.Event {
	text, confidence := r.text()
	switch {
	case text == "" && r.talked < falseAlarm && r.alarms < falseAlarms:
		r.alarms++
		r.hush()
		r.wait()
		return r.listen(ctx, false)
	case text == "":
		return r.failed(notUnderstood)
	case len(r.choices) > 0:
		return r.failed(phraseUnknown)
	}
	return RecognizeCompleted{
		Outcome: r.outcome(understood), RecognitionType: "speech", SpeechResult: &SpeechResult{text, confidence},
	}
}
