package e2e

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/botd-dev/botd"
	"github.com/botd-dev/botd/internal/openapitest"
)

// server is a botd in this process, on ports of its own choice.
type server struct {
	*botd.Server
	account
	// page is where browsers find it.
	page string
}

// serve runs a server until the test ends, and fails the test if it leaves a
// goroutine behind.
func serve(t *testing.T, opts ...botd.Option) server {
	t.Helper()
	return serveWith(t, settings(t), opts...)
}

// serveWith is serve with other settings.
func serveWith(t *testing.T, cfg botd.Config, opts ...botd.Option) server {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
	s, err := botd.Start(t.Context(), cfg, opts...)
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := s.Stop(ctx); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return server{s, connect(t, s.ConnectionString(), s.RootFile()), "http://" + s.HTTPAddr()}
}

// settings are those of a development server that is in nobody's way.
func settings(t *testing.T) botd.Config {
	cfg := botd.Default()
	cfg.Dev = true
	cfg.DataDir = t.TempDir()
	cfg.HTTPAddr, cfg.HTTPSAddr, cfg.AdminAddr = "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0"
	cfg.MediaUDPPort = 0
	cfg.DrainTimeout = time.Second
	return cfg
}

// connect makes an account from a connection string, as an SDK does, trusting
// one certificate authority.
func connect(t *testing.T, connectionString, root string) account {
	t.Helper()
	endpoint, secret, ok := strings.Cut(strings.TrimPrefix(connectionString, "endpoint="), "/;accesskey=")
	key, err := base64.StdEncoding.DecodeString(secret)
	if !ok || err != nil {
		t.Fatalf("no connection string: %q", connectionString)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusting(t, root)}, MaxIdleConnsPerHost: 64}
	t.Cleanup(transport.CloseIdleConnections)
	a := account{endpoint: endpoint, key: key, http: &http.Client{Transport: transport, Timeout: 20 * time.Second}}
	a.checked(t)
	return a
}

// checked has all that the account asks for, and every answer, compared with the
// server's description of itself.
func (a account) checked(t *testing.T) {
	t.Helper()
	checker, err := openapitest.Fetch(t.Context(), a.http.Transport, a.endpoint)
	if err != nil {
		t.Fatal(err)
	}
	a.http.Transport = checker.Transport(a.http.Transport)
	t.Cleanup(func() {
		for _, wrong := range checker.Wrong() {
			t.Error(wrong)
		}
		for _, name := range checker.Strangers() {
			t.Errorf("it is sent, and not known: %s", name)
		}
	})
}

// trusting is a pool with the authority in a PEM file.
func trusting(t *testing.T, root string) *x509.CertPool {
	t.Helper()
	pem, err := os.ReadFile(root)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		t.Fatalf("%s holds no certificate", root)
	}
	return pool
}
