package browser

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/zap"
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
		s.metrics.refused.WithLabelValues("hello").Inc()
		s.log.Info("browser client refused", zap.Error(err))
		sock.send(encode(unregistered("no valid token was given")))
		sock.close(websocket.StatusPolicyViolation, "not registered")
		return
	}
	defer a.detach(sock)
	expiry := time.NewTimer(untilExpiry(session))
	defer expiry.Stop()
	for {
		select {
		case b := <-sock.in:
			if renewed, ok := a.handle(sock, b); ok {
				expiry.Reset(untilExpiry(renewed))
			}
		case <-expiry.C:
			a.unregister("the token has expired")
			return
		case <-sock.gone:
			return
		case <-sock.shut:
			return
		}
	}
}

func untilExpiry(s Session) time.Duration {
	if s.Expires.IsZero() {
		return 1<<63 - 1
	}
	return time.Until(s.Expires)
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
	session, err := s.verify(hello.Token)
	if err != nil {
		return nil, Session{}, err
	}
	if hello.DisplayName != "" {
		session.Name = hello.DisplayName
	}
	return s.register(sock, hello.Resume, session), session, nil
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
