package rest

import (
	"context"
	"net/http"
	"reflect"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/call"
)

// action is what an operation does, and what goes in and comes out.
type action struct {
	in, out reflect.Type // nil where there is no body
	status  int          // of success
	do      func(context.Context, *request) (answer, error)
}

// ok is an answer of success.
func ok(status int, body any) answer {
	if body == nil {
		return answer{Status: status}
	}
	return answer{Status: status, Body: encode(body)}
}

// asked is an operation with a request and a response of its own.
func asked[Req, Res any](status int, do func(context.Context, *request, Req) (Res, error)) action {
	return action{reflect.TypeFor[Req](), reflect.TypeFor[Res](), status, func(ctx context.Context, q *request) (answer, error) {
		var req Req
		if err := decode(q.body, &req); err != nil {
			return answer{}, err
		}
		res, err := do(ctx, q, req)
		if err != nil {
			return answer{}, err
		}
		return ok(status, res), nil
	}}
}

// done is an operation with a request and nothing to say but its status.
func done[Req any](status int, do func(context.Context, Req) error) action {
	return action{reflect.TypeFor[Req](), nil, status, func(ctx context.Context, q *request) (answer, error) {
		var req Req
		if err := decode(q.body, &req); err != nil {
			return answer{}, err
		}
		return ok(status, nil), do(ctx, req)
	}}
}

// read is an operation without a request body.
func read[Res any](do func(context.Context, *request) (Res, error)) action {
	return action{nil, reflect.TypeFor[Res](), http.StatusOK, func(ctx context.Context, q *request) (answer, error) {
		res, err := do(ctx, q)
		if err != nil {
			return answer{}, err
		}
		return ok(http.StatusOK, res), nil
	}}
}

// begins is an operation that gives an application a connection, whose first
// events wait for the response.
func begins[Req any](s *Server, status int, do func(context.Context, *request, Req) (*call.Connection, error)) action {
	return action{reflect.TypeFor[Req](), reflect.TypeFor[automation.Properties](), status, func(ctx context.Context, q *request) (answer, error) {
		var req Req
		if err := decode(q.body, &req); err != nil {
			return answer{}, err
		}
		cn, err := do(ctx, q, req)
		if err != nil {
			return answer{}, err
		}
		a := ok(status, automation.PropertiesOf(cn))
		a.then = s.released(cn.ID())
		return a, nil
	}}
}

// onCall is asked for a connection.
func onCall[Req, Res any](s *Server, status int, do func(context.Context, *call.Connection, Req) (Res, error)) action {
	return asked(status, func(ctx context.Context, q *request, req Req) (res Res, err error) {
		cn, err := s.connection(q)
		if err != nil {
			return res, err
		}
		return do(ctx, cn, req)
	})
}

// accepted is an operation on a connection whose result follows as an event.
func accepted[Req any](s *Server, do func(context.Context, *call.Connection, Req) error) action {
	a := onCall(s, http.StatusAccepted, func(ctx context.Context, cn *call.Connection, req Req) (none, error) {
		return none{}, do(ctx, cn, req)
	})
	return a.silent()
}

// named is an operation on something that the path names, with no bodies.
func named(param string, status int, do func(context.Context, string) error) action {
	return action{nil, nil, status, func(ctx context.Context, q *request) (answer, error) {
		return ok(status, nil), do(ctx, q.params[param])
	}}
}

// told is an operation on a connection that needs no body.
func told(s *Server, status int, do func(context.Context, *call.Connection) error) action {
	return action{nil, nil, status, func(ctx context.Context, q *request) (answer, error) {
		cn, err := s.connection(q)
		if err != nil {
			return answer{}, err
		}
		return ok(status, nil), do(ctx, cn)
	}}
}

// none is no body.
type none struct{}

// silent takes the body out of the answer.
func (a action) silent() action {
	do := a.do
	a.out = nil
	a.do = func(ctx context.Context, q *request) (answer, error) {
		given, err := do(ctx, q)
		given.Body = nil
		return given, err
	}
	return a
}

// unsupported is an operation of the contract that this server does not have.
func unsupported() action {
	return action{nil, nil, http.StatusMethodNotAllowed, func(context.Context, *request) (answer, error) {
		return answer{}, automation.ErrUnsupported
	}}
}

// connection finds the connection that the path names.
func (s *Server) connection(q *request) (*call.Connection, error) {
	return s.cfg.Automation.Connection(q.params["callConnectionId"])
}
