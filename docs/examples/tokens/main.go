// Command tokens makes a user, gives them tokens, and takes both away again.
package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/botd-dev/botd/automation/rest"
)

func main() {
	if err := run(context.Background(), os.Getenv("BOTD_CONNECTION_STRING")); err != nil {
		log.Fatal(err)
	}
}

// token is a user access token.
type token struct {
	Token     string    `json:"token"`
	ExpiresOn time.Time `json:"expiresOn"`
}

func run(ctx context.Context, connection string) error {
	s, err := connect(connection)
	if err != nil {
		return err
	}
	var made struct {
		Identity    struct{ ID string }
		AccessToken token
	}
	if err := s.ask(ctx, "POST", "/identities", map[string]any{
		"createTokenWithScopes": []string{"voip"}, "expiresInMinutes": 60,
	}, &made); err != nil {
		return err
	}
	fmt.Println(made.Identity.ID, "may call until", made.AccessToken.ExpiresOn)

	user := "/identities/" + url.PathEscape(made.Identity.ID)
	var guest token
	if err := s.ask(ctx, "POST", user+"/:issueAccessToken", map[string]any{"scopes": []string{"voip.join"}}, &guest); err != nil {
		return err
	}
	fmt.Println("the same user has a second token, which only lets them join")

	if err := s.ask(ctx, "POST", user+"/:revokeAccessTokens", nil, nil); err != nil {
		return err
	}
	fmt.Println("both are revoked")

	if err := s.exchange(ctx, os.Getenv("COMPANY_TOKEN"), os.Getenv("COMPANY_APP_ID"), os.Getenv("COMPANY_USER_ID")); err != nil {
		return err
	}
	if err := s.ask(ctx, "DELETE", user, nil, nil); err != nil {
		return err
	}
	if s.ask(ctx, "POST", user+"/:issueAccessToken", map[string]any{"scopes": []string{"voip"}}, &guest) == nil {
		return errors.New("the user is still there")
	}
	fmt.Println("and the user is gone")
	return nil
}

// exchange trades what a company's issuer says of a user, if it says anything.
func (s *server) exchange(ctx context.Context, theirs, app, user string) error {
	if theirs == "" {
		return nil
	}
	var ours token
	err := s.ask(ctx, "POST", "/teamsUser/:exchangeAccessToken", map[string]any{"token": theirs, "appId": app, "userId": user}, &ours)
	if err == nil {
		fmt.Println("8:orgid:"+user, "may call until", ours.ExpiresOn)
	}
	return err
}

// server is a botd and the key to it.
type server struct {
	endpoint string
	key      []byte
}

// connect reads "endpoint=https://host/;accesskey=BASE64".
func connect(connection string) (*server, error) {
	endpoint, key, ok := strings.Cut(strings.TrimPrefix(connection, "endpoint="), ";accesskey=")
	if !ok {
		return nil, errors.New("BOTD_CONNECTION_STRING is no connection string")
	}
	raw, err := base64.StdEncoding.DecodeString(key)
	return &server{strings.TrimSuffix(endpoint, "/"), raw}, err
}

// ask sends a signed request and reads the answer, if one is wanted.
func (s *server) ask(ctx context.Context, method, path string, body, answer any) error {
	var sent []byte
	if body != nil {
		var err error
		if sent, err = json.Marshal(body); err != nil {
			return err
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, s.endpoint+path+"?api-version=2023-10-01", bytes.NewReader(sent))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	rest.Sign(r, sent, s.key, time.Now())
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	read, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return err
	case resp.StatusCode >= http.StatusBadRequest:
		return fmt.Errorf("%s: %s", resp.Status, read)
	case answer == nil:
		return nil
	}
	return json.Unmarshal(read, answer)
}
