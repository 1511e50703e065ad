package automation

import (
	"errors"
	"fmt"

	"github.com/botd-dev/botd/identity"
)

// What a request can fail with, besides what package call says.
var (
	// ErrInvalid means that a field is missing or has a value that it may not
	// have; the error is an *Invalid that names it.
	ErrInvalid = errors.New("invalid request")
	// ErrUnsupported means that the contract has it and this server does not.
	ErrUnsupported = errors.New("not supported")
	// ErrNotConfigured means that what is asked for was not set up when the
	// connection was created, answered or connected.
	ErrNotConfigured = errors.New("not configured when the call was created, answered or connected")
)

// Invalid names a field and says what is wrong with it.
type Invalid struct{ Field, Why string }

func (e *Invalid) Error() string { return fmt.Sprintf("The field %s is invalid: %s", e.Field, e.Why) }

// Is makes every Invalid an ErrInvalid.
func (e *Invalid) Is(target error) bool { return target == ErrInvalid }

func invalid(field, why string) error { return &Invalid{field, why} }

func required(field string) error { return invalid(field, "it is required") }

// first returns the first error, so that checks can be listed in order.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func someone(field string, id identity.ID) error {
	if id == "" {
		return required(field)
	}
	return nil
}

func everyone(field string, ids []identity.ID) error {
	if len(ids) == 0 {
		return required(field)
	}
	for i, id := range ids {
		if id == "" {
			return required(fmt.Sprintf("%s[%d]", field, i))
		}
	}
	return nil
}

func within(field string, value, low, high int) error {
	if value < low || value > high {
		return invalid(field, fmt.Sprintf("%d is not between %d and %d", value, low, high))
	}
	return nil
}
