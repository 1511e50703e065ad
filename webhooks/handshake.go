package webhooks

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// confirmWithin is how long a subscription may wait to be confirmed by hand.
const confirmWithin = 10 * time.Minute

// newCode makes a code nobody can guess.
func (t *Teller) newCode() string { return rand.Text() }

// handshake asks an endpoint whether it wants to be told (events.md section 11)
// and returns the state the subscription is in then.
func (t *Teller) handshake(ctx context.Context, s Subscription, code string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, t.cfg.ResourceLimit)
	defer cancel()
	ask := t.validateGrid
	if s.Schema == SchemaCloudEvents {
		ask = t.validateCloud
	}
	ok, err := ask(ctx, s, code)
	switch {
	case err != nil:
		return "", fmt.Errorf("subscription %s: %w: %w", s.Name, ErrHandshake, err)
	case ok:
		return StateActive, nil
	case t.cfg.ConfirmURL != "":
		return StatePending, nil
	}
	return "", fmt.Errorf("subscription %s: %w", s.Name, ErrHandshake)
}

// validateGrid posts a SubscriptionValidationEvent; the endpoint answers with
// the code, or 2xx without it if somebody is to open the URL.
func (t *Teller) validateGrid(ctx context.Context, s Subscription, code string) (bool, error) {
	data := map[string]string{"validationCode": code}
	if t.cfg.ConfirmURL != "" {
		data["validationUrl"] = t.cfg.ConfirmURL + code
	}
	payload, err := json.Marshal(data)
	if err != nil {
		return false, err
	}
	body, err := json.Marshal([]gridEvent{newGridEvent(uuid.NewString(), t.cfg.Topic, "", "Microsoft.EventGrid.SubscriptionValidationEvent", t.cfg.Now(), payload)})
	if err != nil {
		return false, err
	}
	answer, err := t.question(ctx, s, http.MethodPost, body)
	if err != nil {
		return false, err
	}
	var said struct {
		Response string `json:"validationResponse"`
	}
	if json.Unmarshal(answer.body, &said) != nil {
		return false, nil
	}
	return said.Response == code, nil
}

// validateCloud sends the OPTIONS request of the CloudEvents web hook
// specification (HTTP 1.1 Web Hooks for Event Delivery, section 4.1).
func (t *Teller) validateCloud(ctx context.Context, s Subscription, code string) (bool, error) {
	answer, err := t.question(ctx, s, http.MethodOptions, nil, "WebHook-Request-Origin", t.cfg.Origin, "WebHook-Request-Callback", t.callbackFor(code))
	if err != nil {
		return false, err
	}
	allowed := strings.Split(answer.header.Get("WebHook-Allowed-Origin"), ",")
	return slices.ContainsFunc(allowed, func(o string) bool {
		o = strings.TrimSpace(o)
		return o == "*" || strings.EqualFold(o, t.cfg.Origin)
	}), nil
}

func (t *Teller) callbackFor(code string) string {
	if t.cfg.ConfirmURL == "" {
		return ""
	}
	return t.cfg.ConfirmURL + code
}

// reply is what an endpoint said to a handshake.
type reply struct {
	header http.Header
	body   []byte
}

// question makes a handshake request; every answer but 2xx is an error.
func (t *Teller) question(ctx context.Context, s Subscription, method string, body []byte, headers ...string) (reply, error) {
	to, err := parseTarget(s.Endpoint)
	if err != nil {
		return reply{}, err
	}
	h := http.Header{"User-Agent": {"botd"}}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i+1] != "" {
			h.Set(headers[i], headers[i+1])
		}
	}
	if body != nil {
		h.Set("Content-Type", jsonType)
		grid(h, "SubscriptionValidation", s.Name)
	}
	req, err := post(ctx, to, h, body)
	if err != nil {
		return reply{}, err
	}
	req.Method = method
	if body == nil {
		req.Body, req.GetBody, req.ContentLength = nil, nil, 0
	}
	answer, err := t.cfg.HTTP.Do(req)
	if err != nil {
		return reply{}, bare(err)
	}
	defer answer.Body.Close() //nolint:errcheck // nothing is lost
	said, err := io.ReadAll(io.LimitReader(answer.Body, answerLimit))
	if err != nil {
		return reply{}, err
	}
	if answer.StatusCode/100 != 2 {
		return reply{}, fmt.Errorf("answered %s", answer.Status)
	}
	return reply{answer.Header, said}, nil
}
