package localca

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestWhoeverTrustsTheRootTrustsTheServer(t *testing.T) {
	dir := t.TempDir()
	s := open(t, Config{Dir: dir, Hosts: []string{"bots.example.org", "192.0.2.7"}})
	roots, err := s.Roots()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"localhost", "127.0.0.1", "::1", "bots.example.org", "192.0.2.7"} {
		if err := handshake(t, s.Config(), &tls.Config{RootCAs: roots, ServerName: name}); err != nil {
			t.Errorf("as %s: %v", name, err)
		}
	}
	if err := handshake(t, s.Config(), &tls.Config{RootCAs: roots, ServerName: "example.com"}); err == nil {
		t.Error("it is trusted as example.com")
	}
}

func TestWhoeverDoesNotTrustTheRootIsNotFooled(t *testing.T) {
	s := open(t, Config{Dir: t.TempDir()})
	if err := handshake(t, s.Config(), &tls.Config{RootCAs: x509.NewCertPool(), ServerName: "localhost"}); err == nil {
		t.Error("the handshake went through")
	}
}

func TestOldTLSIsRefused(t *testing.T) {
	s := open(t, Config{Dir: t.TempDir()})
	roots, err := s.Roots()
	if err != nil {
		t.Fatal(err)
	}
	old := &tls.Config{RootCAs: roots, ServerName: "localhost", MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	if err := handshake(t, s.Config(), old); err == nil {
		t.Error("TLS 1.1 was spoken")
	}
}

func TestTheRootIsMadeOnceAndItsKeyIsPrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tls")
	first := read(t, open(t, Config{Dir: dir}).RootFile())
	second := read(t, open(t, Config{Dir: dir}).RootFile())
	if !bytes.Equal(first, second) {
		t.Error("the second start made another authority")
	}
	info, err := os.Stat(filepath.Join(dir, keyFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key: %v, %v, want mode 600", info, err)
	}
}

func TestARootNearItsEndIsReplaced(t *testing.T) {
	dir := t.TempDir()
	first := read(t, open(t, Config{Dir: dir}).RootFile())
	later := func() time.Time { return time.Now().Add(rootLife - leafLife + time.Hour) }
	if second := read(t, open(t, Config{Dir: dir, Now: later}).RootFile()); bytes.Equal(first, second) {
		t.Error("a leaf would outlive its authority")
	}
}

func TestALeafNearItsEndIsRenewedWhileServing(t *testing.T) {
	now := time.Now()
	s := open(t, Config{Dir: t.TempDir(), Now: func() time.Time { return now }})
	first := shown(t, s)
	now = now.Add(leafLife - renewBefore - time.Hour)
	if !bytes.Equal(first, shown(t, s)) {
		t.Error("it was renewed too early")
	}
	now = now.Add(2 * time.Hour)
	if bytes.Equal(first, shown(t, s)) {
		t.Error("it was not renewed")
	}
}

func TestACertificateWithoutItsKeyIsAnErrorThatHelps(t *testing.T) {
	dir := t.TempDir()
	open(t, Config{Dir: dir})
	if err := os.Remove(filepath.Join(dir, keyFile)); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Config{Dir: dir}); err == nil {
		t.Error("it was opened")
	}
}

func TestAGivenCertificateIsUsedAndFollowed(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	now := time.Now()
	writePair(t, cert, key, now)
	s := open(t, Config{CertFile: cert, KeyFile: key, Now: func() time.Time { return now }})
	first := shown(t, s)
	if s.RootFile() != "" {
		t.Errorf("it has a root, %s", s.RootFile())
	}
	writePair(t, cert, key, now.Add(time.Hour))
	if !bytes.Equal(first, shown(t, s)) {
		t.Error("the files are looked at for every handshake")
	}
	now = now.Add(lookEvery)
	if bytes.Equal(first, shown(t, s)) {
		t.Error("the new certificate was not taken")
	}
}

func TestHalfARenewalKeepsTheOldCertificate(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	now := time.Now()
	writePair(t, cert, key, now)
	s := open(t, Config{CertFile: cert, KeyFile: key, Now: func() time.Time { return now }})
	first := shown(t, s)
	writePair(t, cert, filepath.Join(dir, "other.pem"), now.Add(time.Hour))
	now = now.Add(lookEvery)
	if !bytes.Equal(first, shown(t, s)) {
		t.Error("a certificate with another's key was taken")
	}
}

func TestAGivenCertificateThatIsNotThereIsRefused(t *testing.T) {
	if _, err := Open(Config{CertFile: "nowhere.pem", KeyFile: "nowhere-key.pem"}); err == nil {
		t.Error("it was opened")
	}
}

func open(t *testing.T, c Config) *TLS {
	t.Helper()
	s, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func shown(t *testing.T, s *TLS) []byte {
	t.Helper()
	c, err := s.Config().GetCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	return c.Certificate[0]
}

// handshake lets a client and a server talk over loopback.
func handshake(t *testing.T, server, client *tls.Config) error {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", server)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c, err := l.Accept()
		if err != nil {
			return
		}
		_ = c.(*tls.Conn).HandshakeContext(t.Context())
		_ = c.Close()
	}()
	defer func() {
		_ = l.Close()
		<-done
	}()
	c, err := (&tls.Dialer{Config: client}).DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		return err
	}
	return c.Close()
}

func writePair(t *testing.T, cert, key string, changed time.Time) {
	t.Helper()
	ca, err := makeAuthority(changed)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := ca.issue(nil, changed)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		cert: {Type: "CERTIFICATE", Bytes: pair.Certificate[0]},
		key:  {Type: "PRIVATE KEY", Bytes: der},
	} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, changed, changed); err != nil {
			t.Fatal(err)
		}
	}
}
