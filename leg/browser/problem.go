package browser

import (
	"context"
	"errors"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// What a request can fail with besides what a call says.
var (
	errForbidden = errors.New("the token does not allow it")
	errInUse     = errors.New("the id is in use")
	errTooMany   = errors.New("too many calls at once")
)

// problems is the only place where an error becomes a code. First match wins;
// anything unlisted is our fault and is told in one word.
var problems = []struct {
	err           error
	code, subcode int
}{
	{errInvalid, 400, 8523},
	{errForbidden, 403, 8523},
	{errInUse, 409, 8519},
	{errTooMany, 429, 8519},
	{errNoRooms, 405, 8520},
	{call.ErrForbidden, 403, 7504},
	{call.ErrEnded, 400, 8528},
	{call.ErrNoCall, 404, 8522},
	{call.ErrNoParticipant, 404, 8522},
	{call.ErrNoInvitation, 404, 8522},
	{call.ErrWrongState, 400, 8501},
	{call.ErrConflict, 409, 8519},
	{call.ErrBusy, 429, 8530},
	{call.ErrTooFast, 429, 8516},
	{call.ErrNoRoom, 503, 9999},
	{call.ErrFull, 403, 8519},
	{call.ErrTooMany, 400, 8523},
	{call.ErrClosing, 503, 9998},
	{call.ErrNotDurable, 503, 9998},
	{identity.ErrStore, 503, 9998},
	{context.DeadlineExceeded, 504, 8518},
}

// reasoned is an error that says by itself what the client is told.
type reasoned interface{ Reason() call.Reason }

// refuse makes the answer to a request that failed; ours says that the error
// is not in the table.
func refuse(ref *int64, err error) (answer failure, ours bool) {
	var known reasoned
	if errors.As(err, &known) {
		why := known.Reason()
		return failure{"error", ref, why.Code, why.Subcode, why.Message}, false
	}
	for _, p := range problems {
		if errors.Is(err, p.err) {
			return failure{"error", ref, p.code, p.subcode, err.Error()}, false
		}
	}
	return failure{"error", ref, 500, 8518, "internal error"}, true
}

// unregistered tells a client that its token is good no more (events.md
// section 7.3: 401/10009).
func unregistered(why string) failure {
	return failure{Type: "unregistered", Code: 401, Subcode: 10009, Message: why}
}
