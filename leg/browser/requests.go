package browser

import (
	"context"
	"fmt"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/call"
)

// handlers are the requests of a registered client, each with the scope it
// needs. A handler returns the answer, or nil for none.
var handlers = map[string]struct {
	scope string
	do    func(ctx context.Context, a *agent, r request) (any, error)
}{
	"start":      {scopeAll, start},
	"join":       {"", join},
	"accept":     {"", accept},
	"reject":     {"", reject},
	"candidate":  {"", candidate},
	"offer":      {"", offer},
	"admit":      {"", admit},
	"return":     {"", sendBack},
	"hold":       {"", hold},
	"resume":     {"", resume},
	"mute":       {"", mute},
	"unmute":     {"", unmute},
	"muteOthers": {"", muteOthers},
	"add":        {scopeAll, add},
	"remove":     {"", remove},
	"hangup":     {"", hangup},
	"ping":       {"", ping},
}

// handle answers one message. A fresh token it returns, for its expiry.
func (a *agent) handle(sock *socket, b []byte) (renewed Session, ok bool) {
	r, err := decode(b)
	reply := a.answers.once(r.Ref, func() []byte {
		if err == nil && r.Type == "token" {
			renewed, err = a.renew(r)
			ok = err == nil
			return a.reply(r, okay{Type: "ok", Ref: r.Ref}, err)
		}
		var answer any
		if err == nil {
			answer, err = a.serve(r)
		}
		return a.reply(r, answer, err)
	})
	if reply != nil {
		sock.send(reply)
	}
	return renewed, ok
}

// reply writes the answer or the error; nil is no answer.
func (a *agent) reply(r request, answer any, err error) []byte {
	if err != nil {
		answer = a.refuse(r, err)
	}
	if answer == nil {
		return nil
	}
	return encode(answer)
}

// serve finds the handler. A mistake in it costs this request, not the server.
func (a *agent) serve(r request) (answer any, err error) {
	ctx, cancel := context.WithTimeout(a.server.life, requestTimeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			a.server.log.Error("browser request panicked", zap.Any("panic", p), zap.Stack("stack"))
			err = fmt.Errorf("%s: panic", r.Type)
		}
	}()
	h, known := handlers[r.Type]
	switch {
	case !known:
		return nil, invalid("type", "is unknown")
	case h.scope != "" && !a.may(h.scope):
		return nil, fmt.Errorf("%s: %w", r.Type, errForbidden)
	}
	return h.do(ctx, a, r)
}

func (a *agent) refuse(r request, err error) failure {
	reply, ours := refuse(r.Ref, err)
	if ours {
		a.server.log.Error("browser request failed", zap.String("type", r.Type), zap.Error(err))
	}
	a.barred(r, reply)
	return reply
}

