package rest

import (
	"context"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/call"
)

// controlRoutes are what an application does with a call besides placing,
// answering and ending it.
func (s *Server) controlRoutes() []route {
	a, f := s.cfg.Automation, calling
	return []route{
		{method: post, path: "/calling/callConnections:connect", name: "connect", family: f, once: noted, action: begins(s, 200, s.connect)},
		{method: post, path: cc + ":transferToParticipant", name: "transferToParticipant", family: f, once: once, action: onCall(s, 202, s.transfer)},
		{method: post, path: cc + ":hold", name: "hold", family: f, action: acknowledged(s, a.Hold)},
		{method: post, path: cc + ":unhold", name: "unhold", family: f, action: acknowledged(s, a.Unhold)},
		{method: post, path: cc + "/participants:moveHere", name: "moveParticipants", family: f, once: once, action: onCall(s, 202, s.move)},
		{method: post, path: cc + "/participants:unmute", name: "unmuteParticipants", family: beyond, once: once, action: onCall(s, 200, s.unmute)},
		{method: post, path: cc + "/participants:muteAll", name: "muteAllParticipants", family: beyond, once: once, action: onCall(s, 200, s.muteAll)},
		{method: put, path: cc + "/audioRouting", name: "setAudioRouting", family: beyond, action: onCall(s, 200, s.route)},
		{method: get, path: cc + "/audioRouting", name: "getAudioRouting", family: beyond, action: read(s.routing)},
	}
}

// acknowledged is an operation on a connection that is done when it is
// answered, without a word.
func acknowledged[Req any](s *Server, do func(context.Context, *call.Connection, Req) error) action {
	return onCall(s, 200, func(ctx context.Context, cn *call.Connection, req Req) (none, error) {
		return none{}, do(ctx, cn, req)
	}).silent()
}

func (s *Server) connect(ctx context.Context, q *request, r automation.ConnectRequest) (*call.Connection, error) {
	var err error
	if r.Subscriber, err = subscriber(q.header); err != nil {
		return nil, err
	}
	return s.cfg.Automation.Connect(ctx, r)
}

func (s *Server) transfer(ctx context.Context, cn *call.Connection, r automation.TransferRequest) (operationContext, error) {
	return operationContext{r.OperationContext}, s.cfg.Automation.Transfer(ctx, cn, r)
}

// moved answers a move (rest.md section 5).
type moved struct {
	Participants     []call.Listed `json:"participants,omitempty"`
	OperationContext string        `json:"operationContext,omitempty"`
	FromCall         string        `json:"fromCall,omitempty"`
}

func (s *Server) move(ctx context.Context, cn *call.Connection, r automation.MoveRequest) (moved, error) {
	m := moved{OperationContext: r.OperationContext, FromCall: r.FromCall}
	for _, id := range r.TargetParticipants {
		m.Participants = append(m.Participants, *invited(id))
	}
	return m, s.cfg.Automation.Move(ctx, cn, r)
}

func (s *Server) unmute(ctx context.Context, cn *call.Connection, r automation.UnmuteRequest) (operationContext, error) {
	return operationContext{r.OperationContext}, s.cfg.Automation.Unmute(ctx, cn, r)
}

func (s *Server) muteAll(ctx context.Context, cn *call.Connection, r automation.MuteAllRequest) (operationContext, error) {
	return operationContext{r.OperationContext}, s.cfg.Automation.MuteAll(ctx, cn, r)
}

func (s *Server) route(ctx context.Context, cn *call.Connection, r call.Routing) (call.Routing, error) {
	return r, s.cfg.Automation.Route(ctx, cn, r)
}

func (s *Server) routing(ctx context.Context, q *request) (call.Routing, error) {
	cn, err := s.connectionAt(ctx, q)
	if err != nil {
		return call.Routing{}, err
	}
	return s.cfg.Automation.Routing(cn), nil
}
