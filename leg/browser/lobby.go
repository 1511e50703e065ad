package browser

import (
	"context"

	"github.com/botd-dev/botd/call"
)

// admit lets in those named who wait in the lobby, or all who do.
func admit(ctx context.Context, a *agent, r request) (any, error) {
	return a.ask(r, func(p *call.Participant) error { return p.Admit(ctx, r.Participants...) })
}

// reject sends those named away who wait in the lobby; where nobody is named it
// declines an incoming call.
func reject(ctx context.Context, a *agent, r request) (any, error) {
	if len(r.Participants) == 0 {
		return decline(ctx, a, r)
	}
	return a.ask(r, func(p *call.Participant) error { return p.Refuse(ctx, r.Participants...) })
}

// sendBack returns those named to the lobby.
func sendBack(ctx context.Context, a *agent, r request) (any, error) {
	if len(r.Participants) == 0 {
		return nil, invalid("participants", "are missing")
	}
	return a.ask(r, func(p *call.Participant) error { return p.Return(ctx, r.Participants...) })
}
