package remote

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// credentials are the headers with which a process may register bots: a bearer
// token, or the signature of the request with the access key. Without either
// there are none.
func (cfg Config) credentials(ctx context.Context, target string) (http.Header, error) {
	h := http.Header{}
	if cfg.Token != nil {
		token, err := cfg.Token(ctx)
		if err != nil {
			return nil, fmt.Errorf("token: %w", err)
		}
		h.Set("Authorization", "Bearer "+token)
		return h, nil
	}
	if cfg.Key == "" {
		return h, nil
	}
	u, err := url.Parse(target)
	if err != nil {
		return nil, err
	}
	key, err := base64.StdEncoding.DecodeString(cfg.Key)
	if err != nil {
		return nil, err
	}
	sign(h, u, key, time.Now())
	return h, nil
}

// sign signs a GET without a body as the REST API wants it (HMAC-SHA256 of
// method, target, date, host and body hash).
func sign(h http.Header, u *url.URL, key []byte, now time.Time) {
	empty := sha256.Sum256(nil)
	hash := base64.StdEncoding.EncodeToString(empty[:])
	date := now.UTC().Format(http.TimeFormat)
	mac := hmac.New(sha256.New, key)
	_, _ = fmt.Fprintf(mac, "GET\n%s\n%s;%s;%s", u.RequestURI(), date, u.Host, hash) // a hash takes everything
	h.Set("x-ms-date", date)
	h.Set("x-ms-content-sha256", hash)
	h.Set("Authorization", "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature="+
		base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}
