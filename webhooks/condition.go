package webhooks

import (
	"cmp"
	"context"
	"slices"
	"time"

	"go.uber.org/zap"
)

// The conditions of an endpoint.
const (
	endpointUp   = "up"
	endpointDown = "down"
)

// Condition is how telling goes at one host, or at one path of it that fails
// alone.
type Condition struct {
	// Endpoint is the scheme, host and path; no path means all of the host.
	Endpoint string `json:"endpoint"`
	// State is "up", or "down": then only a probe goes there now and then.
	State string `json:"state"`
	// Owed is how many connections have something to be told there.
	Owed int `json:"owed"`
	// Failures counts those since the last success; Reason says what the last
	// one was.
	Failures int    `json:"failures"`
	Reason   string `json:"reason,omitempty"`
	// NextProbe is when the next attempt may go, if it is down.
	NextProbe *time.Time `json:"nextProbe,omitempty"`
}

// Conditions lists the endpoints that something is owed to, by name.
func (t *Teller) Conditions(ctx context.Context) ([]Condition, error) {
	var all []Condition
	err := t.ask(ctx, func() {
		owed := make(map[string]int)
		for _, q := range t.queues {
			if q.pending() {
				owed[q.endpoint.origin]++
				owed[q.endpoint.origin+q.target.path]++
			}
		}
		for origin, e := range t.endpoints {
			all = append(all, t.condition(origin, &e.gate, owed[origin]))
			for path, g := range e.paths {
				all = append(all, t.condition(origin+path, g, owed[origin+path]))
			}
		}
	})
	slices.SortFunc(all, func(a, b Condition) int { return cmp.Compare(a.Endpoint, b.Endpoint) })
	return all, err
}

func (t *Teller) condition(name string, g *gate, owed int) Condition {
	c := Condition{Endpoint: name, State: endpointUp, Owed: owed, Failures: g.failures, Reason: g.reason}
	if g.shut() {
		c.State = endpointDown
		next := t.cfg.Now().Add(time.Until(g.until)).UTC()
		c.NextProbe = &next
	}
	return c
}

// blame notes why a gate counts a failure, and says so when it shuts. The log
// names the host alone: a path may be a secret.
func (t *Teller) blame(e *endpoint, g *gate, reason string, before bool) {
	g.reason = reason
	if g.shut() && !before {
		t.cfg.Log.Warn("an endpoint is down; it is tried now and then", zap.String("endpoint", e.origin), zap.String("reason", reason))
	}
}
