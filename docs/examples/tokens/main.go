// Command tokens makes a user, gives them tokens, and takes both away again.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/botd-dev/botd/docs/examples/client"
)

func main() { client.Main(tokens) }

// token is a user access token.
type token struct {
	Token     string
	ExpiresOn time.Time
}

func tokens(ctx context.Context, s *client.Server) error {
	var made struct {
		Identity    struct{ ID string }
		AccessToken token
	}
	asked := client.Map{"createTokenWithScopes": []string{"voip"}, "expiresInMinutes": 60}
	if err := s.Ask(ctx, "POST", "/identities", asked, &made); err != nil {
		return err
	}
	fmt.Println(made.Identity.ID, "may call until", made.AccessToken.ExpiresOn)

	user := "/identities/" + url.PathEscape(made.Identity.ID)
	var guest token
	if err := s.Ask(ctx, "POST", user+"/:issueAccessToken", client.Map{"scopes": []string{"voip.join"}}, &guest); err != nil {
		return err
	}
	fmt.Println("the same user has a second token, which only lets them join")
	if err := s.Ask(ctx, "POST", user+"/:revokeAccessTokens", nil, nil); err != nil {
		return err
	}
	fmt.Println("both are revoked")

	if theirs, who := os.Getenv("COMPANY_TOKEN"), os.Getenv("COMPANY_USER_ID"); theirs != "" {
		theirs := client.Map{"token": theirs, "appId": os.Getenv("COMPANY_APP_ID"), "userId": who}
		if err := s.Ask(ctx, "POST", "/teamsUser/:exchangeAccessToken", theirs, &guest); err != nil {
			return err
		}
		fmt.Println("8:orgid:"+who, "may call until", guest.ExpiresOn)
	}
	if err := s.Ask(ctx, "DELETE", user, nil, nil); err != nil {
		return err
	}
	if s.Ask(ctx, "POST", user+"/:issueAccessToken", client.Map{"scopes": []string{"voip"}}, &guest) == nil {
		return errors.New("the user is still there")
	}
	fmt.Println("and the user is gone")
	return nil
}
