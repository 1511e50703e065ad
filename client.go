package botd

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/botd-dev/botd/automation/rest"
	"github.com/botd-dev/botd/internal/datadir"
	"github.com/botd-dev/botd/internal/localca"
)

// accessKeyFile is where the data directory keeps the primary access key.
const accessKeyFile = "access-key"

// client asks the running server over REST, signed with its own key: commands
// never look into the files of a server that runs.
type client struct {
	base string
	key  []byte
	http *http.Client
}

// newClient finds the server by its configuration, and its key.
func newClient(c Config) (*client, error) {
	found, err := findServer(c)
	if err != nil {
		return nil, err
	}
	found.key, err = readKey(c)
	return found, err
}

func readKey(c Config) ([]byte, error) {
	text := c.AccessKey
	if text == "" {
		var err error
		if text, err = datadir.ReadSecret(c.DataDir, accessKeyFile); errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("no access key in %s: has a server run with this data-dir?", c.DataDir)
		} else if err != nil {
			return nil, err
		}
	}
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("access key: %w", err)
	}
	return key, nil
}

// findServer prefers plain HTTP, which needs no trust.
func findServer(c Config) (*client, error) {
	if c.HTTPAddr != "" {
		return &client{base: "http://" + dialable(c.HTTPAddr), http: &http.Client{}}, nil
	}
	ca, err := localca.Open(localca.Config{
		Dir: filepath.Join(c.DataDir, "tls"), CertFile: c.TLSCert, KeyFile: c.TLSKey,
	})
	if err != nil {
		return nil, err
	}
	roots, err := ca.Roots()
	if err != nil {
		return nil, err
	}
	base := c.PublicURL
	if base == "" {
		base = "https://" + dialable(c.HTTPSAddr)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}}
	return &client{base: base, http: &http.Client{Transport: transport}}, nil
}

// dialable makes an address to listen on one to connect to.
func dialable(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip := net.ParseIP(host); host == "" || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// do sends one signed request. An answer that is no success is an error with
// the server's own words.
func (c *client) do(ctx context.Context, method, path string, body any, header http.Header) (*http.Response, error) {
	var sent []byte
	if body != nil {
		var err error
		if sent, err = json.Marshal(body); err != nil {
			return nil, err
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(sent))
	if err != nil {
		return nil, err
	}
	for name, values := range header {
		r.Header[name] = values
	}
	r.Header.Set("Content-Type", "application/json")
	rest.Sign(r, sent, c.key, time.Now())
	resp, err := c.http.Do(r)
	if err != nil {
		return nil, fmt.Errorf("ask the server: %w", err)
	}
	if resp.StatusCode/100 != 2 {
		return nil, problemOf(resp)
	}
	return resp, nil
}

// problemOf reads the error envelope of the API.
func problemOf(resp *http.Response) error {
	var envelope struct {
		Error struct{ Code, Message string }
	}
	err := json.NewDecoder(io.LimitReader(resp.Body, 64<<10)).Decode(&envelope)
	if errors.Join(err, resp.Body.Close()) != nil || envelope.Error.Message == "" {
		return fmt.Errorf("the server answered %s", resp.Status)
	}
	return fmt.Errorf("the server answered %s: %s (%s)", resp.Status, envelope.Error.Message, envelope.Error.Code)
}
