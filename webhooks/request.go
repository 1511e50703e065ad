package webhooks

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/botd-dev/botd/call"
)

// message says in which form an event is sent, and where.
type message struct {
	kind         kind
	target       target
	subscription Subscription
	count        int // attempts before this one
}

// request makes the request of one attempt, with a token and signature of its
// own.
func (t *Teller) request(ctx context.Context, m message, r call.Record) (*http.Request, error) {
	body, header, err := t.compose(m, r)
	if err != nil {
		return nil, err
	}
	req, err := post(ctx, m.target, header, body)
	if err != nil {
		return nil, err
	}
	if r.Trace != "" {
		req.Header.Set("Traceparent", r.Trace)
	}
	sign(req.Header, t.cfg.Secrets, r.ID, t.cfg.Now(), body)
	return req, t.authorize(ctx, req)
}

func (t *Teller) authorize(ctx context.Context, req *http.Request) error {
	if t.cfg.Token == nil {
		return nil
	}
	token, err := t.cfg.Token(ctx)
	if err != nil {
		return fmt.Errorf("token: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return nil
}

// compose writes the body and the headers that depend on the form.
func (t *Teller) compose(m message, r call.Record) ([]byte, http.Header, error) {
	h := http.Header{"Content-Type": {jsonType}, "User-Agent": {"botd"}}
	if m.kind == callback {
		body, err := envelope(r)
		return body, h, err
	}
	if m.subscription.Schema == SchemaCloudEvents {
		h.Set("Content-Type", "application/cloudevents+json; charset=utf-8")
		body, err := cloudEnvelope(r, t.cfg.Topic)
		return body, h, err
	}
	body, err := gridEnvelope(r, t.cfg.Topic)
	grid(h, "Notification", m.subscription.Name)
	h["aeg-delivery-count"] = []string{strconv.Itoa(m.count)}
	h["aeg-output-event-id"] = []string{r.ID}
	return body, h, err
}

// grid sets the headers of every Event Grid request (events.md section 11), in
// the lower case in which they are documented.
func grid(h http.Header, kind, subscription string) {
	h["aeg-event-type"] = []string{kind}
	h["aeg-subscription-name"] = []string{subscription}
	h["aeg-data-version"] = []string{"1.0"}
	h["aeg-metadata-version"] = []string{"1"}
}

// post makes a POST to an address exactly as it was given.
func post(ctx context.Context, to target, header http.Header, body []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to.origin(), bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrURL, err)
	}
	req.URL, req.Host = to.url(), to.host
	req.Header = header
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	return req, nil
}
