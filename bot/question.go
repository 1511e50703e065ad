package bot

import (
	"time"

	"github.com/botd-dev/botd/identity"
)

// Question is what somebody is asked, and which answers are expected: Keys,
// Choices or Speech, or Keys and Speech together.
type Question struct {
	// Prompts are played first.
	Prompts []Prompt `json:"prompts,omitempty"`
	// From is who is asked; empty is the caller.
	From identity.ID `json:"from,omitempty"`
	// Keys, Choices and Speech are what is expected.
	Keys    Keys     `json:"keys,omitzero"`
	Choices []Choice `json:"choices,omitempty"`
	Speech  *Speech  `json:"speech,omitempty"`
	// Silence is how long to wait for an answer to begin, once the prompts are
	// over; default 5 s. Whole seconds count, rounded up.
	Silence time.Duration `json:"silence,omitempty"`
	// Patient plays the prompts to their end, whatever is pressed or said.
	Patient bool `json:"patient,omitempty"`
	// Yield is what the prompts do when somebody speaks; empty is the server's own
	// way: an answer ends them.
	Yield Yield `json:"yield,omitempty"`
}

// Keys says which keys to wait for. The zero value waits for none.
type Keys struct {
	// Max is how many keys are enough; 0 is until Stop, or one if there is none.
	Max int `json:"max,omitempty"`
	// Stop is the keys that end the input, such as "#"; they are not part of it.
	Stop string `json:"stop,omitempty"`
	// Pause is how long to wait between keys; default 2 s. Whole seconds count,
	// rounded up.
	Pause time.Duration `json:"pause,omitempty"`
}

// Choice is one of several answers.
type Choice struct {
	// Label is what Reply.Choice says.
	Label string `json:"label"`
	// Phrases are what somebody may say; Label alone if there are none.
	Phrases []string `json:"phrases,omitempty"`
	// Key is what they may press instead. All choices have one, or none.
	Key string `json:"key,omitempty"`
}

// Speech says how to listen. The zero value is one utterance in the server's
// language.
type Speech struct {
	// Locale is the language as in BCP 47; empty is the server's default.
	Locale string `json:"locale,omitempty"`
	// Model names one of the recognizer's models; empty is its default.
	Model string `json:"model,omitempty"`
	// End is how much silence ends what somebody says; 0 leaves that to the
	// server, 2 s or its sense of turns.
	End time.Duration `json:"end,omitempty"`
}

// Reply is how a Question was answered.
type Reply struct {
	// Choice is the label of the choice, if there were choices.
	Choice string
	// Keys are those that were pressed, "12".
	Keys string
	// Text is what was said.
	Text string
	// Confidence is how sure the recognizer is of Text, 0 to 1; 1 for keys.
	Confidence float64
}
