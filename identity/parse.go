package identity

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
)

// ErrInvalid means that something is no identifier.
var ErrInvalid = errors.New("invalid identifier")

// maxLength is how many bytes a raw id may have.
const maxLength = 512

// Parse makes the ID of a raw id: a phone number is normalised, everything
// else is kept as it is. What cannot stand in a header, or is longer than any
// identifier, is refused.
func Parse(raw string) (ID, error) {
	switch {
	case raw == "":
		return "", fmt.Errorf("empty raw id: %w", ErrInvalid)
	case len(raw) > maxLength:
		return "", fmt.Errorf("raw id of %d bytes: %w", len(raw), ErrInvalid)
	case !utf8.ValidString(raw) || strings.ContainsFunc(raw, unicode.IsControl):
		return "", fmt.Errorf("raw id %q: %w", raw, ErrInvalid)
	}
	id := ID(raw)
	if id.Kind() != KindPhoneNumber {
		return id, nil
	}
	number, asserted := id.phone()
	return phone(number, asserted)
}

// phone makes the ID of a number and the asserted id that tells two legs of it
// apart, which may be empty.
func phone(number, asserted string) (ID, error) {
	id, err := Phone(number)
	if err != nil || asserted == "" {
		return id, err
	}
	return id + ID("_"+asserted), nil
}

// Equal compares as identifiers.md section 6 says: phone numbers by their
// normalised form, everything else letter for letter. What Parse returned and
// what came in as JSON is in that form already and compares with ==.
func (id ID) Equal(other ID) bool { return id.canonical() == other.canonical() }

func (id ID) canonical() ID {
	if c, err := Parse(string(id)); err == nil {
		return c
	}
	return id
}

// NewUser makes the ID of a user of a resource. A second underscore would turn
// it into a Teams extension user for every SDK, so both parts are UUIDs.
func NewUser(resource, user uuid.UUID) ID {
	return ID("8:acs:" + resource.String() + "_" + user.String())
}

// NamedUser makes the ID of the user whom an application calls by a name of its
// own: the same one every time (a UUID of version 5, RFC 9562 section 5.5, with
// the resource as its namespace).
func NamedUser(resource uuid.UUID, name string) ID {
	return NewUser(resource, uuid.NewSHA1(resource, []byte(name)))
}
