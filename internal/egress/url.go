package egress

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// CheckURL refuses a URL early that could never be called: ErrURL if it is
// none or has another scheme, ErrForbidden if its host is, or resolves to, an
// address that may not be reached. A name that does not resolve just now passes,
// because it may later; the dialer decides then.
func (g *Guard) CheckURL(ctx context.Context, raw string) error {
	u, err := url.Parse(raw)
	if err != nil {
		return fmt.Errorf("%w: it does not parse", ErrURL)
	}
	if err := g.checkScheme(u.Scheme); err != nil {
		return err
	}
	return g.checkHost(ctx, u.Hostname())
}

func (g *Guard) checkScheme(scheme string) error {
	switch strings.ToLower(scheme) {
	case "https":
		return nil
	case "http":
		if g.config.AllowHTTP {
			return nil
		}
	}
	return fmt.Errorf("%w: scheme %q, want %s", ErrURL, scheme, g.schemes())
}

func (g *Guard) schemes() string {
	if g.config.AllowHTTP {
		return "https or http"
	}
	return "https"
}

func (g *Guard) checkHost(ctx context.Context, host string) error {
	name := canonicalHost(host)
	if name == "" {
		return fmt.Errorf("%w: it has no host", ErrURL)
	}
	if g.hosts[name] {
		return nil
	}
	if a, err := netip.ParseAddr(name); err == nil {
		return g.CheckAddr(a)
	}
	if looksNumeric(name) {
		return fmt.Errorf("%w: %s", ErrForbidden, host)
	}
	return g.checkName(ctx, name)
}

func (g *Guard) checkName(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
	defer cancel()
	addrs, err := g.config.Resolver.LookupNetIP(ctx, "ip", name)
	if err != nil {
		return nil // the dialer will refuse it, if it still does not resolve then
	}
	for _, a := range addrs {
		if err := g.CheckAddr(a); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
