package bot

import (
	"context"
	"encoding/json"
	"fmt"
)

// Ask asks somebody and returns the answer: the label of a choice, the keys that
// were pressed, or the words that were said. Nothing in time is ErrNoInput;
// something that is no answer is ErrNoMatch. If ctx ends first, it stops.
func (c *Call) Ask(ctx context.Context, q Question) (Reply, error) {
	if q.From == "" {
		q.From = c.From()
	}
	op, err := c.begin(ctx, func(context string) Action { return Recognize{q, context} })
	if err != nil {
		return Reply{}, err
	}
	defer op.forget()
	e, err := op.wait(ctx)
	op.stopWith(ctx, err)
	if err != nil {
		return Reply{}, fmt.Errorf("ask %s: %w", q.From, err)
	}
	return reply(e)
}

// Listen waits for the caller to say something and returns it when they have
// come to an end. ErrNoInput if they say nothing, ErrNoMatch if it was not
// understood.
func (c *Call) Listen(ctx context.Context) (Reply, error) {
	return c.Ask(ctx, Question{Speech: &Speech{}})
}

// reply reads the result of a recognition (the contract's RecognizeCompleted).
func reply(e Event) (Reply, error) {
	var result struct {
		Type string `json:"recognitionType"`
		DTMF struct {
			Tones []string `json:"tones"`
		} `json:"dtmfResult"`
		Speech struct {
			Text       string  `json:"speech"`
			Confidence float64 `json:"confidence"`
		} `json:"speechResult"`
		Choice struct {
			Label      string   `json:"label"`
			Phrase     string   `json:"recognizedPhrase"`
			Confidence *float64 `json:"confidence"`
		} `json:"choiceResult"`
	}
	if err := json.Unmarshal(e.Data, &result); err != nil {
		return Reply{}, fmt.Errorf("recognize: %w", err)
	}
	r := Reply{Confidence: 1}
	switch result.Type {
	case "speech":
		r.Text, r.Confidence = result.Speech.Text, result.Speech.Confidence
	case "choices":
		r.Choice, r.Text = result.Choice.Label, result.Choice.Phrase
		if p := result.Choice.Confidence; p != nil {
			r.Confidence = *p
		}
	default:
		r.Keys = typed(result.DTMF.Tones)
	}
	return r, nil
}
