package automation

import (
	"fmt"
	"unicode/utf8"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// CallingContext is what is sent along to who is called (rest.md section 6.9).
type CallingContext struct {
	call.CustomContext
	// TeamsPhoneCallDetails are for Teams. They are checked, and go no further:
	// nobody in a call of ours is a Teams client.
	TeamsPhoneCallDetails *TeamsPhoneCallDetails `json:"teamsPhoneCallDetails,omitempty"`
}

// TeamsPhoneCallDetails is what Teams would show of a call.
type TeamsPhoneCallDetails struct {
	TeamsPhoneCallerDetails *TeamsPhoneCaller `json:"teamsPhoneCallerDetails,omitempty"`
	TeamsPhoneSourceDetails *TeamsPhoneSource `json:"teamsPhoneSourceDetails,omitempty"`
	SessionID               string            `json:"sessionId,omitempty"`
	Intent                  string            `json:"intent,omitempty"`
	// CallTopic has 48 characters at most.
	CallTopic        string `json:"callTopic,omitempty"`
	CallContext      string `json:"callContext,omitempty"`
	TranscriptURL    string `json:"transcriptUrl,omitempty"`
	CallSentiment    string `json:"callSentiment,omitempty"`
	SuggestedActions string `json:"suggestedActions,omitempty"`
}

// TeamsPhoneCaller is who called in the first place.
type TeamsPhoneCaller struct {
	Caller          identity.ID `json:"caller,omitempty"`
	Name            string      `json:"name"`
	PhoneNumber     string      `json:"phoneNumber"`
	RecordID        string      `json:"recordId,omitempty"`
	ScreenPopURL    string      `json:"screenPopUrl,omitempty"`
	IsAuthenticated bool        `json:"isAuthenticated,omitempty"`
	// AdditionalCallerInformation has 10 entries at most.
	AdditionalCallerInformation map[string]string `json:"additionalCallerInformation,omitempty"`
}

// TeamsPhoneSource is who passes the call on.
type TeamsPhoneSource struct {
	Source          identity.ID            `json:"source,omitempty"`
	Language        string                 `json:"language"`
	Status          string                 `json:"status"`
	IntendedTargets map[string]identity.ID `json:"intendedTargets,omitempty"`
}

// The limits of rest.md section 6.9.
const (
	maxTopic       = 48
	maxInformation = 10
)

// validate checks all of it.
func (c *CallingContext) validate(field string) error {
	if c == nil {
		return nil
	}
	return first(custom(field, &c.CustomContext), c.TeamsPhoneCallDetails.validate(field+".teamsPhoneCallDetails"))
}

func (d *TeamsPhoneCallDetails) validate(field string) error {
	if d == nil {
		return nil
	}
	if utf8.RuneCountInString(d.CallTopic) > maxTopic {
		return invalid(field+".callTopic", fmt.Sprintf("it is longer than %d characters", maxTopic))
	}
	return first(
		d.TeamsPhoneCallerDetails.validate(field+".teamsPhoneCallerDetails"),
		d.TeamsPhoneSourceDetails.validate(field+".teamsPhoneSourceDetails"),
	)
}

func (c *TeamsPhoneCaller) validate(field string) error {
	switch {
	case c == nil:
		return nil
	case c.Name == "":
		return required(field + ".name")
	case c.PhoneNumber == "":
		return required(field + ".phoneNumber")
	case len(c.AdditionalCallerInformation) > maxInformation:
		return invalid(field+".additionalCallerInformation", fmt.Sprintf("there are more than %d", maxInformation))
	}
	return nil
}

func (s *TeamsPhoneSource) validate(field string) error {
	switch {
	case s == nil:
		return nil
	case s.Language == "":
		return required(field + ".language")
	case s.Status == "":
		return required(field + ".status")
	}
	return nil
}

// carried is what of it is carried to who is called; nil is nothing.
func (c *CallingContext) carried() *call.CustomContext {
	if c == nil {
		return nil
	}
	return &c.CustomContext
}
