package room

import (
	"errors"
	"fmt"
	"time"

	"github.com/botd-dev/botd/call"
)

// What can be wrong with a request for a room.
var (
	// ErrUnknown means that there is no such room.
	ErrUnknown = errors.New("no such room")
	// ErrInvalid means that a field has a value that it may not have; the error
	// is an *Invalid that names it.
	ErrInvalid = errors.New("invalid room")
	// ErrFull means that the room's list has no place for so many.
	ErrFull = errors.New("the room's list is full")
	// ErrStore means that the rooms could not be read or written. To try again
	// later is right.
	ErrStore = errors.New("the rooms cannot be reached")
)

// Invalid names a field and says what is wrong with it.
type Invalid struct{ Field, Why string }

func (e *Invalid) Error() string { return fmt.Sprintf("The field %s is invalid: %s", e.Field, e.Why) }

// Is makes every Invalid an ErrInvalid.
func (e *Invalid) Is(target error) bool { return target == ErrInvalid }

// Refusal says why somebody may not enter.
type Refusal struct {
	why  call.Reason
	wait time.Duration
}

func (e *Refusal) Error() string { return "enter the room: " + e.why.String() }

// Reason is what the client is told.
func (e *Refusal) Reason() call.Reason { return e.why }

// RetryAfter is how long to wait before trying again; zero if that is no use.
func (e *Refusal) RetryAfter() time.Duration { return e.wait }

// Is makes the refusal of a room that is not there an ErrUnknown, and one for
// trying too often a call.ErrFull.
func (e *Refusal) Is(target error) bool {
	switch target { //nolint:errorlint // this is what errors.Is calls
	case ErrUnknown:
		return e.why == reasonUnknown || e.why == reasonMeeting
	case call.ErrFull:
		return e.why == reasonThrottled
	}
	return false
}

// Why people are not let in (events.md section 7).
var (
	reasonUnknown    = call.Reason{Code: 404, Subcode: 8522, Message: "There is no such room."}
	reasonMeeting    = call.Reason{Code: 404, Subcode: 8561, Message: "There is no meeting of that link, or of that id and passcode."}
	reasonNotInvited = call.Reason{Code: 403, Subcode: 5828, Message: "The participant is not on the room's list."}
	reasonClosed     = call.Reason{Code: 403, Subcode: 5829, Message: "The room is not valid now."}
	reasonUsersOnly  = call.Reason{Code: 403, Subcode: 5830, Message: "Only communication users can enter the room."}
	reasonThrottled  = call.Reason{Code: 429, Subcode: 8516, Message: "There were too many wrong passcodes."}
)

// reasonDeleted is why people leave a room that is deleted.
var reasonDeleted = call.Reason{Code: 0, Subcode: 5317, Message: "The room was deleted."}
