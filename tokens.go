package botd

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/botd-dev/botd/identity"
)

// identityVersion is the version of the identity operations.
const identityVersion = "?api-version=2023-10-01"

// tokenCommand prints a user access token for scripts.
type tokenCommand struct {
	User  string        `required:"" help:"A name of your choice, the same user every time, or the id of a user (8:acs:…, 8:orgid:…)."`
	Scope []string      `default:"voip" help:"What the token is good for: voip, voip.join, chat, chat.join, chat.join.limited."`
	Life  time.Duration `default:"24h" help:"How long it is good for, from 1h to 24h."`
}

// The shortest and the longest life of a token.
const (
	shortestLife = time.Hour
	longestLife  = 24 * time.Hour
)

// Validate fits kong: what the server would refuse is wrong on the command
// line already.
func (t tokenCommand) Validate() error {
	if t.User == "" {
		return errors.New("--user: it is empty")
	}
	if t.Life < shortestLife || t.Life > longestLife {
		return fmt.Errorf("--life: %s is not between 1h and 24h", t.Life)
	}
	for _, scope := range t.Scope {
		if !slices.Contains(identity.Scopes, scope) {
			return fmt.Errorf("--scope: %q is none of %s", scope, strings.Join(identity.Scopes, ", "))
		}
	}
	return nil
}

// issued is a token as the API answers it.
type issued struct {
	Token     string    `json:"token"`
	ExpiresOn time.Time `json:"expiresOn"`
}

// Run fits kong. The token is all that stands on standard output.
func (t tokenCommand) Run(p *program) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	asking, err := newClient(c)
	if err != nil {
		return err
	}
	user, token, err := t.issue(p, asking)
	if err != nil {
		return err
	}
	_, errOut := fmt.Fprintln(p.out, token.Token)
	_, errAbout := fmt.Fprintf(p.err, "user %s, until %s\n", user, token.ExpiresOn.Format(time.RFC3339))
	return errors.Join(errOut, errAbout)
}

func (t tokenCommand) issue(p *program, c *client) (user string, token issued, err error) {
	minutes := int(t.Life.Minutes())
	if strings.HasPrefix(t.User, "8:") {
		path := "/identities/" + url.PathEscape(t.User) + "/:issueAccessToken" + identityVersion
		err = c.ask(p, path, map[string]any{"scopes": t.Scope, "expiresInMinutes": minutes}, &token)
		return t.User, token, err
	}
	var made struct {
		Identity    struct{ ID string }
		AccessToken issued
	}
	err = c.ask(p, "/identities"+identityVersion, map[string]any{
		"customId": t.User, "createTokenWithScopes": t.Scope, "expiresInMinutes": minutes,
	}, &made)
	return made.Identity.ID, made.AccessToken, err
}

// ask posts and reads the answer.
func (c *client) ask(p *program, path string, body, answer any) error {
	resp, err := c.do(p.ctx, http.MethodPost, path, body, nil)
	if err != nil {
		return err
	}
	return errors.Join(json.NewDecoder(resp.Body).Decode(answer), resp.Body.Close())
}
