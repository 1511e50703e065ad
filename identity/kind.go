package identity

import "strings"

// Kind is what sort of communicator an ID names, spelled as on the wire
// (identifiers.md section 1).
type Kind string

// The kinds of the contract.
const (
	KindUnknown            Kind = "unknown"
	KindCommunicationUser  Kind = "communicationUser"
	KindPhoneNumber        Kind = "phoneNumber"
	KindMicrosoftTeamsUser Kind = "microsoftTeamsUser"
	KindMicrosoftTeamsApp  Kind = "microsoftTeamsApp"
	KindTeamsExtensionUser Kind = "teamsExtensionUser"
)

// Kind derives the kind from the raw id (identifiers.md section 3).
func (id ID) Kind() Kind {
	scope, rest, ok := strings.Cut(string(id), ":")
	switch {
	case !ok:
		return KindUnknown
	case scope == "4" && rest != "":
		return KindPhoneNumber
	}
	kind, suffix, ok := strings.Cut(rest, ":")
	if !ok || suffix == "" || strings.Contains(suffix, ":") {
		return KindUnknown
	}
	switch scope + ":" + kind {
	case "8:acs", "8:dod-acs", "8:gcch-acs":
		switch strings.Count(suffix, "_") {
		case 1:
			return KindCommunicationUser
		case 2:
			return KindTeamsExtensionUser
		}
	case "8:spool":
		return KindCommunicationUser
	case "8:orgid", "8:dod", "8:gcch", "8:teamsvisitor":
		return KindMicrosoftTeamsUser
	case "28:orgid", "28:dod", "28:gcch":
		return KindMicrosoftTeamsApp
	}
	return KindUnknown
}
