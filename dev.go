package botd

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/leg/browser"
)

// devTokenLife is how long a development token is valid.
const devTokenLife = 24 * time.Hour

// demoColleague is the display name of the user whom the demo menu brings in.
const demoColleague = "Dana"

// applicationID is under whom applications are listed that do not say.
func applicationID(resource uuid.UUID) identity.ID {
	return identity.NamedUser(resource, "application\x00")
}

// dev serves what only a development server has, and only to this machine.
func (s *Server) dev(w http.ResponseWriter, r *http.Request) {
	if !isLocal(r.RemoteAddr) || !isLocal(r.Host) {
		http.Error(w, "for this machine only", http.StatusForbidden)
		return
	}
	if r.URL.Path != "/dev/token" {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
		return
	}
	// A page of another origin can post a form, but not JSON unasked.
	if r.Header.Get("Content-Type") != "application/json" {
		http.Error(w, "the content type must be application/json", http.StatusUnsupportedMediaType)
		return
	}
	s.devToken(w, r)
}

// isLocal says whether an address, with its port or without, is this machine.
// The Host of a request must be so too: a page whose name was made to mean this
// machine, and a proxy that shows it to others, send their own.
func isLocal(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		host = strings.Trim(addr, "[]")
	}
	return strings.EqualFold(host, "localhost") || net.ParseIP(host).IsLoopback()
}

// guest lets this machine into calls without a token, on a development server:
// as the user of that name, or as somebody new.
func (s *Server) guest(r *http.Request, name string) (browser.Session, bool) {
	if !s.cfg.Dev || !isLocal(r.RemoteAddr) || !isLocal(r.Host) {
		return browser.Session{}, false
	}
	user := identity.NewUser(s.issuer.Resource(), uuid.New())
	if name != "" {
		user = identity.NamedUser(s.issuer.Resource(), name)
	}
	return browser.Session{User: user, Scopes: []string{"voip"}, Name: name}, true
}

// devToken makes a user and a token for them without asking who it is.
func (s *Server) devToken(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		UserID      string `json:"userId"`
		DisplayName string `json:"displayName"`
	}
	err := json.NewDecoder(io.LimitReader(r.Body, 4<<10)).Decode(&asked)
	if err != nil && !errors.Is(err, io.EOF) {
		http.Error(w, "the body must be JSON with userId or displayName", http.StatusBadRequest)
		return
	}
	user := identity.ID(asked.UserID)
	_, err = identity.Parse(asked.UserID)
	switch {
	case user != "" && (err != nil || user.Kind() != identity.KindCommunicationUser):
		http.Error(w, "userId must be 8:acs:{resource}_{user}", http.StatusBadRequest)
		return
	case user == "" && asked.DisplayName != "":
		// The same user every time, so that a second tab can be called by its name.
		user = identity.NamedUser(s.issuer.Resource(), asked.DisplayName)
	case user == "":
		user = identity.NewUser(s.issuer.Resource(), uuid.New())
	}
	if err := s.users.Add(r.Context(), user); err != nil {
		http.Error(w, "the user could not be kept", http.StatusServiceUnavailable)
		return
	}
	token, err := s.issuer.IssueUser(r.Context(), user, identity.Grant{
		Scopes: []string{"voip"}, For: devTokenLife, Name: asked.DisplayName,
	})
	if err != nil {
		http.Error(w, "no token could be issued", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(map[string]string{
		"token": token.Token, "userId": string(user), "expiresOn": token.ExpiresOn.UTC().Format(time.RFC3339),
	})
}
