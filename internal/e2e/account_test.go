package e2e

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// account is a server's endpoint and the key that signs requests to it. It
// signs by itself, so that a mistake of the server's signer is not its own
// proof.
type account struct {
	endpoint string
	key      []byte
	http     *http.Client
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// decode reads a JSON body.
func (a answer) decode(into any) error {
	if err := json.Unmarshal(a.body, into); err != nil {
		return fmt.Errorf("%w in %s", err, a.body)
	}
	return nil
}

// ask sends a signed request with a JSON body, or none if it is nil.
func (a account) ask(ctx context.Context, method, target string, body any, headers ...string) (answer, error) {
	var encoded []byte
	if body != nil {
		var err error
		if encoded, err = json.Marshal(body); err != nil {
			return answer{}, err
		}
	}
	req, err := a.request(ctx, method, target, encoded)
	if err != nil {
		return answer{}, err
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return a.send(req)
}

// request is a signed request, ready to be sent or to be spoilt.
func (a account) request(ctx context.Context, method, target string, body []byte) (*http.Request, error) {
	if !strings.Contains(target, "api-version=") {
		target += map[bool]string{true: "&", false: "?"}[strings.Contains(target, "?")] + "api-version=2026-03-12"
	}
	req, err := http.NewRequestWithContext(ctx, method, a.endpoint+target, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	a.sign(req, target, body)
	return req, nil
}

// sign adds the headers of the contract's HMAC scheme (rest.md section 2.1).
func (a account) sign(req *http.Request, target string, body []byte) {
	date := time.Now().UTC().Format(http.TimeFormat)
	sum := sha256.Sum256(body)
	hash := base64.StdEncoding.EncodeToString(sum[:])
	mac := hmac.New(sha256.New, a.key)
	_, _ = fmt.Fprintf(mac, "%s\n%s\n%s;%s;%s", req.Method, target, date, req.URL.Host, hash) // a hash takes everything
	req.Header.Set("x-ms-date", date)
	req.Header.Set("x-ms-content-sha256", hash)
	req.Header.Set("Authorization", "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature="+
		base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

func (a account) send(req *http.Request) (answer, error) {
	resp, err := a.http.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}, err
	}
	return answer{resp.StatusCode, resp.Header, body}, nil
}

// sheet is a piece of the log. Cursor is where the next one begins.
type sheet struct {
	Value  []event `json:"value"`
	Cursor string  `json:"cursor"`
}

// pages reads a log to its end: of all calls, or of one connection.
func (a account) pages(ctx context.Context, target string) ([]event, error) {
	var events []event
	for cursor := ""; ; {
		query := url.Values{"limit": {"500"}, "after": {cursor}}
		if cursor == "" {
			query.Del("after")
		}
		got, err := a.ask(ctx, http.MethodGet, target+"?"+query.Encode(), nil)
		if err != nil {
			return nil, err
		}
		if got.status != http.StatusOK {
			return nil, fmt.Errorf("%s: %d %s", target, got.status, got.body)
		}
		var next sheet
		if err := got.decode(&next); err != nil {
			return nil, err
		}
		if len(next.Value) == 0 {
			return events, nil
		}
		events, cursor = append(events, next.Value...), next.Cursor
	}
}

// log reads every event of a connection.
func (a account) log(ctx context.Context, connection string) ([]event, error) {
	return a.pages(ctx, "/calling/callConnections/"+connection+"/events")
}
