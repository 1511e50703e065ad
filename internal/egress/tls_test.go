package egress

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

func TestOnlyTLSOfTodayWithTheRightNameIsSpoken(t *testing.T) {
	for _, row := range []struct {
		name    string
		newest  uint16
		host    string // instead of the address that is in the certificate
		trusted bool
		reason  string // none if it is spoken
	}{
		{"version 1.3", tls.VersionTLS13, "", true, ""},
		{"version 1.2", tls.VersionTLS12, "", true, ""},
		{"version 1.1", tls.VersionTLS11, "", true, "protocol version"},
		{"version 1.0", tls.VersionTLS10, "", true, "protocol version"},
		{"a name that is not in the certificate", tls.VersionTLS13, "localhost", true, "not localhost"},
		{"an authority nobody knows", tls.VersionTLS13, "", false, "unknown authority"},
	} {
		t.Run(row.name, func(t *testing.T) {
			var came atomic.Int32
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { came.Add(1) }))
			server.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: row.newest}
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.StartTLS()
			defer server.Close()
			roots := x509.NewCertPool()
			if row.trusted {
				roots.AddCert(server.Certificate())
			}
			url := server.URL
			if row.host != "" {
				url = strings.Replace(url, "127.0.0.1", row.host, 1)
			}
			_, err := status(t, guard(t, Config{AllowLoopback: true, RootCAs: roots}).Client(), url)
			if row.reason == "" {
				if err != nil || came.Load() != 1 {
					t.Errorf("%d requests came, %v", came.Load(), err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), row.reason) || came.Load() != 0 {
				t.Errorf("%d requests came, %v", came.Load(), err)
			}
		})
	}
}
