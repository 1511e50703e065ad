package rest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/sync/singleflight"
)

// The keys of an issuer are asked for again when a token names one that is not
// known, but not more often than refetch, and always after stale.
const (
	refetch    = time.Minute
	retry      = 5 * time.Second // after a failure
	stale      = 24 * time.Hour
	fetchLimit = 5 * time.Second
)

// keyring holds the keys of an issuer.
type keyring struct {
	cfg    BearerConfig
	flight singleflight.Group

	mu      sync.Mutex
	keys    jose.JSONWebKeySet
	due     time.Time // when a key that is not known may be asked for
	old     time.Time // when all are asked for again
	failure error     // of the last fetch
}

func newKeyring(cfg BearerConfig) *keyring {
	k := &keyring{cfg: cfg}
	if cfg.Keys != nil {
		k.keys = *cfg.Keys
	}
	return k
}

// find returns the keys of that id, fetching them if it must.
func (k *keyring) find(ctx context.Context, kid string, now time.Time) ([]jose.JSONWebKey, error) {
	found, must, err := k.look(kid, now)
	if must {
		_, _, _ = k.flight.Do("", func() (any, error) { k.refresh(ctx, now); return nil, nil })
		found, _, err = k.look(kid, now)
	}
	if len(found) == 0 && err != nil {
		return nil, fmt.Errorf("%w: %w", errStore, err)
	}
	return found, nil
}

// look says what is known, whether to fetch, and how the last fetch failed.
func (k *keyring) look(kid string, now time.Time) (found []jose.JSONWebKey, must bool, failure error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	found = k.keys.Key(kid)
	must = k.cfg.Keys == nil && !now.Before(k.due) && (len(found) == 0 || !now.Before(k.old))
	return found, must, k.failure
}

// refresh fetches the keys. Those who wait for the same fetch share it, so it
// does not end with the request that began it.
func (k *keyring) refresh(ctx context.Context, now time.Time) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchLimit)
	defer cancel()
	keys, err := k.fetch(ctx)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.failure = err; err != nil {
		k.due = now.Add(retry)
		return
	}
	k.keys, k.due, k.old = keys, now.Add(refetch), now.Add(stale)
}

func (k *keyring) fetch(ctx context.Context) (jose.JSONWebKeySet, error) {
	var keys jose.JSONWebKeySet
	from := k.cfg.KeysURL
	if from == "" {
		var discovery struct {
			Issuer  string `json:"issuer"`
			KeysURI string `json:"jwks_uri"`
		}
		// OpenID Connect Discovery 1.0, section 4.
		if err := k.get(ctx, strings.TrimSuffix(k.cfg.Issuer, "/")+"/.well-known/openid-configuration", &discovery); err != nil {
			return keys, err
		}
		if discovery.Issuer != k.cfg.Issuer {
			return keys, fmt.Errorf("the discovery document is that of %q", discovery.Issuer)
		}
		from = discovery.KeysURI
	}
	err := k.get(ctx, from, &keys)
	return keys, err
}

func (k *keyring) get(ctx context.Context, from string, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
	if err != nil {
		return fmt.Errorf("fetch %s: %w", from, err)
	}
	resp, err := k.cfg.HTTP.Do(r)
	if err != nil {
		return fmt.Errorf("fetch %s: %w", from, err)
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end or given up
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("fetch %s: %s", from, resp.Status)
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxBody)).Decode(into); err != nil {
		return fmt.Errorf("fetch %s: %w", from, err)
	}
	return nil
}
