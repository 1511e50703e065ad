package botd

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.uber.org/zap"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/automation/rest"
	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/demo"
	"github.com/botd-dev/botd/bot/gateway"
	"github.com/botd-dev/botd/bot/local"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/internal/headroom"
	"github.com/botd-dev/botd/internal/throttle"
	"github.com/botd-dev/botd/leg/browser"
	"github.com/botd-dev/botd/media/codec"
	"github.com/botd-dev/botd/media/mix"
	"github.com/botd-dev/botd/media/prompt"
)

func (s *Server) startCalls(ctx context.Context) error {
	secret, err := s.data.Secret("context-key", newKey)
	if err != nil {
		return err
	}
	s.contexts = automation.NewContexts([]byte(secret), time.Now)
	if err := s.startClock(); err != nil {
		return err
	}
	memory := headroom.New(s.cfg.LimitsMemory)
	s.calls = call.NewRegistry(call.Config{
		Journal: s.journal,
		NewBridge: func(h call.Heard) call.Bridge {
			return s.clock.NewBridge(mix.Options{
				Speaking: h.Speaking, MutedSpeaking: h.MutedSpeaking, Stages: voiceStages(s.cfg.VoiceStages),
			})
		},
		Now:             time.Now,
		Random:          rand.Reader,
		IncomingContext: s.contexts.Seal,
		Timeouts:        s.cfg.timeouts(),
		DialOut:         func(room string) bool { return s.meetings.DialOut(room) },
		RoleOf:          func(room string, who identity.ID) call.Role { return s.meetings.RoleOf(room, who) },
		MaxParticipants: s.cfg.MaxParticipants,
		Capacity:        s.cfg.capacity(),
		NoRoom:          func() bool { return s.journal.Full() || s.journal.Stalled() || memory.Full() },
		Log:             s.log.Named("call"),
	})
	registerCounts(s.telemetry.Metrics, s.calls)
	registerRefused(s.telemetry.Metrics, "calls", s.calls.Refused)
	if err := s.openRooms(ctx); err != nil {
		return err
	}
	s.startService(ctx)
	return nil
}

// timeouts are the settings that a call goes by.
func (c Config) timeouts() call.Timeouts {
	return call.Timeouts{
		Establish: c.TimeoutEstablish, Promotion: c.TimeoutPromotion, Phone: c.TimeoutPhone,
		Reconnect: c.TimeoutReconnect, Call: c.TimeoutCall, Empty: c.TimeoutEmptyCall,
		Transfer: c.TimeoutTransfer, Lobby: c.TimeoutLobby,
	}
}

// startClock starts what ticks the bridges of all calls.
func (s *Server) startClock() error {
	alarm, err := mix.NewAlarm()
	if err != nil {
		return err
	}
	s.clock = mix.NewClock(mix.Config{
		Alarm:    alarm,
		Encoders: codec.NewEncoder, Speakers: s.cfg.Speakers, Fetch: s.fetch, Flush: s.flush,
		Broken: func(id string, cause error) {
			s.log.Error("a participant's sound broke and was taken out", zap.String("participantId", id), zap.Error(cause))
		},
	})
	registerMix(s.telemetry.Metrics, s.clock)
	s.onStop("media clock", s.clock.Close)
	return nil
}

// startService opens what applications and bots ask of calls.
func (s *Server) startService(ctx context.Context) {
	s.service = automation.New(automation.Config{
		Calls:       s.calls,
		Prompts:     prompt.New(prompt.Config{HTTP: s.outgoing, Speech: s.synthesizer(ctx), FileRoots: s.cfg.promptRoots()}),
		Speech:      s.recognizer(),
		Contexts:    s.contexts,
		CheckURI:    s.guard.CheckURL,
		Rooms:       s.meetings,
		Filler:      s.cfg.filler(),
		Application: applicationID(s.issuer.Resource()),
		Streams:     s.streams(),
	})
}

func (s *Server) startBrowsers(context.Context) error {
	hellos := throttle.New(s.cfg.LimitsSignallingHello)
	registerRefused(s.telemetry.Metrics, "signalling", hellos.Refused)
	b, err := browser.New(browser.Config{
		Calls: s.calls, Verify: s.verify, Guest: s.guest, Enter: s.enter, CheckCustom: automation.CheckCustom, AllowedOrigins: s.cfg.AllowedOrigins,
		Watch: s.conns.Watch, Batched: true,
		Admit:     s.cfg.admit(hellos),
		MediaBind: s.cfg.mediaBind(), MediaPort: s.cfg.MediaUDPPort, PublicIP: s.cfg.MediaPublicIP,
		ICEServers:    func(identity.ID) []browser.ICEServer { return s.cfg.ICEServers },
		ResumeTimeout: s.cfg.TimeoutReconnect, ModalityTimeout: s.cfg.TimeoutModality,
		Log: s.log.Named("browser"), Registerer: s.telemetry.Metrics,
	})
	if err != nil {
		return err
	}
	s.browsers = b
	s.sound.Store(b)
	s.users.OnRevoke(b.Revoke)
	s.calls.Reach(b)
	s.onStop("browsers", b.Close)
	return nil
}

