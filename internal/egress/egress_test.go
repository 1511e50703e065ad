package egress

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
)

// forms are ways to spell an address, and whether the Internet may be meant.
var forms = []struct {
	name string
	url  string
	want error
}{
	{"a public address", "https://93.184.215.14/cb", nil},
	{"a public address with a port", "https://93.184.215.14:8443/cb", nil},
	{"a public IPv6 address", "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/", nil},
	{"loopback", "https://127.0.0.1/", ErrForbidden},
	{"all of loopback", "https://127.255.255.254/", ErrForbidden},
	{"loopback in IPv6", "https://[::1]/", ErrForbidden},
	{"loopback mapped into IPv6", "https://[::ffff:127.0.0.1]/", ErrForbidden},
	{"loopback mapped, in hex", "https://[::ffff:7f00:1]/", ErrForbidden},
	{"loopback in a compatible address", "https://[::127.0.0.1]/", ErrForbidden},
	{"this host", "https://0.0.0.0/", ErrForbidden},
	{"this host in IPv6", "https://[::]/", ErrForbidden},
	{"loopback in decimal", "https://2130706433/", ErrForbidden},
	{"loopback in octal", "https://0177.0.0.1/", ErrForbidden},
	{"loopback in hex", "https://0x7f000001/", ErrForbidden},
	{"loopback in dotted hex", "https://0x7f.0.0.0x1/", ErrForbidden},
	{"loopback shortened", "https://127.1/", ErrForbidden},
	{"loopback with a trailing dot", "https://127.0.0.1./", ErrForbidden},
	{"loopback behind user information", "https://example.com@127.0.0.1/", ErrForbidden},
	{"loopback behind a password", "https://example.com:443@127.0.0.1/", ErrForbidden},
	{"loopback in a name", "https://LOCALHOST/", ErrForbidden},
	{"loopback in a name with a dot", "https://localhost./", ErrForbidden},
	{"ten", "https://10.1.2.3/", ErrForbidden},
	{"the middle of 172", "https://172.31.255.255/", ErrForbidden},
	{"just outside 172.16/12", "https://172.32.0.1/", nil},
	{"192.168", "https://192.168.1.1/", ErrForbidden},
	{"carrier NAT", "https://100.64.0.1/", ErrForbidden},
	{"cloud metadata", "https://169.254.169.254/latest/meta-data/", ErrForbidden},
	{"cloud metadata mapped", "https://[::ffff:169.254.169.254]/", ErrForbidden},
	{"cloud metadata in IPv6", "https://[fd00:ec2::254]/", ErrForbidden},
	{"link local", "https://[fe80::1]/", ErrForbidden},
	{"link local with a zone", "https://[fe80::1%25lo]/", ErrForbidden},
	{"loopback with a zone", "https://[::1%25lo]/", ErrForbidden},
	{"NAT64", "https://[64:ff9b::7f00:1]/", ErrForbidden},
	{"6to4", "https://[2002:7f00:1::]/", ErrForbidden},
	{"Teredo", "https://[2001:0:7f00:1::]/", ErrForbidden},
	{"NAT64 of metadata, in hex", "https://[64:ff9b::a9fe:a9fe]/", ErrForbidden},
	{"local NAT64", "https://[64:ff9b:1::7f00:1]/", ErrForbidden},
	{"6to4 of metadata", "https://[2002:a9fe:a9fe::1]/", ErrForbidden},
	{"a unique local address", "https://[fc00::1]/", ErrForbidden},
	{"site local", "https://[fec0::1]/", ErrForbidden},
	{"documentation in IPv6", "https://[2001:db8::1]/", ErrForbidden},
	{"documentation", "https://192.0.2.1/", ErrForbidden},
	{"protocol assignments", "https://192.0.0.1/", ErrForbidden},
	{"another address of this host", "https://0.1.2.3/", ErrForbidden},
	{"this host, shortened", "https://0/", ErrForbidden},
	{"the future", "https://240.0.0.1/", ErrForbidden},
	{"metadata of another cloud", "https://100.100.100.200/", ErrForbidden},
	{"metadata of a third", "https://192.0.0.192/", ErrForbidden},
	{"metadata in decimal", "https://2852039166/", ErrForbidden},
	{"metadata in octal", "https://0251.0376.0251.0376/", ErrForbidden},
	{"metadata in dotted hex", "https://0xa9.0xfe.0xa9.0xfe/", ErrForbidden},
	{"metadata in parts of two bases", "https://169.0xfea9fe/", ErrForbidden},
	{"metadata mapped, in hex", "https://[::ffff:a9fe:a9fe]/", ErrForbidden},
	{"loopback mapped, with a zone", "https://[::ffff:127.0.0.1%25lo]/", ErrForbidden},
	{"loopback of full length", "https://[0:0:0:0:0:0:0:1]/", ErrForbidden},
	{"link local behind user information", "https://user:pass@[fe80::1]/", ErrForbidden},
	{"loopback with a port", "https://127.0.0.1:8080/", ErrForbidden},
	{"loopback in escaped digits", "https://%31%32%37.0.0.1/", ErrURL},
	{"a socket of the file system", "unix:///var/run/docker.sock", ErrURL},
	{"data", "data:text/plain,x", ErrURL},
	{"ftp", "ftp://93.184.215.14/", ErrURL},
	{"multicast", "https://224.0.0.1/", ErrForbidden},
	{"multicast in IPv6", "https://[ff02::1]/", ErrForbidden},
	{"broadcast", "https://255.255.255.255/", ErrForbidden},
	{"benchmarking", "https://198.18.0.1/", ErrForbidden},
	{"plain http", "http://93.184.215.14/", ErrURL},
	{"a file", "file:///etc/passwd", ErrURL},
	{"gopher", "gopher://93.184.215.14/", ErrURL},
	{"no host", "https:///cb", ErrURL},
	{"no scheme", "//93.184.215.14/", ErrURL},
	{"no URL", "https://[::1", ErrURL},
	{"a backslash before the at sign", `https://example.com\@127.0.0.1/`, ErrURL},
	{"a line break", "https://93.184.215.14\r\nX: y/", ErrURL},
	{"nothing", "", ErrURL},
}

