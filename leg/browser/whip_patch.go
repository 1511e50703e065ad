package browser

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"github.com/botd-dev/botd/call"
)

// typeFragment is the media type of a fragment (RFC 8840, section 9).
const typeFragment = "application/trickle-ice-sdpfrag"

// patch takes what a client tells of its side of ICE: more addresses, or that
// it begins anew. One patch of a session is served after the other.
func (s *whipSession) patch(w http.ResponseWriter, r *http.Request) error {
	if !isType(r, typeFragment) {
		return fmt.Errorf("%w: a fragment is %s", errMediaType, typeFragment)
	}
	b, err := whipBody(w, r)
	if err != nil {
		return err
	}
	f, err := parseFragment(string(b))
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.precondition(r.Header); err != nil {
		return err
	}
	offered, err := s.offered()
	if err != nil {
		return err
	}
	if f.restarts(credentialsOf(offered)) {
		return s.restart(r.Context(), w, f, offered)
	}
	s.trickle(f)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// precondition compares If-Match with the version of the ICE session: a patch
// that was meant for another one is refused (RFC 9725, section 4.3.1). A
// restart is meant for any.
func (s *whipSession) precondition(h http.Header) error {
	given := strings.Join(h.Values("If-Match"), ",")
	if strings.TrimSpace(given) == "" {
		return errNoCondition
	}
	for tag := range strings.SplitSeq(given, ",") {
		if tag = strings.TrimSpace(tag); tag == "*" || tag == s.etag() {
			return nil
		}
	}
	return errPrecondition
}

// etag is the strong entity-tag of the ICE session: it changes with every
// restart.
func (s *whipSession) etag() string { return `"` + strconv.Itoa(s.version) + `"` }

// offered is the client's description as it stands.
func (s *whipSession) offered() (*sdp.SessionDescription, error) {
	now := s.peer.pc.RemoteDescription()
	parsed := &sdp.SessionDescription{}
	if err := parsed.UnmarshalString(now.SDP); err != nil {
		return nil, fmt.Errorf("the client's description: %w", err)
	}
	return parsed, nil
}

// trickle takes more of the client's addresses (RFC 9725, section 4.3.2).
func (s *whipSession) trickle(f fragment) {
	for _, c := range f.candidates {
		s.peer.candidate(webrtc.ICECandidateInit{Candidate: "candidate:" + c, SDPMLineIndex: new(uint16)})
	}
}

// restart begins a new ICE session and answers with our side of it (RFC 9725,
// section 4.3.3). The call goes on; sound pauses until the first check of the new
// one succeeds.
func (s *whipSession) restart(ctx context.Context, w http.ResponseWriter, f fragment, before *sdp.SessionDescription) error {
	d, err := f.offer(before)
	if err != nil {
		return err
	}
	if err := s.renegotiate(d); errors.Is(err, call.ErrConflict) {
		return errRestarts // nothing else is under way: there is a lock
	} else if err != nil {
		return err
	}
	// The answer always comes, and is waited for even if the client does not:
	// the next restart must not take it for its own.
	text, err := s.described(context.WithoutCancel(ctx))
	if err != nil {
		return err
	}
	ours, err := fragmentOf(text)
	if err != nil {
		return fmt.Errorf("our description: %w", err)
	}
	s.version++
	h := w.Header()
	h.Set("Content-Type", typeFragment)
	h.Set("ETag", s.etag())
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = io.WriteString(w, ours) //nolint:gosec // a fragment of our own making, and named as that
	return nil
}