// fetch takes what has been said since the last tick.
func (s *Server) fetch() {
	if b := s.sound.Load(); b != nil {
		b.Fetch()
	}
}

// flush sends what a bridge's tick has made.
func (s *Server) flush() {
	if b := s.sound.Load(); b != nil {
		b.Flush()
	}
}

// verify lets a browser in that has a valid token for calling.
func (s *Server) verify(ctx context.Context, token string) (browser.Session, error) {
	t, err := s.issuer.VerifyUser(ctx, token)
	if err != nil {
		return browser.Session{}, err
	}
	if !t.May("voip") && !t.May("voip.join") {
		return browser.Session{}, fmt.Errorf("the scopes %v do not allow calls: %w", t.Scopes, identity.ErrToken)
	}
	return t, nil
}

func (s *Server) startBots(context.Context) error {
	if s.cfg.Dev {
		s.addDemos()
	}
	s.gateway = gateway.New(gateway.Config{
		Authorize: s.mayBringBots, Refuse: func(w http.ResponseWriter, err error) { s.api.Refuse(w, err) },
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

func (s *Server) startREST(context.Context) error {
	keys, err := decoded(s.keys)
	if err != nil {
		return err
	}
	bearer, err := s.bearer()
	if err != nil {
		return err
	}
	limits := rest.NewLimits(rest.LimitsConfig{
		Address: s.cfg.LimitsAddress, Requests: s.cfg.LimitsRequests, Identity: s.cfg.LimitsIdentity,
		Exempt: s.cfg.exempt, Room: s.calls.Room,
	})
	registerRefused(s.telemetry.Metrics, "requests", limits.Refused)
	api, err := rest.New(rest.Config{
		Automation: s.service, Log: s.journal, Results: s.journal, Issuer: s.issuer, Users: s.users, Rooms: s.meetings,
		Subscriptions: s.webhooks, Letters: s.webhooks, Keys: keys, Bearer: bearer, Limits: limits, PublicURL: s.publicURL(),
		Released: s.webhooks.Release, Observe: observe(s.telemetry.Metrics), Logger: s.log.Named("rest"),
	})
	if err != nil {
		return err
	}
	s.api = api
	// Every request is a span: the trace of its caller, or one of its own, goes
	// on through the log to the webhooks.
	s.rest = otelhttp.NewHandler(api.Handler(), "rest",
		otelhttp.WithTracerProvider(s.telemetry.Traces), otelhttp.WithPropagators(s.telemetry.Propagator))
	return nil
}

// bearer accepts the tokens of the configured issuer, if there is one. A whole
// company may have those, so it is said when nothing more is asked of them.
func (s *Server) bearer() (*rest.Bearer, error) {
	if s.cfg.OIDCIssuer == "" {
		return nil, nil //nolint:nilnil // no issuer, no bearer tokens: that is the default
	}
	if len(s.cfg.OIDCRoles) == 0 {
		s.log.Warn("every principal of the issuer may do everything: oidc-roles is empty", zap.String("audience", s.cfg.OIDCAudience))
	}
	return rest.NewBearer(rest.BearerConfig{
		Issuer: s.cfg.OIDCIssuer, Audience: s.cfg.OIDCAudience, Roles: s.cfg.OIDCRoles, HTTP: s.outgoing,
	})
}

func decoded(keys []string) ([][]byte, error) {
	raw := make([][]byte, len(keys))
	for i, key := range keys {
		var err error
		if raw[i], err = base64.StdEncoding.DecodeString(key); err != nil {
			return nil, fmt.Errorf("access key %d is not base64: %w", i+1, err)
		}
	}
	return raw, nil
}

// observe counts the requests by operation and status.
func observe(r prometheus.Registerer) func(operation string, status int, took time.Duration) {
	requests := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "botd_rest_request_seconds", Help: "REST requests by operation and status class.",
		Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14),
	}, []string{"operation", "status"})
	r.MustRegister(requests)
	return func(operation string, status int, took time.Duration) {
		class := fmt.Sprintf("%dxx", status/100)
		requests.WithLabelValues(operation, class).Observe(took.Seconds())
	}
}
