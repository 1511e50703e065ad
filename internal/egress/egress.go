// Package egress is the one way out: every request that botd makes because
// somebody asked for it (a webhook, a prompt to download) is dialed here, and
// only to addresses that the whole Internet may reach.
//
// The address is checked when it is connected to, after the name has been
// resolved, so it does not matter how it was spelled or what the name meant a
// moment ago.
package egress

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

// ErrForbidden is wrapped by every refusal to talk to an address. The error
// names the address.
var ErrForbidden = errors.New("forbidden address")

// ErrURL is wrapped where a URL cannot be called at all: no host, another
// scheme than https (or http where that is allowed), or no URL.
var ErrURL = errors.New("not a URL that may be called")

const (
	defaultTimeout = 30 * time.Second
	dialTimeout    = 10 * time.Second
	lookupTimeout  = 2 * time.Second
	headerLimit    = 64 << 10
)

// Config says what may be reached beyond the public Internet.
type Config struct {
	// Allow lists CIDRs, addresses and host names that may be reached although
	// they are private. A host name allows whatever it resolves to.
	Allow []string
	// AllowLoopback allows 127.0.0.0/8 and ::1.
	AllowLoopback bool
	// AllowHTTP allows plain http beside https.
	AllowHTTP bool
	// Timeout is for a whole request with its answer; 30 s if zero.
	Timeout time.Duration
	// RootCAs are trusted for TLS; the system's if nil.
	RootCAs *x509.CertPool
	// Resolver looks names up; the system's if nil.
	Resolver *net.Resolver
}

// Guard dials and checks by one set of rules. It is safe for concurrent use.
type Guard struct {
	config Config
	hosts  map[string]bool
	rules  *ssrf.Guardian
	open   *net.Dialer // for host names that are allowed by name
	closed *net.Dialer // for everything else: checks what it connects to
}

// New makes a guard; it fails if an entry of Allow is neither an address, nor a
// CIDR, nor a host name.
func New(c Config) (*Guard, error) {
	list, err := parseAllow(c.Allow)
	if err != nil {
		return nil, err
	}
	if c.AllowLoopback {
		list.v4 = append(list.v4, netip.MustParsePrefix("127.0.0.0/8"))
		list.v6 = append(list.v6, netip.MustParsePrefix("::1/128"))
	}
	if c.Timeout <= 0 {
		c.Timeout = defaultTimeout
	}
	if c.Resolver == nil {
		c.Resolver = net.DefaultResolver
	}
	g := &Guard{config: c, hosts: list.hosts, rules: ssrf.New(
		ssrf.WithAnyPort(),
		ssrf.WithAllowedV4Prefixes(list.v4...),
		ssrf.WithAllowedV6Prefixes(list.v6...),
	)}
	g.open = &net.Dialer{Timeout: dialTimeout, Resolver: c.Resolver}
	g.closed = &net.Dialer{Timeout: dialTimeout, Resolver: c.Resolver, ControlContext: g.control}
	return g, nil
}

// DialContext connects over TCP to address, a "host:port", if the host's
// address may be reached. Where a name has several addresses, only those that
// may be are tried.
func (g *Guard) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", address, err)
	}
	if g.hosts[canonicalHost(host)] {
		return g.open.DialContext(ctx, network, address)
	}
	return g.closed.DialContext(ctx, network, address)
}

// control sees the address that a socket is about to be connected to.
func (g *Guard) control(_ context.Context, network, address string, _ syscall.RawConn) error {
	if !strings.HasPrefix(network, "tcp") {
		return fmt.Errorf("%w: %s over %s", ErrForbidden, address, network)
	}
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %q is not an address", ErrForbidden, address)
	}
	return g.CheckAddr(at.Addr())
}

// CheckAddr refuses addresses that may not be reached, whatever form they take.
func (g *Guard) CheckAddr(a netip.Addr) error {
	// ::ffff:127.0.0.1 is 127.0.0.1, and fe80::1%eth0 is fe80::1: a zone would
	// make every prefix miss.
	if err := g.rules.SafeAddr(a.Unmap().WithZone("")); err != nil {
		return fmt.Errorf("%w: %s", ErrForbidden, a)
	}
	return nil
}

// Client makes an HTTP client that goes out by this guard: no proxy from the
// environment, TLS 1.2 or later, no redirects (the 3xx is the answer). Whoever
// follows redirects does so on a copy; every hop is checked like the first.
func (g *Guard) Client() *http.Client {
	return &http.Client{
		Transport:     &roundTripper{guard: g, next: g.transport()},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       g.config.Timeout,
	}
}

func (g *Guard) transport() *http.Transport {
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            g.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: g.config.RootCAs},
		TLSHandshakeTimeout:    dialTimeout,
		MaxIdleConns:           256,
		MaxIdleConnsPerHost:    16,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: headerLimit,
		ForceAttemptHTTP2:      true,
	}
}

// roundTripper checks the scheme of every request, also of those that follow a
// redirect.
type roundTripper struct {
	guard *Guard
	next  *http.Transport
}

// RoundTrip fits http.RoundTripper.
func (t *roundTripper) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := t.guard.checkScheme(r.URL.Scheme); err != nil {
		if r.Body != nil {
			_ = r.Body.Close() // http.RoundTripper closes it whatever happens
		}
		return nil, err
	}
	return t.next.RoundTrip(r)
}

// CloseIdleConnections is called by http.Client.CloseIdleConnections.
func (t *roundTripper) CloseIdleConnections() { t.next.CloseIdleConnections() }
