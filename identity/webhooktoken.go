package identity

import (
	"sync"
	"time"
)

// webhookLife is how long a webhook token is valid (events.md section 3).
const webhookLife = 5 * time.Minute

// webhookToken is the token of the events of one second.
type webhookToken struct {
	mu     sync.Mutex
	second int64
	token  string
}

// WebhookToken issues the bearer token of an event: issuer, audience the
// resource id, valid for five minutes. It says when it was made to the second,
// so those made in the same second would not differ: they are signed once.
func (i *Issuer) WebhookToken() (string, error) {
	t := &i.webhook
	t.mu.Lock()
	defer t.mu.Unlock()
	now := i.cfg.Now()
	if t.token != "" && t.second == now.Unix() {
		return t.token, nil
	}
	token, err := i.sign(i.resourceClaims(now, webhookLife))
	if err != nil {
		return "", err
	}
	t.second, t.token = now.Unix(), token
	return token, nil
}
