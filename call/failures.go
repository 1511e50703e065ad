package call

import "errors"

// failing is why something asked for later came to nothing.
func failing(err error) Reason {
	switch {
	case errors.Is(err, ErrNoParticipant):
		return Reason{404, 8558, "The participant is not in the call any more."}
	case errors.Is(err, ErrBusy):
		return Reason{429, 8530, "The server has as many calls as it may."}
	case errors.Is(err, ErrTooFast):
		return Reason{429, 8516, "Too many new calls at once."}
	case errors.Is(err, ErrFull):
		return Reason{429, 8530, "The call is full."}
	case errors.Is(err, ErrTransferRunning):
		return Reason{409, 8607, "A transfer is under way."}
	case errors.Is(err, ErrConflict):
		return Reason{409, 8519, "It is in conflict with what is under way."}
	case errors.Is(err, ErrEnded), errors.Is(err, ErrNoCall), errors.Is(err, ErrWrongState):
		return Reason{404, 8522, "The call is over."}
	case errors.Is(err, ErrClosing), errors.Is(err, ErrNoRoom):
		return Reason{503, 9998, "The server takes no new calls."}
	}
	return Reason{500, 9999, "It failed for an unknown reason."}
}

// moveFailure is what MoveParticipantFailed says.
func moveFailure(err error) Result { return failing(err).Result() }
