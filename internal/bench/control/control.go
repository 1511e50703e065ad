// Package control is an application in the calls of a bench: it brings bots into
// them and says who of them hears whom.
package control

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/botd-dev/botd/automation/rest"
)

const (
	// version is that of the API that is asked.
	version = "2026-03-12"
	// patience is how long a bot may take to come, asked every often.
	patience = 20 * time.Second
	often    = 100 * time.Millisecond
	// longestAnswer is how much of an answer is read, in bytes.
	longestAnswer = 4 << 20
)

// ErrRefused is a request that the server did not grant.
var ErrRefused = errors.New("refused")

// Application is one that a server's key makes.
type Application struct {
	base   string
	key    []byte
	events *http.Server // takes what the server tells it, and thanks
	told   string       // where that is
	done   chan struct{}
}

// New makes an application of the server at a base URL, whose access key is in a
// file.
func New(ctx context.Context, base, keyFile string) (*Application, error) {
	text, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, err
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", keyFile, err)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	a := &Application{
		base: base, key: key, told: "http://" + l.Addr().String() + "/", done: make(chan struct{}),
		events: &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), ReadHeaderTimeout: patience},
	}
	go func() {
		_ = a.events.Serve(l) // until Close
		close(a.done)
	}()
	return a, nil
}

// Close ends the application; it does not leave calls.
func (a *Application) Close() {
	_ = a.events.Close() // what is told now is told in vain
	<-a.done
	http.DefaultClient.CloseIdleConnections()
}

// ask sends a signed request; an answer is read if one is wanted.
func (a *Application) ask(ctx context.Context, method, path string, body, answer any) error {
	var sent []byte
	if body != nil {
		var err error
		if sent, err = json.Marshal(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, a.base+path+"?api-version="+version, bytes.NewReader(sent))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	rest.Sign(req, sent, a.key, time.Now())
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // read to the end
	text, err := io.ReadAll(io.LimitReader(resp.Body, longestAnswer))
	if err != nil {
		return err
	}
	if resp.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s %s: %w: %s: %.300s", method, path, ErrRefused, resp.Status, text)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(text, answer)
}
