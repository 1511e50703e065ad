package webhooks

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// certified makes a certificate of its own authority for a name.
func certified(t *testing.T, name string, from, until time.Time) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: from, NotAfter: until, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func TestNothingIsToldOverTLSThatIsWrong(t *testing.T) {
	for _, row := range []struct {
		name, host string
		server     func(*tls.Config)
		trusted    bool
		age        time.Duration
		reason     string
	}{
		{"of a name that is another's", "other", nil, true, 0, "certificate is valid for app, not other"},
		{"of an authority nobody knows", "app", nil, false, 0, "unknown authority"},
		{"that has expired", "app", nil, true, 48 * time.Hour, "expired"},
		{"of an old version", "app", func(c *tls.Config) { c.MaxVersion = tls.VersionTLS11 }, true, 0, "protocol version"},
	} {
		t.Run(row.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *wires) {
				certificate, pool := certified(t, "app", time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour))
				pass(row.age)
				if !row.trusted {
					pool = x509.NewCertPool()
				}
				d := w.openNew(t, func(c *Config) {
					c.HTTP.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
				})
				var told atomic.Int32
				cfg := &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS10}
				if row.server != nil {
					row.server(cfg)
				}
				s := &http.Server{
					ErrorLog: log.New(io.Discard, "", 0),
					Handler:  http.HandlerFunc(func(http.ResponseWriter, *http.Request) { told.Add(1) }),
				}
				p := w.listen(row.host + ":443")
				go func() { _ = s.Serve(tls.NewListener(sockets{p}, cfg)) }()
				defer s.Close()
				crowd(t, d, 0, 1, 1, "https://"+row.host+"/hook?secret")
				pass(5 * time.Minute)
				if told.Load() != 0 {
					t.Errorf("%d requests came through", told.Load())
				}
				conditions, err := d.Conditions(t.Context())
				if err != nil || len(conditions) == 0 {
					t.Fatalf("%v, %v", conditions, err)
				}
				c := conditions[0]
				if c.Endpoint != "https://"+row.host || c.State != endpointDown || c.Owed != 1 || c.Failures < tripped || c.NextProbe == nil {
					t.Errorf("condition %+v", c)
				}
				if !strings.Contains(c.Reason, row.reason) {
					t.Errorf("the reason is %q", c.Reason)
				}
			})
		})
	}
}

func TestTheConditionOfAnEndpointIsThatOfItsPathsToo(t *testing.T) {
	bubble(t, func(t *testing.T, w *wires) {
		d := w.openNew(t)
		app := w.application(t, "app", func(_ int, r received, rw http.ResponseWriter) {
			if r.path == "/bad" {
				rw.WriteHeader(http.StatusBadGateway)
			}
		})
		crowd(t, d, 0, 2, 2, "http://app/bad")
		crowd(t, d, 10, 2, 2, "http://app/good")
		pass(5 * time.Minute)
		app.until(t, 4)
		conditions, err := d.Conditions(t.Context())
		if err != nil || len(conditions) != 2 {
			t.Fatalf("%+v, %v", conditions, err)
		}
		host, path := conditions[0], conditions[1]
		if host.Endpoint != "http://app" || host.State != endpointUp || host.Owed != 2 {
			t.Errorf("the host: %+v", host)
		}
		if path.Endpoint != "http://app/bad" || path.State != endpointDown || path.Owed != 2 || path.Reason != "502 Bad Gateway" {
			t.Errorf("the path: %+v", path)
		}
	})
}
