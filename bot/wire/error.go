package wire

import (
	"context"
	"errors"

	"github.com/botd-dev/botd/bot"
)

// Error is an error on its way to the other side.
type Error struct {
	// Code is one of codes, or "failed".
	Code    string `json:"code"`
	Message string `json:"message"`
}

// codes are the errors that mean something on either side. First match wins.
var codes = []struct {
	code string
	err  error
}{
	{"panicked", bot.ErrPanicked},
	{"gone", bot.ErrGone},
	{"ended", bot.ErrEnded},
	{"canceled", bot.ErrCanceled},
	{"noInput", bot.ErrNoInput},
	{"noMatch", bot.ErrNoMatch},
	{"invalid", bot.ErrInvalid},
	{"wrongState", bot.ErrWrongState},
	{"noParticipant", bot.ErrNoParticipant},
	{"conflict", bot.ErrConflict},
	{"unsupported", bot.ErrUnsupported},
	{"interrupted", context.Canceled},
}

// maxWords is how many bytes of an error's text are sent.
const maxWords = 16 << 10

// Encode makes an error fit to be sent; nil stays nil.
func Encode(err error) *Error {
	if err == nil {
		return nil
	}
	words := err.Error()
	e := &Error{Code: "failed", Message: words[:min(len(words), maxWords)]}
	for _, c := range codes {
		if errors.Is(err, c.err) {
			e.Code = c.code
			break
		}
	}
	return e
}

// Decode is the error that was sent; nil stays nil.
func (e *Error) Decode() error {
	if e == nil {
		return nil
	}
	far := &farError{message: e.Message}
	for _, c := range codes {
		if c.code == e.Code {
			far.is = c.err
		}
	}
	return far
}

// farError reads as it did on the other side.
type farError struct {
	message string
	is      error
}

func (e *farError) Error() string { return e.message }
func (e *farError) Unwrap() error { return e.is }
