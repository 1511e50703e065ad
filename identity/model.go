package identity

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Model is an identifier as it stands in JSON: CommunicationIdentifierModel
// (identifiers.md section 1). At most one of the nested objects is set.
type Model struct {
	Kind               Kind                    `json:"kind,omitempty"`
	RawID              string                  `json:"rawId,omitempty"`
	CommunicationUser  *CommunicationUserModel `json:"communicationUser,omitempty"`
	PhoneNumber        *PhoneNumberModel       `json:"phoneNumber,omitempty"`
	MicrosoftTeamsUser *TeamsUserModel         `json:"microsoftTeamsUser,omitempty"`
	MicrosoftTeamsApp  *TeamsAppModel          `json:"microsoftTeamsApp,omitempty"`
	TeamsExtensionUser *ExtensionUserModel     `json:"teamsExtensionUser,omitempty"`
	// BareID is accepted where a client means its unknown or user identifier;
	// it is never sent.
	BareID string `json:"id,omitempty"`
}

// CommunicationUserModel is a user of this server.
type CommunicationUserModel struct {
	// ID equals the raw id.
	ID string `json:"id"`
}

// PhoneNumberModel is a phone number.
type PhoneNumberModel struct {
	// Value is the number in E.164 with "+", or "anonymous".
	Value       string `json:"value"`
	IsAnonymous bool   `json:"isAnonymous"`
	// AssertedID tells two legs of one number apart.
	AssertedID string `json:"assertedId,omitempty"`
}

// TeamsUserModel is a user of Microsoft Teams. Parsers fail unless all of it is
// there.
type TeamsUserModel struct {
	UserID      string `json:"userId"`
	IsAnonymous bool   `json:"isAnonymous"`
	Cloud       Cloud  `json:"cloud"`
}

// TeamsAppModel is an application in Microsoft Teams.
type TeamsAppModel struct {
	AppID string `json:"appId"`
	Cloud Cloud  `json:"cloud"`
}

// ExtensionUserModel is a Teams user of a communication resource.
type ExtensionUserModel struct {
	UserID     string `json:"userId"`
	TenantID   string `json:"tenantId"`
	ResourceID string `json:"resourceId"`
	Cloud      Cloud  `json:"cloud"`
}

// Cloud is where a Teams identity lives.
type Cloud string

// The clouds of the contract; an absent one is public.
const (
	Public Cloud = "public"
	DoD    Cloud = "dod"
	GCCH   Cloud = "gcch"
)

// From writes an ID as its model, with everything in it that SDKs need: kind,
// raw id and the nested object of the kind.
func From(id ID) Model {
	m := Model{Kind: id.Kind(), RawID: string(id)}
	scope, suffix, _ := strings.Cut(strings.TrimPrefix(string(id), "8:"), ":")
	switch m.Kind {
	case KindUnknown:
	case KindCommunicationUser:
		m.CommunicationUser = &CommunicationUserModel{string(id)}
	case KindPhoneNumber:
		number, asserted := id.phone()
		m.PhoneNumber = &PhoneNumberModel{number, number == anonymous, asserted}
	case KindMicrosoftTeamsUser:
		m.MicrosoftTeamsUser = &TeamsUserModel{suffix, scope == "teamsvisitor", cloudOf(scope)}
	case KindMicrosoftTeamsApp:
		scope, suffix, _ = strings.Cut(suffix, ":") // it begins with "28:"
		m.MicrosoftTeamsApp = &TeamsAppModel{suffix, cloudOf(scope)}
	case KindTeamsExtensionUser:
		part := strings.Split(suffix, "_")
		m.TeamsExtensionUser = &ExtensionUserModel{part[2], part[1], part[0], cloudOf(scope)}
	}
	return m
}

func cloudOf(scope string) Cloud {
	switch strings.TrimSuffix(scope, "-acs") {
	case "dod":
		return DoD
	case "gcch":
		return GCCH
	}
	return Public
}

// MarshalJSON writes the model of the ID.
func (id ID) MarshalJSON() ([]byte, error) {
	if id == "" {
		return []byte("null"), nil
	}
	data, err := json.Marshal(From(id))
	if err != nil {
		return nil, fmt.Errorf("identifier: %w", err)
	}
	return data, nil
}

// UnmarshalJSON reads every variant of the model that clients send; null
// leaves the ID as it is.
func (id *ID) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	var m Model
	err := json.Unmarshal(data, &m)
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		return fmt.Errorf("%s is a JSON %s: %w", cmp.Or(wrong.Field, "it"), wrong.Value, ErrInvalid)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	parsed, err := m.ID()
	if err != nil {
		return err
	}
	*id = parsed
	return nil
}
