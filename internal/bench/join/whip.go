package join

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	// longestAnswer is how much of an answer is read, in bytes.
	longestAnswer = 64 << 10
	// leaveWithin is how long leaving may take.
	leaveWithin = 5 * time.Second
)

// ErrRefused is an offer that the server did not take.
var ErrRefused = errors.New("refused")

// WHIP joins by one POST of an offer (RFC 9725), and sends and receives on the
// connection that comes of it.
type WHIP struct {
	engine *Engine
	client *http.Client
	url    string
	token  string
}

// NewWHIP joins at a URL in which "{room}" and "{name}" are filled in. An empty
// token sends none.
func NewWHIP(e *Engine, address, token string) *WHIP {
	return &WHIP{engine: e, client: &http.Client{Timeout: patience}, url: address, token: token}
}

// Close lets go of the connections that are kept for more requests.
func (w *WHIP) Close() { w.client.CloseIdleConnections() }

// Join fits Way.
func (w *WHIP) Join(ctx context.Context, who Person) (*Peer, error) {
	address := strings.NewReplacer("{room}", url.PathEscape(who.Room), "{name}", url.QueryEscape(who.Name)).Replace(w.url)
	var resource string
	p, err := w.engine.connect(ctx, who, func(offer string) (answer string, err error) {
		answer, resource, err = w.post(ctx, address, offer)
		return answer, err
	})
	if err != nil {
		w.leave(resource)
		return nil, err
	}
	closed := p.Leave
	p.Leave = func() {
		w.leave(resource)
		closed()
	}
	return p, nil
}

// post returns the answer, and the address of what was made.
func (w *WHIP) post(ctx context.Context, address, offer string) (answer, resource string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(offer))
	if err != nil {
		return "", "", err
	}
	req.Header.Set("Content-Type", "application/sdp")
	resp, err := w.do(req)
	if err != nil {
		return "", "", err
	}
	defer resp.Body.Close() //nolint:errcheck // read to the end
	body, err := io.ReadAll(io.LimitReader(resp.Body, longestAnswer))
	if err != nil {
		return "", "", err
	}
	if resp.StatusCode != http.StatusCreated {
		return "", "", fmt.Errorf("POST %s: %w: %s: %.200s", address, ErrRefused, resp.Status, body)
	}
	// A server may leave out where to leave; closing must do then.
	if at, err := resp.Location(); err == nil {
		resource = at.String()
	}
	return string(body), resource, nil
}

func (w *WHIP) do(req *http.Request) (*http.Response, error) {
	if w.token != "" {
		req.Header.Set("Authorization", "Bearer "+w.token)
	}
	return w.client.Do(req)
}

// leave ends a session. A server that does not answer notices by itself.
func (w *WHIP) leave(resource string) {
	if resource == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), leaveWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodDelete, resource, nil)
	if err != nil {
		return
	}
	if resp, err := w.do(req); err == nil {
		_ = resp.Body.Close() // nothing in it matters
	}
}
