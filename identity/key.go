package identity

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// keyBits is the size of a signing key. Smaller ones are not accepted.
const keyBits = 2048

// Key signs tokens, with RS256.
type Key struct {
	id      string
	private *rsa.PrivateKey
}

// NewKey makes a key.
func NewKey() (*Key, error) {
	private, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, fmt.Errorf("token key: %w", err)
	}
	return keyOf(private), nil
}

// keyOf names a key after its public part, so that it has the same "kid" in
// every process.
func keyOf(private *rsa.PrivateKey) *Key {
	sum := sha256.Sum256(x509.MarshalPKCS1PublicKey(&private.PublicKey))
	return &Key{base64.RawURLEncoding.EncodeToString(sum[:16]), private}
}

// LoadKey reads the key from a file, PEM with PKCS #8, which it makes with mode
// 0600 if it is not there.
func LoadKey(path string) (*Key, error) {
	data, err := os.ReadFile(path) //nolint:gosec // the data directory's
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("token key: %w", err)
	}
	return parseKey(path, data)
}

func parseKey(path string, data []byte) (*Key, error) {
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, fmt.Errorf("token key: %s is not PEM", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("token key: %s: %w", path, err)
	}
	private, ok := parsed.(*rsa.PrivateKey)
	if !ok || private.N.BitLen() < keyBits {
		return nil, fmt.Errorf("token key: %s is no RSA key of %d bits or more", path, keyBits)
	}
	return keyOf(private), nil
}

func makeKey(path string) (*Key, error) {
	key, err := NewKey()
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key.private)
	if err != nil {
		return nil, fmt.Errorf("token key: %w", err)
	}
	if err := writeOnce(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})); err != nil {
		return nil, fmt.Errorf("token key: %w", err)
	}
	return key, nil
}

// writeOnce writes a file that is either not there or whole.
func writeOnce(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".key-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // gone after the rename
	_, err = f.Write(data)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
