package botd

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/botd-dev/botd/automation/rest"
	"github.com/botd-dev/botd/webhooks"
)

// startWebhooks starts telling. What the calls say at their end is told too,
// so the calls are stopped before.
func (s *Server) startWebhooks(ctx context.Context) error {
	t, err := webhooks.New(ctx, s.telling())
	if err != nil {
		return err
	}
	s.webhooks = t
	s.calls.Reach(t)
	done := make(chan error, 1)
	go func() { done <- t.Run(context.WithoutCancel(ctx)) }()
	s.onStop("webhooks", func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, tellTimeout)
		defer cancel()
		if err := t.Close(ctx); err != nil {
			s.log.Info("not everything could be told; it will be after the next start")
		}
		return <-done
	})
	s.onStop("calls", s.calls.Close)
	if err := t.Configure(ctx, s.cfg.subscriptions()); err != nil {
		return fmt.Errorf("subscriptions: %w", err)
	}
	return nil
}

// telling is how the server tells.
func (s *Server) telling() webhooks.Config {
	return webhooks.Config{
		Journal: s.journal, HTTP: s.outgoing,
		Token:      func(context.Context) (string, error) { return s.issuer.WebhookToken() },
		Secrets:    s.cfg.webhookSecrets(),
		Schedule:   webhooks.Schedule{First: s.cfg.WebhookRetry, Longest: s.cfg.WebhookRetryLongest},
		Grace:      s.cfg.WebhookGrace,
		Limit:      s.cfg.WebhookTimeout,
		Expiry:     s.cfg.WebhookExpiry,
		CheckURL:   s.guard.CheckURL,
		Away:       s.away,
		AwayAfter:  s.cfg.FillerAfter,
		Topic:      topic(s.issuer.Resource()),
		ConfirmURL: s.publicURL() + rest.ConfirmPath,
		Log:        s.log.Named("webhooks"), Registerer: s.telemetry.Metrics,
	}
}

// topic names the resource in its events, in the form that subscribers of the
// service parse (events.md section 9).
func topic(resource uuid.UUID) string {
	return "/subscriptions/" + resource.String() +
		"/resourceGroups/botd/providers/Microsoft.Communication/communicationServices/botd"
}

// subscriptions are those of the configuration.
func (c Config) subscriptions() []webhooks.Subscription {
	all := make([]webhooks.Subscription, len(c.Subscriptions))
	for i, s := range c.Subscriptions {
		all[i] = s.asked()
	}
	return all
}

// asked is the subscription as it would be asked for.
func (s Subscription) asked() webhooks.Subscription {
	return webhooks.Subscription{
		Name: s.Name, Endpoint: s.Endpoint, Schema: s.Schema, EventTypes: s.EventTypes, Ack: s.Ack,
		Filter: webhooks.Filter{From: s.Filter.From, To: s.Filter.To},
	}
}

// webhookSecrets are the secrets that sign what is posted, the newest first.
func (c Config) webhookSecrets() [][]byte {
	secrets := make([][]byte, 0, len(c.WebhookSecrets))
	for _, text := range c.WebhookSecrets {
		if secret, ok := webhookSecret(text); ok {
			secrets = append(secrets, secret)
		}
	}
	return secrets
}

// webhookSecret reads a secret as the Standard Webhooks specification spells it:
// base64 of 24 to 64 bytes behind "whsec_".
func webhookSecret(text string) ([]byte, bool) {
	encoded, ok := strings.CutPrefix(text, "whsec_")
	secret, err := base64.StdEncoding.DecodeString(encoded)
	return secret, ok && err == nil && len(secret) >= 24 && len(secret) <= 64
}
