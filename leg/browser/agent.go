package browser

import (
	"crypto/rand"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// What a token may allow.
const (
	scopeAll  = "voip"
	scopeJoin = "voip.join"
)

// maxCalls is how many calls one client may have at once.
const maxCalls = 16

// farewell is the last message of a call.
type farewell struct {
	call    string
	message []byte
}

// agent is a registered client and its calls. It outlives its socket: a client
// that comes back in time finds its calls as they are.
type agent struct {
	server *Server
	user   identity.ID
	resume string // the secret to come back with

	answers answers
	barring rate.Sometimes // how often the log tells what the client may not

	mu     sync.Mutex
	name   string
	scopes []string
	socket *socket // nil while the client is away
	calls  map[string]*pageCall
	last   []farewell // of the calls that ended last, maxCalls at most
	away   *time.Timer
	over   bool
}

// register attaches a socket to the agent it resumes, if that is the same
// user's, or to a new one. The client is welcomed and shown its calls and what
// rings for it. It is nil where tokens have been revoked since: the session may
// be one of theirs.
func (s *Server) register(sock *socket, resume string, session Session, since uint64) *agent {
	servers := s.cfg.ICEServers(session.User)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.voided != since {
		return nil
	}
	a := s.agents[resume]
	if a == nil || a.user != session.User {
		a = &agent{server: s, user: session.User, resume: rand.Text(), calls: map[string]*pageCall{}, barring: barring()}
		s.agents[a.resume] = a
	}
	if s.users[a.user] == nil {
		s.users[a.user] = map[*agent]struct{}{}
	}
	s.users[a.user][a] = struct{}{}
	sock.send(encode(welcome{"welcome", a.user, append([]ICEServer{}, servers...), a.resume}))
	a.attach(sock, session)
	for _, r := range s.ringingFor(a) {
		sock.send(r.message)
	}
	if s.closed {
		sock.close(websocket.StatusGoingAway, call.ReasonShutdown.Message)
	}
	return a
}

// attach makes sock the way to the client and shows it its calls. A socket
// that was there before is cut. The caller holds the server's lock.
func (a *agent) attach(sock *socket, session Session) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.away != nil {
		a.away.Stop()
		a.away = nil
	}
	if old := a.socket; old != nil {
		old.close(websocket.StatusPolicyViolation, "resumed elsewhere")
	}
	a.socket, a.name, a.scopes = sock, session.Name, session.Scopes
	for _, l := range a.calls {
		for _, b := range l.snapshot() {
			sock.send(b)
		}
	}
	for _, f := range a.last {
		sock.send(f.message)
	}
}

// detach is the end of a socket. The agent and its calls wait for the client
// to come back.
func (a *agent) detach(sock *socket) {
	a.server.mu.Lock()
	defer a.server.mu.Unlock()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.socket != sock {
		return // resumed already
	}
	a.socket = nil
	if a.over {
		return
	}
	a.server.unreach(a)
	a.away = time.AfterFunc(a.server.cfg.ResumeTimeout, func() { a.end(call.ReasonVanished) })
}

// unreach takes an agent out of those whom an invitation rings. The caller
// holds the server's lock.
func (s *Server) unreach(a *agent) {
	delete(s.users[a.user], a)
	if len(s.users[a.user]) == 0 {
		delete(s.users, a.user)
	}
}

// drop forgets an agent. The caller holds the server's lock.
func (s *Server) drop(a *agent) {
	s.unreach(a)
	delete(s.agents, a.resume)
}

// end takes the agent out and lets its calls know that it is gone.
func (a *agent) end(why call.Reason) *socket {
	a.server.mu.Lock()
	a.mu.Lock()
	a.over = true
	if a.away != nil {
		a.away.Stop()
	}
	a.server.drop(a)
	calls := slices.Collect(maps.Values(a.calls))
	sock := a.socket
	a.mu.Unlock()
	a.server.mu.Unlock()
	for _, l := range calls {
		l.leave(why)
	}
	if sock != nil {
		sock.close(websocket.StatusGoingAway, why.Message)
	}
	return sock
}

// unregister tells the client that its token is good no more and closes its
// socket.
func (a *agent) unregister(why string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.socket == nil {
		return
	}
	a.socket.send(encode(unregistered(why)))
	a.socket.close(websocket.StatusPolicyViolation, why)
}

// send tells the client, if it is there.
func (a *agent) send(b []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.push(b)
}

// push is send for those who hold the lock.
func (a *agent) push(b []byte) {
	if a.socket != nil {
		a.socket.send(b)
	}
}

// farewell takes a call out and sends its last message. It is kept for when the
// client comes back: the socket may lead nowhere without anybody knowing yet.
func (a *agent) farewell(l *pageCall, b []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.calls[l.id] != l {
		return
	}
	delete(a.calls, l.id)
	if len(a.last) == maxCalls {
		a.last = slices.Delete(a.last, 0, 1)
	}
	a.last = append(a.last, farewell{l.id, b})
	a.push(b)
}

// called is the client's display name.
func (a *agent) called() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.name
}

// may says whether the client's token has the scope.
func (a *agent) may(scope string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Contains(a.scopes, scope)
}

// add gives a call to the agent under the client's id for it.
func (a *agent) add(l *pageCall) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.over:
		return call.ErrClosing
	case a.calls[l.id] != nil:
		return errInUse
	case len(a.calls) >= maxCalls:
		return errTooMany
	}
	a.calls[l.id] = l
	a.last = slices.DeleteFunc(a.last, func(f farewell) bool { return f.call == l.id })
	return nil
}

// find returns the call with that id.
func (a *agent) find(id string) (*pageCall, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if l := a.calls[id]; l != nil {
		return l, nil
	}
	return nil, call.ErrNoCall
}

// remove takes a call out that has ended.
func (a *agent) remove(l *pageCall) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.calls[l.id] == l {
		delete(a.calls, l.id)
	}
}
