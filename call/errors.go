package call

import "errors"

// What asking a call for something can fail with. Callers wrap them with what
// they were doing; the doors give them their statuses.
var (
	// ErrEnded means that the call or the connection is over.
	ErrEnded = errors.New("the call has ended")
	// ErrNoCall means that no call, connection or invitation has that id.
	ErrNoCall = errors.New("no such call")
	// ErrNoParticipant means that nobody of that identity is in the call.
	ErrNoParticipant = errors.New("no such participant")
	// ErrNoInvitation means that no invitation with that id is pending.
	ErrNoInvitation = errors.New("no such invitation")
	// ErrWrongState means that the state does not allow it.
	ErrWrongState = errors.New("not possible in this state")
	// ErrForbidden means that the role of who asks does not allow it.
	ErrForbidden = errors.New("the role does not allow it")
	// ErrTransferRunning means that the participant is being transferred.
	ErrTransferRunning = errors.New("a transfer is under way")
	// ErrTransferee means that it must be said who is to be transferred.
	ErrTransferee = errors.New("the transferee must be named in a group call")
	// ErrConflict means that something already under way excludes it.
	ErrConflict = errors.New("in conflict with what is under way")
	// ErrIncompatible means that a running media operation excludes this one.
	ErrIncompatible = errors.New("incompatible with the running media operation")
	// ErrFull means that the call or the server holds no more.
	ErrFull = errors.New("full")
	// ErrTooMany means that more are called than a call can ever hold.
	ErrTooMany = errors.New("more than a call holds")
	// ErrClosing means that the server takes no new calls.
	ErrClosing = errors.New("the server is going down")
	// ErrBusy means that the server has as many calls as it may.
	ErrBusy = errors.New("as many calls as there may be")
	// ErrTooFast means that new calls come faster than they may.
	ErrTooFast = errors.New("too many new calls at once")
	// ErrNoRoom means that the log or the memory has no room for new calls.
	ErrNoRoom = errors.New("no room for new calls")
	// ErrNotDurable means that the log could not be written; what was asked
	// for did not happen as far as anybody outside can know.
	ErrNotDurable = errors.New("the log cannot be written")
)
