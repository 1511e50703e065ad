package rest

import (
	"context"
	"errors"
	"net/http"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/call/journal"
	"github.com/botd-dev/botd/call/room"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/internal/throttle"
	"github.com/botd-dev/botd/webhooks"
)

// What can be wrong with a request before anybody has looked at what it asks.
var (
	errCredentials = errors.New("the request carries no credentials")
	errSignature   = errors.New("the signature is not valid")
	errBearer      = errors.New("the token is not valid")
	errForbidden   = errors.New("the token does not allow it")
	errRequest     = errors.New("the request is not valid")
	errEncoded     = errors.New("encoded bodies are not read")
	errTooLarge    = errors.New("the body is larger than 1 MB")
	errNoRoute     = errors.New("there is nothing here")
	errMethod      = errors.New("the method is not supported here")
	errInterrupted = errors.New("the first request with this Repeatability-Request-ID was interrupted")
	errTooOld      = errors.New("the request was first sent too long ago to be repeated")
	errBehind      = errors.New("the connection has not come that far")
	errStore       = errors.New("the store cannot be reached")
)

// problems is the only place where an error becomes a status (rest.md section
// 3). First match wins; anything unlisted is our fault: 500, logged in full,
// told to the caller in one sentence.
var problems = []struct {
	err    error
	status int
	code   string
	inner  string // the numeric subcode, where the code is a word
	retry  int    // Retry-After in seconds
}{
	{errCredentials, http.StatusUnauthorized, "Unauthorized", "7509", 0},
	{errSignature, http.StatusUnauthorized, "Unauthorized", "7509", 0},
	{errBearer, http.StatusUnauthorized, "Unauthorized", "7501", 0},
	{errForbidden, http.StatusForbidden, "Forbidden", "7504", 0},
	{errRequest, http.StatusBadRequest, "8523", "", 0},
	{errEncoded, http.StatusUnsupportedMediaType, "8523", "", 0},
	{errTooLarge, http.StatusRequestEntityTooLarge, "8523", "", 0},
	{errNoRoute, http.StatusNotFound, "8522", "", 0},
	{errMethod, http.StatusMethodNotAllowed, "8520", "", 0},
	{errInterrupted, http.StatusConflict, "8519", "", 0},
	{errTooOld, http.StatusPreconditionFailed, "8583", "", 0},
	{errBehind, http.StatusPreconditionFailed, "8583", "", 0},
	{automation.ErrInvalid, http.StatusBadRequest, "8523", "", 0},
	{automation.ErrNotConfigured, http.StatusMethodNotAllowed, "8522", "", 0},
	{automation.ErrUnsupported, http.StatusMethodNotAllowed, "8520", "", 0},
	{identity.ErrInvalid, http.StatusBadRequest, "8523", "", 0},
	{identity.ErrNoUser, http.StatusNotFound, "8522", "", 0},
	{identity.ErrStore, http.StatusServiceUnavailable, "9999", "", 1},
	{webhooks.ErrSubscription, http.StatusBadRequest, "8523", "", 0},
	{webhooks.ErrHandshake, http.StatusBadRequest, "8523", "", 0},
	{webhooks.ErrUnknown, http.StatusNotFound, "8522", "", 0},
	{journal.ErrCursor, http.StatusBadRequest, "8523", "", 0},
	{journal.ErrUnknown, http.StatusNotFound, "8522", "", 0},
	{webhooks.ErrUndelivered, http.StatusBadGateway, "9999", "", 0},
	{room.ErrInvalid, http.StatusBadRequest, "8523", "", 0},
	{room.ErrFull, http.StatusBadRequest, "8523", "", 0},
	{room.ErrUnknown, http.StatusNotFound, "8522", "", 0},
	{room.ErrStore, http.StatusServiceUnavailable, "9999", "", 1},
	{call.ErrNotDurable, http.StatusServiceUnavailable, "9999", "", 1},
	{call.ErrNoCall, http.StatusNotFound, "8522", "", 0},
	{call.ErrNoParticipant, http.StatusNotFound, "8522", "", 0},
	{call.ErrNoInvitation, http.StatusNotFound, "8522", "", 0},
	{call.ErrWrongState, http.StatusBadRequest, "8501", "", 0},
	{call.ErrEnded, http.StatusBadRequest, "8528", "", 0},
	{call.ErrForbidden, http.StatusForbidden, "7504", "", 0},
	{call.ErrTransferRunning, http.StatusConflict, "8607", "", 0},
	{call.ErrConflict, http.StatusConflict, "8519", "", 0},
	{call.ErrIncompatible, http.StatusPreconditionFailed, "8583", "", 0},
	{throttle.ErrExceeded, http.StatusTooManyRequests, "8516", "", 1},
	{call.ErrTooFast, http.StatusTooManyRequests, "8516", "", 1},
	{call.ErrBusy, http.StatusTooManyRequests, "8530", "", 5},
	{call.ErrFull, http.StatusTooManyRequests, "8530", "", 5},
	{call.ErrNoRoom, http.StatusServiceUnavailable, "9999", "", 5},
	{call.ErrClosing, http.StatusServiceUnavailable, "9998", "", 5},
	{errStore, http.StatusServiceUnavailable, "9999", "", 1},
	{context.Canceled, http.StatusServiceUnavailable, "9999", "", 1},
	{context.DeadlineExceeded, http.StatusServiceUnavailable, "9999", "", 1},
}

// envelope is the body of every failure (rest.md section 3).
type envelope struct {
	Error problem `json:"error"`
}

type problem struct {
	Code    string  `json:"code"`
	Message string  `json:"message"`
	Target  string  `json:"target,omitempty"`
	Inner   *detail `json:"innererror,omitempty"`
}

type detail struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// failed makes the answer that tells of an error, and says whether it is one
// that we know.
func failed(err error) (answer, bool) {
	for _, p := range problems {
		if !errors.Is(err, p.err) {
			continue
		}
		told := problem{Code: p.code, Message: err.Error(), Target: target(err)}
		if p.inner != "" {
			told.Inner = &detail{p.inner, p.err.Error()}
		}
		return answer{Status: p.status, Code: p.code, Retry: max(p.retry, retryAfter(err)), Body: encode(envelope{told})}, true
	}
	told := problem{Code: "9999", Message: "An unknown error occurred."}
	return answer{Status: http.StatusInternalServerError, Code: told.Code, Body: encode(envelope{told})}, false
}

// target is the field that an error is about, if it is about one.
func target(err error) string {
	if invalid := (*automation.Invalid)(nil); errors.As(err, &invalid) {
		return invalid.Field
	}
	if invalid := (*room.Invalid)(nil); errors.As(err, &invalid) {
		return invalid.Field
	}
	if invalid := (*webhooks.Invalid)(nil); errors.As(err, &invalid) {
		return invalid.Field
	}
	if mistake := (*mistake)(nil); errors.As(err, &mistake) {
		return mistake.target
	}
	return ""
}

// mistake is an errRequest about one header, parameter or field.
type mistake struct{ target, why string }

func (m *mistake) Error() string { return m.target + ": " + m.why }

// Is makes every mistake an errRequest.
func (m *mistake) Is(target error) bool { return target == errRequest }