// renew takes a fresh token of the same user.
func (a *agent) renew(r request) (Session, error) {
	session, err := a.server.verify(r.Token)
	if err != nil {
		return Session{}, unfit(err)
	}
	if session.User != a.user {
		return Session{}, fmt.Errorf("%w: %w", errForbidden, errOtherUser)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.scopes = session.Scopes
	return session, nil
}

func start(ctx context.Context, a *agent, r request) (any, error) {
	if len(r.Targets) == 0 {
		return nil, invalid("targets", "are missing")
	}
	if err := a.server.checkCustom(r.CustomContext); err != nil {
		return nil, err
	}
	return a.enter(r, func(l *leg) (*call.Participant, error) {
		return a.server.cfg.Calls.Offer(ctx, call.Offer{
			Leg: l, From: a.user, Name: a.called(), To: r.Targets, Muted: r.Muted, Custom: r.CustomContext,
		})
	})
}

// checkCustom looks at what the caller sends along.
func (s *Server) checkCustom(c *call.CustomContext) error {
	if c == nil || s.cfg.CheckCustom == nil {
		return nil
	}
	if err := s.cfg.CheckCustom(c); err != nil {
		return invalid("customContext", err.Error())
	}
	return nil
}

func accept(ctx context.Context, a *agent, r request) (any, error) {
	ring, err := a.server.take(r.Call, a)
	if err != nil {
		return nil, err
	}
	reply, err := a.enter(r, func(l *leg) (*call.Participant, error) {
		return ring.inv.Accept(ctx, call.Acceptance{Leg: l, Name: a.called(), Muted: r.Muted})
	})
	if err != nil && a.server.give(ring) {
		a.send(encode(incomingEnded{"incomingEnded", r.Call, ring.inv.Reason()}))
	}
	return reply, err
}

// enter makes a leg of the offer and brings it into a call.
func (a *agent) enter(r request, into func(*leg) (*call.Participant, error)) (any, error) {
	if r.Call == "" {
		return nil, invalid("call", "is missing")
	}
	l, err := a.newCall(r)
	if err != nil {
		return nil, err
	}
	p, err := into(l.leg)
	if err != nil {
		l.abandon()
		return nil, err
	}
	return okay{"ok", r.Ref, p.Call(), p.ID()}, nil
}

func decline(ctx context.Context, a *agent, r request) (any, error) {
	ring, err := a.server.decline(r.Call, a)
	if err != nil {
		return nil, err
	}
	return done(r, ring.inv.Reject(ctx, call.ReasonDeclined))
}

// candidate has no answer: a late one is no mistake of the client's.
func candidate(_ context.Context, a *agent, r request) (any, error) {
	if l, err := a.find(r.Call); err == nil && r.Candidate != nil {
		l.peer.candidate(*r.Candidate)
	}
	return nil, nil
}

// offer describes the client's side anew, with ICE restarted: its network
// changed.
func offer(_ context.Context, a *agent, r request) (any, error) {
	l, err := a.find(r.Call)
	if err != nil {
		return nil, err
	}
	description, err := parseOffer(r.SDP)
	if err != nil {
		return nil, err
	}
	return done(r, l.renegotiate(description))
}

func hangup(ctx context.Context, a *agent, r request) (any, error) {
	return a.ask(r, func(p *call.Participant) error {
		if r.ForEveryone {
			return p.EndForEveryone(ctx)
		}
		return p.Leave(ctx)
	})
}

func mute(_ context.Context, a *agent, r request) (any, error) {
	return a.ask(r, func(p *call.Participant) error {
		p.SelfMute()
		return nil
	})
}

func unmute(_ context.Context, a *agent, r request) (any, error) {
	if l, err := a.find(r.Call); err == nil {
		l.opened()
	}
	return a.ask(r, func(p *call.Participant) error {
		p.SelfUnmute()
		return nil
	})
}

func hold(ctx context.Context, a *agent, r request) (any, error) {
	return a.ask(r, func(p *call.Participant) error { return p.Hold(ctx) })
}

func resume(ctx context.Context, a *agent, r request) (any, error) {
	return a.ask(r, func(p *call.Participant) error { return p.Resume(ctx) })
}

func muteOthers(ctx context.Context, a *agent, r request) (any, error) {
	return a.ask(r, func(p *call.Participant) error { return p.MuteOthers(ctx, r.Participants...) })
}

func add(ctx context.Context, a *agent, r request) (any, error) {
	if r.Target == "" {
		return nil, invalid("target", "is missing")
	}
	return a.ask(r, func(p *call.Participant) error { return p.Invite(ctx, r.Target) })
}

func remove(ctx context.Context, a *agent, r request) (any, error) {
	if r.Target == "" {
		return nil, invalid("target", "is missing")
	}
	return a.ask(r, func(p *call.Participant) error { return p.Remove(ctx, r.Target) })
}

func ping(context.Context, *agent, request) (any, error) { return notice{Type: "pong"}, nil }

// ask asks the participant of a call for something.
func (a *agent) ask(r request, f func(*call.Participant) error) (any, error) {
	l, err := a.find(r.Call)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.Type, err)
	}
	p := l.participant()
	if p == nil {
		return nil, fmt.Errorf("%s: %w", r.Type, call.ErrWrongState)
	}
	return done(r, f(p))
}

func done(r request, err error) (any, error) {
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.Type, err)
	}
	return okay{Type: "ok", Ref: r.Ref}, nil
}
