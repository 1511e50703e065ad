package botd

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

func TestHandshakesThatFailDoNotFillTheLog(t *testing.T) {
	core, logged := observer.New(zap.InfoLevel)
	web := httptest.NewUnstartedServer(http.NotFoundHandler())
	web.Config = newHTTPServer(context.Background(), http.NotFoundHandler(), zap.New(core))
	web.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	web.StartTLS()
	defer web.Close()
	for range 100 {
		conn, err := net.DialTimeout("tcp", web.Listener.Addr().String(), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprint(conn, "this is no handshake\r\n\r\n"); err != nil {
			t.Error(err)
		}
		_, _ = io.Copy(io.Discard, conn) // until the server has had enough
		_ = conn.Close()
	}
	if n := logged.Len(); n != 20 {
		t.Errorf("%d lines were logged", n)
	}
	web.Config.ErrorLog.Print("http: panic serving: it is our fault")
	if n := logged.FilterField(zap.ByteString("complaint", []byte("http: panic serving: it is our fault"))).Len(); n != 1 {
		t.Errorf("a panic is logged %d times", n)
	}
}