func TestEveryFormOfAnAddressIsSeenThrough(t *testing.T) {
	g := guard(t, Config{})
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			if err := g.CheckURL(t.Context(), f.url); !errors.Is(err, f.want) {
				t.Errorf("CheckURL(%q) = %v, want %v", f.url, err, f.want)
			}
		})
	}
}

// The dialer must refuse by itself what the early check refuses: the name may
// have meant something else when it was checked.
func TestNothingForbiddenIsDialed(t *testing.T) {
	g := guard(t, Config{AllowHTTP: true})
	for _, f := range forms {
		if !errors.Is(f.want, ErrForbidden) {
			continue
		}
		if _, err := status(t, g.Client(), f.url); err == nil {
			t.Errorf("%s: %s was dialed", f.name, f.url)
		}
	}
}

func TestAForbiddenAddressIsNamed(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	_, err := status(t, guard(t, Config{AllowHTTP: true}).Client(), server.URL)
	if !errors.Is(err, ErrForbidden) || !strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("got %v, want ErrForbidden naming 127.0.0.1", err)
	}
}

func TestAnAllowedAddressIsReached(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	named := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	for _, c := range []struct {
		name   string
		config Config
		url    string
	}{
		{"by the loopback switch", Config{AllowLoopback: true}, server.URL},
		{"by CIDR", Config{Allow: []string{"127.0.0.0/8"}}, server.URL},
		{"by address", Config{Allow: []string{"127.0.0.1"}}, server.URL},
		{"by mapped address", Config{Allow: []string{"::ffff:127.0.0.1"}}, server.URL},
		{"by name", Config{Allow: []string{"LocalHost"}}, named},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.config.AllowHTTP = true
			g := guard(t, c.config)
			if err := g.CheckURL(t.Context(), c.url); err != nil {
				t.Fatalf("CheckURL: %v", err)
			}
			if _, err := status(t, g.Client(), c.url); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestAllowingANameDoesNotAllowItsAddress(t *testing.T) {
	g := guard(t, Config{Allow: []string{"localhost"}})
	if err := g.CheckURL(t.Context(), "https://127.0.0.1/"); !errors.Is(err, ErrForbidden) {
		t.Errorf("got %v, want ErrForbidden", err)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	var visits atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		visits.Add(1)
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	}))
	defer server.Close()
	code, err := status(t, guard(t, Config{AllowHTTP: true, AllowLoopback: true}).Client(), server.URL)
	if err != nil {
		t.Fatal(err)
	}
	if code != http.StatusFound || visits.Load() != 1 {
		t.Errorf("status %d after %d visits, want 302 after 1", code, visits.Load())
	}
}

func TestAFollowedRedirectIsCheckedLikeTheFirstHop(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://127.0.0.1/", http.StatusFound)
	}))
	defer server.Close()
	roots := server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	client := guard(t, Config{AllowLoopback: true, RootCAs: roots}).Client()
	client.CheckRedirect = nil
	if _, err := status(t, client, server.URL); !errors.Is(err, ErrURL) {
		t.Errorf("got %v, want ErrURL for plain http", err)
	}
}

