package webhooks

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// ErrURL means that something is not an address that can be posted to.
var ErrURL = errors.New("not an http or https URL")

// target is an address, kept as it was given.
type target struct {
	scheme, host string
	// path begins with "/" and is sent as it is; so is the query.
	path, query string
	hasQuery    bool
}

// parseTarget takes an address apart without changing a byte of its path and
// query: applications put secrets there and compare them as text.
func parseTarget(raw string) (target, error) {
	scheme, rest, ok := strings.Cut(raw, "://")
	scheme = strings.ToLower(scheme)
	if !ok || scheme != "http" && scheme != "https" {
		return target{}, ErrURL
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	authority, err := url.Parse(scheme + "://" + rest[:end])
	if err != nil || authority.Hostname() == "" || authority.User != nil {
		return target{}, fmt.Errorf("%w: host", ErrURL)
	}
	rest, _, _ = strings.Cut(rest[end:], "#")
	if strings.ContainsFunc(rest, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return target{}, fmt.Errorf("%w: space or control character", ErrURL)
	}
	t := target{scheme: scheme, host: authority.Host}
	t.path, t.query, t.hasQuery = strings.Cut(rest, "?")
	if t.path == "" {
		t.path = "/"
	}
	return t, nil
}

// url is the address as a request carries it: an opaque path, which net/http
// sends untouched in the request line and in HTTP/2's :path.
//
// A path that begins with "//" would be taken for a host there. It is sent as a
// path if net/http writes it as it was given, and else in absolute form, host
// included (RFC 9112, section 3.2.2).
func (t target) url() *url.URL {
	u := &url.URL{Scheme: t.scheme, Host: t.host, Opaque: t.path, RawQuery: t.query, ForceQuery: t.hasQuery && t.query == ""}
	if !strings.HasPrefix(t.path, "//") {
		return u
	}
	u.Opaque = ""
	if path, err := url.PathUnescape(t.path); err == nil {
		if u.Path, u.RawPath = path, t.path; u.EscapedPath() == t.path {
			return u
		}
	}
	u.Path, u.RawPath, u.Opaque = "", "", "//"+t.host+t.path
	return u
}

// origin names the endpoint that slots and back-off belong to.
func (t target) origin() string { return t.scheme + "://" + strings.ToLower(t.host) }
