package rest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/botd-dev/botd/internal/throttle"
)

// LimitsConfig is how often REST may be asked. The zero one is as often as
// anybody likes.
type LimitsConfig struct {
	// Address is for the requests from one address, before anything else is
	// looked at.
	Address throttle.Rate
	// Requests is for those with one credential, before their bodies are read.
	Requests throttle.Rate
	// Identity is for making users and for issuing tokens, each by itself and
	// for one credential; deletions, revocations and exchanges have half of it
	// (rest.md section 10).
	Identity throttle.Rate
	// Exempt says whose requests are not counted, by the address they come
	// from; nil is nobody's.
	Exempt func(remote string) bool
	// Room says why a new call would not be let in, if it would not; nil is
	// that every one would.
	Room func() error
}

// Limits count who asks, and how often.
type Limits struct {
	cfg                    LimitsConfig
	addresses, credentials *throttle.Limiter
	operations             map[string]*throttle.Limiter
}

// withToken is createIdentity when a token comes with the user.
const withToken = "createIdentityWithToken"

// NewLimits makes Limits.
func NewLimits(cfg LimitsConfig) *Limits {
	if cfg.Exempt == nil {
		cfg.Exempt = func(string) bool { return false }
	}
	if cfg.Room == nil {
		cfg.Room = func() error { return nil }
	}
	all := &Limits{cfg, throttle.New(cfg.Address), throttle.New(cfg.Requests), map[string]*throttle.Limiter{}}
	for _, name := range []string{"createIdentity", withToken, "issueAccessToken"} {
		all.operations[name] = throttle.New(cfg.Identity)
	}
	for _, name := range []string{"deleteIdentity", "revokeAccessTokens", "exchangeTeamsUserAccessToken"} {
		all.operations[name] = throttle.New(cfg.Identity.Part(2))
	}
	return all
}

// arrived counts a request for the address that it comes from.
func (l *Limits) arrived(r *http.Request) error {
	return l.take(l.addresses, r, throttle.Peer(r.RemoteAddr), "requests from this address")
}

// known counts a request for whoever it is from. What would make a new call is
// refused if there is no room for one, unless it may be a repetition.
func (l *Limits) known(r *http.Request, rt route, who caller) error {
	if err := l.take(l.credentials, r, who.name, "requests with these credentials"); err != nil {
		return err
	}
	if rt.fresh && r.Header.Get(headerRepeatID) == "" {
		return l.room()
	}
	return nil
}

// asked counts what is asked for, where that has a budget of its own.
func (l *Limits) asked(r *http.Request, rt route, who caller, body []byte) error {
	name := rt.name
	if name == "createIdentity" && wantsToken(body) {
		name = withToken
	}
	return l.take(l.operations[name], r, who.name, name)
}

// wantsToken says whether a new user is to come with a token. It reads what the
// operation will read, however that is spelled.
func wantsToken(body []byte) bool {
	var asked createUserRequest
	_ = json.Unmarshal(body, &asked) // the operation says what is wrong with it
	return len(asked.Scopes) > 0
}

// room says why a new call would not be let in, if it would not.
func (l *Limits) room() error { return l.cfg.Room() }

func (l *Limits) take(from *throttle.Limiter, r *http.Request, key, what string) error {
	if l.cfg.Exempt(r.RemoteAddr) {
		return nil
	}
	if err := from.Take(key); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// Refused is how many requests were too many.
func (l *Limits) Refused() uint64 {
	n := l.addresses.Refused() + l.credentials.Refused()
	for _, o := range l.operations {
		n += o.Refused()
	}
	return n
}

// longestWait is the longest Retry-After. SDKs try three times more, with the
// dates of the first try: those must still be good for maxSkew and retention.
const longestWait = 90 * time.Second

// retryAfter is how many seconds to wait according to the error, if it knows.
func retryAfter(err error) int {
	var patient interface{ RetryAfter() time.Duration }
	if !errors.As(err, &patient) {
		return 0
	}
	return int((min(patient.RetryAfter(), longestWait) + time.Second - 1) / time.Second)
}
