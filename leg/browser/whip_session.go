package browser

import (
	"context"
	"fmt"
	"net/http"
	"sync"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// whipSession is a client that joined by one request. It fits teller: all that
// such a client is told are the answers to its offers, the end of its media,
// and that the session is not there any more.
type whipSession struct {
	*leg
	who    whipUser
	place  string
	secret string      // the last part of its path
	told   chan string // our side of the description, once for every offer

	mu      sync.Mutex // held while a patch is served
	version int        // of the ICE session
}

func (s *whipSession) answer(sdp string) {
	select {
	case <-s.told: // nobody waited for it
	default:
	}
	s.told <- sdp // only the leg's goroutine writes
}

func (s *whipSession) flow()            {}
func (s *whipSession) show(call.Roster) {}
func (s *whipSession) muted(bool)       {}
func (s *whipSession) over(call.Reason) { s.forget() }
func (s *whipSession) forget()          { s.server.unkeep(s) }

// described waits for our side of the description.
func (s *whipSession) described(ctx context.Context) (string, error) {
	select {
	case text := <-s.told:
		if text == "" {
			return "", errUndescribed
		}
		return text, nil
	case <-s.ended:
		return "", call.ErrEnded
	case <-s.server.life.Done():
		return "", call.ErrClosing
	case <-ctx.Done():
		return "", fmt.Errorf("answer: %w", ctx.Err())
	}
}

// remove takes the client out of the call: it asked for that.
func (s *whipSession) remove(ctx context.Context) error {
	s.forget() // it is not found again, whatever the call says
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	if p := s.participant(); p != nil {
		return p.Leave(ctx)
	}
	s.leave(call.ReasonLocal)
	return nil
}

// keep makes a session known under a secret that is as good as a key. It is
// false where tokens have been revoked since the client's was looked at: it may
// be one of them.
func (s *Server) keep(session *whipSession, since uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.voided != since {
		return false
	}
	s.sessions[session.secret] = session
	return true
}

func (s *Server) unkeep(session *whipSession) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, session.secret)
}

// whipSession finds a session for a request about it, if whoever asks may.
func (s *Server) whipSession(r *http.Request, place, secret string) (*whipSession, error) {
	s.mu.Lock()
	session := s.sessions[secret]
	s.mu.Unlock()
	if session == nil || session.place != place {
		return nil, errNoSession
	}
	return session, s.sameUser(r, session.who)
}

// expel ends the sessions of a user whose tokens are good no more. Unlike a
// page, such a client could not come back with another one.
func (s *Server) expel(user identity.ID) {
	s.mu.Lock()
	var theirs []*whipSession
	for _, session := range s.sessions {
		if session.who.User == user && !session.who.guest {
			theirs = append(theirs, session)
		}
	}
	s.mu.Unlock()
	for _, session := range theirs {
		session.leave(call.ReasonVanished)
	}
}
