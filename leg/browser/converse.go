package browser

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/zap"

	"github.com/botd-dev/botd/identity"
)

// How long a client may take to say who it is, and a request to be answered.
const (
	helloTimeout   = 5 * time.Second
	requestTimeout = 10 * time.Second
)

// converse is the life of one socket: hello, then requests one after the
// other, until it closes or the token ends.
func (s *Server) converse(sock *socket) {
	a, session, err := s.greet(sock)
	if err != nil {
		s.turnAway(sock, err)
		return
	}
	defer a.detach(sock)
	expiry := time.NewTimer(s.look(session))
	defer expiry.Stop()
	for {
		select {
		case b := <-sock.in:
			if sock.closed() { // what was said before does not count any more
				return
			}
			if renewed, ok := a.handle(sock, b); ok {
				session = renewed
				expiry.Reset(s.look(session))
			}
		case <-expiry.C:
			if next := s.look(session); next > 0 {
				expiry.Reset(next)
				continue
			}
			a.unregister("the token has expired")
			return
		case <-sock.gone:
			return
		case <-sock.shut:
			return
		}
	}
}

// turnAway tells a client that it is not let in. Where its token cannot be
// checked it is not told that the token is bad, but to come back.
func (s *Server) turnAway(sock *socket, err error) {
	s.metrics.refused.WithLabelValues("hello").Inc()
	if errors.Is(err, errTooOften) {
		sock.close(websocket.StatusTryAgainLater, errTooOften.Error())
		return
	}
	if errors.Is(err, identity.ErrStore) {
		s.barring.Do(func() { s.log.Warn("browser client not checked", zap.Error(err)) })
		sock.close(websocket.StatusTryAgainLater, "the token cannot be checked now")
		return
	}
	s.barring.Do(func() { s.log.Info("browser client refused", zap.Error(err)) }) // anybody may come again and again
	sock.send(encode(unregistered("no valid token was given")))
	sock.close(websocket.StatusPolicyViolation, "not registered")
}

// glance is how often the end of a token is compared with the wall clock, which
// may be set while a timer runs.
const glance = time.Minute

// look is in how long to look whether a token has expired; not positive if it
// has.
func (s *Server) look(session Session) time.Duration {
	if session.Expires.IsZero() {
		return 1<<63 - 1
	}
	return min(session.Expires.Sub(s.cfg.Now()), glance)
}

var (
	errNoHello   = errors.New("no hello came")
	errBadHello  = errors.New("the first message is no hello")
	errOtherUser = errors.New("the token is somebody else's")
)

// greet waits for the hello and attaches the socket to the agent it names, or
// to a new one.
func (s *Server) greet(sock *socket) (*agent, Session, error) {
	patience := time.NewTimer(helloTimeout)
	defer patience.Stop()
	var hello request
	select {
	case b := <-sock.in:
		var err error
		if hello, err = decode(b); err != nil {
			return nil, Session{}, err
		}
	case <-patience.C:
		return nil, Session{}, errNoHello
	case <-sock.gone:
		return nil, Session{}, errNoHello
	case <-sock.shut:
		return nil, Session{}, errNoHello
	}
	if hello.Type != "hello" {
		return nil, Session{}, errBadHello
	}
	return s.letIn(sock, hello)
}

// letIn registers whoever has a good token. One that is revoked between the
// look at it and the registration would be cut by nobody: if any was, the look
// is repeated.
func (s *Server) letIn(sock *socket, hello request) (*agent, Session, error) {
	for {
		since := s.revocations()
		session, err := s.verify(hello.Token)
		if err != nil {
			return nil, Session{}, err
		}
		if err := s.admit(session.User, hello.Resume, sock.remote); err != nil {
			return nil, Session{}, err
		}
		if hello.DisplayName != "" {
			session.Name = hello.DisplayName
		}
		if a := s.register(sock, hello.Resume, session, since); a != nil {
			return a, session, nil
		}
	}
}

// verify checks a token and that it lets its bearer into calls at all.
func (s *Server) verify(token string) (Session, error) {
	ctx, cancel := context.WithTimeout(s.life, requestTimeout)
	defer cancel()
	session, err := s.cfg.Verify(ctx, token)
	if err != nil {
		return Session{}, err
	}
	if !slices.Contains(session.Scopes, scopeAll) && !slices.Contains(session.Scopes, scopeJoin) {
		return Session{}, errForbidden
	}
	return session, nil
}

// unfit says that a token allows nothing, unless it is only not known.
func unfit(err error) error {
	if errors.Is(err, identity.ErrStore) {
		return err
	}
	return fmt.Errorf("%w: %w", errForbidden, err)
}
