package identity

import (
	"fmt"
	"strings"
)

// anonymous stands for a number that is withheld (identifiers.md section 1).
const anonymous = "anonymous"

// Phone makes the ID of a phone number. The number is E.164 with "+", in which
// spaces, hyphens, dots and brackets are passed over, or "anonymous". Unlike
// the contract it may also be what a telephone system of one's own dials
// without "+": up to 20 digits, "*" and "#".
func Phone(number string) (ID, error) {
	n, err := normalised(number)
	if err != nil {
		return "", err
	}
	return ID("4:" + n), nil
}

// Number is the phone number of a phone ID, without its asserted id, and empty
// for every other kind.
func (id ID) Number() string {
	number, _ := id.phone()
	return number
}

// phone splits what follows "4:" at the last "_" (identifiers.md section 3).
func (id ID) phone() (number, asserted string) {
	if id.Kind() != KindPhoneNumber {
		return "", ""
	}
	rest := string(id[len("4:"):])
	if i := strings.LastIndexByte(rest, '_'); i >= 0 {
		return rest[:i], rest[i+1:]
	}
	return rest, ""
}

func normalised(number string) (string, error) {
	n := strings.NewReplacer(" ", "", "-", "", ".", "", "(", "", ")", "").Replace(number)
	digits, international := strings.CutPrefix(n, "+")
	switch {
	case n == anonymous:
	case international && (!only(digits, "0123456789") || len(digits) < 4 || len(digits) > 15 || digits[0] == '0'):
		return "", fmt.Errorf("phone number %q is not E.164: %w", number, ErrInvalid)
	case !international && (!only(n, "0123456789*#") || n == "" || len(n) > 20):
		return "", fmt.Errorf("phone number %q is not E.164: %w", number, ErrInvalid)
	}
	return n, nil
}

func only(s, allowed string) bool { return strings.Trim(s, allowed) == "" }
