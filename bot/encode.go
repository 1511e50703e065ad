package bot

import (
	"encoding/json"
	"fmt"
)

// actions read each action by its name on the wire.
var actions = map[string]func(json.RawMessage) (Action, error){
	"answer":      read[Answer],
	"reject":      read[Reject],
	"redirect":    read[Redirect],
	"play":        read[Play],
	"recognize":   read[Recognize],
	"cancel":      read[Cancel],
	"cancelMedia": read[CancelMedia],
	"sendKeys":    read[SendKeys],
	"save":        read[Save],
	"hangUp":      read[HangUp],
	"terminate":   read[Terminate],
	"add":         read[Add],
	"cancelAdd":   read[CancelAdd],
	"remove":      read[Remove],
	"mute":        read[Mute],
	"unmute":      read[Unmute],
	"muteAll":     read[MuteAll],
	"hold":        read[Hold],
	"unhold":      read[Unhold],
	"transfer":    read[Transfer],
	"move":        read[Move],
	"route":       read[Route],

	"background":       read[Background],
	"stopBackground":   read[StopBackground],
	"detectMachine":    read[DetectMachine],
	"transcribe":       read[Transcribe],
	"stopTranscribing": read[StopTranscribing],
}

func read[A Action](data json.RawMessage) (Action, error) {
	var a A
	if len(data) == 0 {
		return a, nil
	}
	err := json.Unmarshal(data, &a)
	return a, err
}

// named is an action on the wire.
type named struct {
	Do   string          `json:"do"`
	With json.RawMessage `json:"with,omitempty"`
}

// EncodeAction writes an action as JSON: {"do":"play","with":{…}}. ErrInvalid for
// one that cannot be written, such as a Save of what is no JSON.
func EncodeAction(a Action) ([]byte, error) {
	data, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrInvalid, a.action(), err)
	}
	return json.Marshal(named{a.action(), data})
}

// DecodeAction reads what EncodeAction has written; ErrInvalid for anything else.
func DecodeAction(data []byte) (Action, error) {
	var n named
	if err := json.Unmarshal(data, &n); err != nil {
		return nil, fmt.Errorf("%w: action: %w", ErrInvalid, err)
	}
	read := actions[n.Do]
	if read == nil {
		return nil, fmt.Errorf("%w: no action is called %q", ErrInvalid, n.Do)
	}
	a, err := read(n.With)
	if err != nil {
		return nil, fmt.Errorf("%w: action %s: %w", ErrInvalid, n.Do, err)
	}
	return a, nil
}

// hearings read each way of hearing by its name on the wire.
var hearings = map[string]func(json.RawMessage) (Hearing, error){
	"everybody":   readHearing[Everybody],
	"coached":     readHearing[Coached],
	"private":     readHearing[Private],
	"interpreted": readHearing[Interpreted],
	"pairs":       readHearing[Pairs],
}

func readHearing[H Hearing](data json.RawMessage) (Hearing, error) {
	var h H
	if len(data) == 0 {
		return h, nil
	}
	err := json.Unmarshal(data, &h)
	return h, err
}

// heard is who hears whom on the wire.
type heard struct {
	Hearing string          `json:"hearing"`
	Of      json.RawMessage `json:"of,omitempty"`
}

// MarshalJSON writes the way of hearing beside its name.
func (r Route) MarshalJSON() ([]byte, error) {
	if r.Hearing == nil {
		return json.Marshal(heard{Hearing: Everybody{}.hearing()})
	}
	data, err := json.Marshal(r.Hearing)
	if err != nil {
		return nil, err
	}
	return json.Marshal(heard{r.Hearing.hearing(), data})
}

// UnmarshalJSON reads what MarshalJSON has written.
func (r *Route) UnmarshalJSON(data []byte) error {
	var h heard
	if err := json.Unmarshal(data, &h); err != nil {
		return err
	}
	read := hearings[h.Hearing]
	if read == nil {
		return fmt.Errorf("nothing is heard as %q", h.Hearing)
	}
	var err error
	r.Hearing, err = read(h.Of)
	return err
}
