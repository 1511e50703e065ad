package browser

import (
	"fmt"
	"mime"
	"net/http"
	"strings"
)

// typeSDP is the media type of a description (RFC 9725, section 4.2).
const typeSDP = "application/sdp"

// whipPath is where WHIP is mounted. What follows is the id of a group or a
// room, and for a session that exists, its secret.
const whipPath = "/whip/"

// WHIP takes those who join a call by one request (RFC 9725): an offer is
// posted to /whip/{group or room}, and the answer names the session, which is
// patched when the client's network changes, and deleted to leave. Mount it at /whip/.
func (s *Server) WHIP() http.Handler { return http.HandlerFunc(s.serveWHIP) }

func (s *Server) serveWHIP(w http.ResponseWriter, r *http.Request) {
	if !s.begin() {
		s.whipProblem(w, r, errGoingDown)
		return
	}
	defer s.tasks.Done()
	if !s.crossOrigin(w, r) {
		s.whipProblem(w, r, errOrigin)
		return
	}
	place, secret, isSession := strings.Cut(strings.TrimPrefix(r.URL.Path, whipPath), "/")
	if isSession {
		s.serveSession(w, r, place, secret)
		return
	}
	w.Header().Set("Accept-Post", typeSDP)
	switch r.Method {
	case http.MethodPost:
		s.answerWith(w, r, s.whipJoin(w, r, place))
	case http.MethodOptions:
		w.WriteHeader(http.StatusNoContent)
	default:
		s.wrongMethod(w, r, "OPTIONS, POST")
	}
}

// serveSession takes the requests about a session that exists. Without its
// secret, nobody learns that it does.
func (s *Server) serveSession(w http.ResponseWriter, r *http.Request, place, secret string) {
	w.Header().Set("Accept-Patch", typeFragment)
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	session, err := s.whipSession(r, place, secret)
	if err != nil {
		s.answerWith(w, r, err)
		return
	}
	switch r.Method {
	case http.MethodDelete:
		s.answerWith(w, r, session.remove(r.Context()))
	case http.MethodPatch:
		s.answerWith(w, r, session.patch(w, r))
	default:
		s.wrongMethod(w, r, "DELETE, OPTIONS, PATCH")
	}
}

// answerWith writes the problem if there is one. Where there is none, the
// answer has been written, or is an empty 200.
func (s *Server) answerWith(w http.ResponseWriter, r *http.Request, err error) {
	if err != nil {
		s.whipProblem(w, r, err)
	}
}

func (s *Server) wrongMethod(w http.ResponseWriter, r *http.Request, allowed string) {
	w.Header().Set("Allow", allowed)
	s.whipProblem(w, r, fmt.Errorf("%s: %w", r.Method, errMethod))
}

// isType reports whether a request says that its body is of a media type.
func isType(r *http.Request, want string) bool {
	t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && t == want
}
