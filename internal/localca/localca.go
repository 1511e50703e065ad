// Package localca has the certificate that botd shows: the operator's own, or
// one from a certificate authority that botd made for itself and keeps in the
// data directory, for whoever tries it on their own machine.
package localca

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

const (
	rootFile = "ca.pem"
	keyFile  = "ca-key.pem"

	rootLife = 10 * 365 * 24 * time.Hour
	leafLife = 90 * 24 * time.Hour
	// renewBefore is how long before its end a leaf is replaced.
	renewBefore = 30 * 24 * time.Hour
	// lookEvery is how often given files are looked at for a new certificate.
	lookEvery = time.Minute
)

// Config says where the certificate comes from.
type Config struct {
	// Dir keeps the local authority: ca.pem, which clients must trust, and its
	// key. Not touched if a certificate is given.
	Dir string
	// Hosts are names and addresses the certificate is for, beyond localhost,
	// 127.0.0.1 and ::1.
	Hosts []string
	// CertFile and KeyFile are PEM files of a certificate to use instead. They
	// are read again when they change.
	CertFile, KeyFile string
	// Now is the wall clock; time.Now if nil.
	Now func() time.Time
}

// TLS is what a listener needs, and what a client has to trust.
type TLS struct {
	source certSource
	root   string
}

// certSource gives the certificate to show now.
type certSource interface {
	certificate() (*tls.Certificate, error)
}

// Open reads the given certificate, or else the local authority, which it
// makes the first time.
func Open(c Config) (*TLS, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.CertFile != "" || c.KeyFile != "" {
		f := &files{cert: c.CertFile, key: c.KeyFile, now: c.Now}
		_, err := f.certificate()
		return &TLS{source: f}, err
	}
	ca, err := openAuthority(c.Dir, c.Now())
	if err != nil {
		return nil, fmt.Errorf("local certificate authority: %w", err)
	}
	l := &leaf{authority: ca, hosts: c.Hosts, now: c.Now}
	_, err = l.certificate()
	return &TLS{source: l, root: filepath.Join(c.Dir, rootFile)}, err
}

// Config is for a listener. It speaks TLS 1.2 or later and renews the
// certificate by itself.
func (t *TLS) Config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return t.source.certificate()
		},
		NextProtos: []string{"h2", "http/1.1"},
	}
}

// RootFile is the path of the certificate that clients must trust; empty if
// the certificate is the operator's own.
func (t *TLS) RootFile() string { return t.root }

// Roots are what a client inside this process trusts: the system's
// authorities, and the local one if there is one.
func (t *TLS) Roots() (*x509.CertPool, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool() // a machine without any: ours is enough
	}
	if t.root == "" {
		return pool, nil
	}
	b, err := os.ReadFile(t.root)
	if err != nil {
		return nil, fmt.Errorf("local certificate authority: %w", err)
	}
	pool.AppendCertsFromPEM(b)
	return pool, nil
}
