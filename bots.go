package botd

import (
	"context"
	"net/http"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/demo"
	"github.com/botd-dev/botd/bot/gateway"
	"github.com/botd-dev/botd/bot/local"
	"github.com/botd-dev/botd/identity"
)

// startBots opens the way in for bots: those of this program, and those that
// other processes bring.
func (s *Server) startBots(context.Context) error {
	if s.cfg.Dev {
		s.addDemos()
	}
	s.gateway = gateway.New(gateway.Config{
		Authorize: s.mayBringBots, Refuse: func(w http.ResponseWriter, r *http.Request, err error) { s.api.Refuse(w, r, "bots", err) },
		Taken: func(name identity.ID) bool { return s.bots[name] != nil },
		Log:   s.log.Named("bots"),
	})
	registerGateway(s.telemetry.Metrics, s.gateway)
	s.onStop("bots of other processes", s.gateway.Close)
	s.local = local.New(local.Config{
		Service: s.service, Contexts: s.contexts, Elsewhere: s.gateway,
		Away: s.away, FillerAfter: s.cfg.FillerAfter, Log: s.log.Named("bot"),
	}, s.bots)
	s.calls.Reach(s.local)
	s.onStop("bots", s.local.Close)
	return nil
}

// mayBringBots lets in who may use the REST API and, with dev, this machine.
func (s *Server) mayBringBots(r *http.Request) error {
	if s.cfg.Dev && r.Header.Get("Authorization") == "" && isLocal(r.RemoteAddr) && isLocal(r.Host) {
		return nil
	}
	return s.api.Authorize(r)
}

// Send has a bot of this program come to a call that runs.
func (s *Server) Send(name identity.ID, to bot.Place) error { return s.local.Send(name, to) }

// Call has a bot of this program call somebody. Its handler runs as if it were
// called by them; whether they answer is what its Answer returns.
func (s *Server) Call(name identity.ID, to bot.Dial) error { return s.local.Call(name, to) }

// addDemos registers the demonstration bots, unless the program has its own of
// that name.
func (s *Server) addDemos() {
	colleague := identity.NamedUser(s.issuer.Resource(), demoColleague)
	for name, h := range map[identity.ID]bot.Handler{
		"echo": demo.Echo, "8:echo123": demo.AudioTest, "menu": demo.Menu(colleague),
	} {
		if s.bots[name] == nil {
			s.bots[name] = h
		}
	}
}
