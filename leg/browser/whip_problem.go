package browser

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/call"
)

// What a WHIP request can fail with, besides what those of a socket can.
var (
	errGoingDown    = errors.New("the server is going down")
	errOrigin       = errors.New("the page's origin is not allowed")
	errMethod       = errors.New("the method is not allowed here")
	errMediaType    = errors.New("the content type is not supported")
	errTooLarge     = errors.New("the body is too large")
	errNoSession    = errors.New("there is no such session")
	errNoCondition  = errors.New("If-Match is missing")
	errPrecondition = errors.New("If-Match names another ICE session")
	errRestarts     = errors.New("ICE is restarted too often")
	errUndescribed  = errors.New("the description could not be taken")
)

// whipProblems are the statuses of those errors, before the table of all
// others (problem.go). First match wins.
var whipProblems = []struct {
	err           error
	code, subcode int
}{
	{errNoToken, http.StatusUnauthorized, 10009},
	{errUnfitToken, http.StatusUnauthorized, 10009},
	{errTooOften, http.StatusTooManyRequests, 8516},
	{errNoOpus, http.StatusNotAcceptable, 8523},
	{errGoingDown, http.StatusServiceUnavailable, 9998},
	{errOrigin, http.StatusForbidden, 8523},
	{errMethod, http.StatusMethodNotAllowed, 8523},
	{errMediaType, http.StatusUnsupportedMediaType, 8523},
	{errTooLarge, http.StatusRequestEntityTooLarge, 8523},
	{errNoSession, http.StatusNotFound, 8522},
	{call.ErrEnded, http.StatusNotFound, 8528},
	{errNoCondition, http.StatusPreconditionRequired, 8523},
	{errPrecondition, http.StatusPreconditionFailed, 8523},
	{errRestarts, http.StatusTooManyRequests, 8516},
	{errUndescribed, http.StatusBadRequest, 8523},
}

// problem is what RFC 9457, section 3 has as the body of an error, and the code
// and sub-code that a socket's client is told for the same.
type problem struct {
	Type    string `json:"type"`
	Title   string `json:"title"`
	Status  int    `json:"status"`
	Detail  string `json:"detail"`
	Code    int    `json:"code"`
	Subcode int    `json:"subCode"`
}

// whipProblem answers a request that failed.
func (s *Server) whipProblem(w http.ResponseWriter, r *http.Request, err error) {
	told := s.whipFailure(r, err)
	status := told.Code
	if http.StatusText(status) == "" || status < http.StatusBadRequest {
		status = http.StatusForbidden // a reason that is no status of HTTP
	}
	s.whipBarred(r, status, told, err)
	h := w.Header()
	switch status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", challenge(err))
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		h.Set("Retry-After", "5")
	}
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(problem{
		"about:blank", http.StatusText(status), status, told.Message, told.Code, told.Subcode,
	})
}

// whipFailure finds what an error is told as.
func (s *Server) whipFailure(r *http.Request, err error) failure {
	for _, p := range whipProblems {
		if errors.Is(err, p.err) {
			return failure{Code: p.code, Subcode: p.subcode, Message: err.Error()}
		}
	}
	told, ours := refuse(nil, err)
	if ours {
		s.log.Error("WHIP request failed", zap.String("method", r.Method), zap.Error(err))
	}
	return told
}

// challenge says which credentials are wanted (RFC 6750, section 3).
func challenge(err error) string {
	if errors.Is(err, errUnfitToken) {
		return `Bearer realm="botd", error="invalid_token"`
	}
	return `Bearer realm="botd"`
}

// whipBarred counts and logs that somebody asked for what they may not, with who
// it was if that is known.
func (s *Server) whipBarred(r *http.Request, status int, told failure, err error) {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusTooManyRequests:
	default:
		return
	}
	s.metrics.barred.WithLabelValues(strconv.Itoa(status)).Inc()
	var who somebodys
	_ = errors.As(err, &who) // else nobody is known
	s.barring.Do(func() {
		s.log.Info("a WHIP client asked for what it may not", zap.String("method", r.Method), zap.String("userId", string(who.user)),
			zap.Int("status", status), zap.Int("subCode", told.Subcode))
	})
}
