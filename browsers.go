package botd

import (
	"context"
	"fmt"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/internal/throttle"
	"github.com/botd-dev/botd/leg/browser"
)

// startBrowsers opens the way in for browsers and for those who come by WHIP.
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
