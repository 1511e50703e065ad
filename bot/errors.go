package bot

import "errors"

// What an action can end with. A backend wraps its own errors in them, so that
// they mean the same in every process.
var (
	// ErrEnded means that the call has ended.
	ErrEnded = errors.New("the call has ended")
	// ErrCanceled means that the operation was cancelled.
	ErrCanceled = errors.New("the operation was cancelled")
	// ErrNoInput means that nobody pressed a key or spoke in time.
	ErrNoInput = errors.New("nothing was entered in time")
	// ErrNoMatch means that what was said or pressed is none of the choices, or was
	// not understood.
	ErrNoMatch = errors.New("it matches nothing")
	// ErrInvalid means that the action cannot be: its message names the field.
	ErrInvalid = errors.New("invalid")
	// ErrWrongState means that the call does not allow it now: most actions need
	// an answered call.
	ErrWrongState = errors.New("not in this state")
	// ErrNoParticipant means that nobody of that name is in the call.
	ErrNoParticipant = errors.New("no such participant")
	// ErrConflict means that it runs already, is somebody else's, or that there are
	// too many.
	ErrConflict = errors.New("in conflict")
	// ErrUnsupported means that the server cannot do it.
	ErrUnsupported = errors.New("not supported")
	// ErrPanicked means that the handler, or what it gave to OnEvent, panicked.
	ErrPanicked = errors.New("the bot panicked")
	// ErrGone means that the process of the handler is gone.
	ErrGone = errors.New("the bot is gone")
)

// Failure is an operation that failed, with the contract's codes.
type Failure struct {
	// Type is the event that told of it.
	Type          string
	Code, Subcode int
	Message       string
}

func (f *Failure) Error() string { return f.Message }

// What the contract's subcodes of a recognition mean to a handler.
var meanings = map[int]error{
	8510: ErrNoInput, // initial silence
	8570: ErrNoInput, // nothing was said in time
	8534: ErrNoMatch, // a key of no choice
	8547: ErrNoMatch, // a phrase of no choice
	8563: ErrNoMatch, // not understood
}

// Unwrap is ErrNoInput or ErrNoMatch where a recognition failed so, else nil.
func (f *Failure) Unwrap() error { return meanings[f.Subcode] }