func TestTheEnvironmentsProxyIsNotUsed(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the proxy was asked")
	}))
	defer proxy.Close()
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("http_proxy", proxy.URL)
	client := guard(t, Config{AllowHTTP: true, AllowLoopback: true}).Client()
	if _, err := status(t, client, "http://10.0.0.1/"); !errors.Is(err, ErrForbidden) {
		t.Errorf("got %v, want ErrForbidden", err)
	}
}

func TestANameThatTurnsPrivateIsNotDialed(t *testing.T) {
	names := newNames(t, "93.184.215.14")
	g := guard(t, Config{AllowHTTP: true, Resolver: names.resolver()})
	if err := g.CheckURL(t.Context(), "http://rebind.test/"); err != nil {
		t.Fatalf("while public: %v", err)
	}
	names.answer.Store(new(netip.MustParseAddr("127.0.0.1")))
	if err := g.CheckURL(t.Context(), "http://rebind.test/"); !errors.Is(err, ErrForbidden) {
		t.Errorf("CheckURL: %v, want ErrForbidden", err)
	}
	if _, err := status(t, g.Client(), "http://rebind.test/"); !errors.Is(err, ErrForbidden) {
		t.Errorf("dialing: %v, want ErrForbidden", err)
	}
}

func TestANameThatDoesNotResolveIsLeftToTheDialer(t *testing.T) {
	broken := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("no network")
	}}
	g := guard(t, Config{Resolver: broken})
	if err := g.CheckURL(t.Context(), "https://nowhere.test/"); err != nil {
		t.Errorf("CheckURL: %v, want nil", err)
	}
	if _, err := status(t, g.Client(), "https://nowhere.test/"); err == nil {
		t.Error("a name that means nothing was dialed")
	}
}

func TestABadAllowListIsRefused(t *testing.T) {
	for _, entry := range []string{"", "10.0.0.0/33", "not a host", "0x7f.1", "12345", "fe80::1%lo"} {
		if err := CheckAllow(entry); err == nil {
			t.Errorf("%q was accepted", entry)
		}
	}
}

func FuzzNoURLGetsLoopbackPastTheCheck(f *testing.F) {
	for _, form := range forms {
		f.Add(form.url)
	}
	g := guard(f, Config{AllowHTTP: true, Resolver: &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("no network")
	}}})
	f.Fuzz(func(t *testing.T, raw string) {
		if g.CheckURL(t.Context(), raw) != nil {
			return
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, raw, nil)
		if err != nil {
			return
		}
		if a, err := netip.ParseAddr(r.URL.Hostname()); err == nil && (a.Unmap().IsLoopback() || a.Unmap().IsPrivate()) {
			t.Errorf("%q passes and goes to %s", raw, a)
		}
	})
}

func guard(t testing.TB, c Config) *Guard {
	t.Helper()
	g, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// status asks for a page and lets go of what is in it.
func status(t *testing.T, c *http.Client, url string) (int, error) {
	t.Helper()
	t.Cleanup(c.CloseIdleConnections)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	resp, err := c.Do(r)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

// names is a name server that gives every name the same IPv4 address.
type names struct {
	conn   net.PacketConn
	answer atomic.Pointer[netip.Addr]
}

func newNames(t *testing.T, first string) *names {
	t.Helper()
	conn, err := new(net.ListenConfig).ListenPacket(t.Context(), "udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &names{conn: conn}
	n.answer.Store(new(netip.MustParseAddr(first)))
	done := make(chan struct{})
	go func() {
		defer close(done)
		n.serve()
	}()
	t.Cleanup(func() {
		_ = conn.Close()
		<-done
	})
	return n
}

func (n *names) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp4", n.conn.LocalAddr().String())
	}}
}

func (n *names) serve() {
	buf := make([]byte, 512)
	for {
		size, from, err := n.conn.ReadFrom(buf)
		if err != nil {
			return
		}
		_, _ = n.conn.WriteTo(n.reply(buf[:size]), from)
	}
}

// reply answers a question of type A (RFC 1035, section 4.1); others get an
// empty answer.
func (n *names) reply(query []byte) []byte {
	end := 12
	for query[end] != 0 {
		end += int(query[end]) + 1
	}
	question := query[12 : end+5]
	reply := append([]byte{query[0], query[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, question...)
	if binary.BigEndian.Uint16(query[end+1:]) != 1 {
		return reply
	}
	reply[7] = 1
	address := n.answer.Load().As4()
	reply = append(reply, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
	return append(reply, address[:]...)
}
