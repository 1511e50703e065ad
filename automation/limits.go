package automation

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// What a request may carry along, in bytes. It stands in every event about it,
// and a record has room for a megabyte.
const (
	maxContext = 8 << 10
	maxURI     = 8 << 10
	maxName    = 1 << 10
	maxCustom  = 128 << 10
	// maxSources is how many prompts one request may play.
	maxSources = 100
)

func atMost(field, value string, most int) error {
	if len(value) > most {
		return invalid(field, fmt.Sprintf("it is longer than %d bytes", most))
	}
	return nil
}

// name checks what somebody is called: headers and lists have it on one line.
func name(field, value string) error {
	if strings.ContainsFunc(value, unicode.IsControl) {
		return invalid(field, "it has a control character")
	}
	return atMost(field, value, maxName)
}

// echoed checks what comes back in the events of a connection or an operation:
// its operationContext, and where it is told.
func (s *Service) echoed(ctx context.Context, reference, field, uri string) error {
	return first(
		atMost("operationContext", reference, maxContext),
		atMost(field, uri, maxURI),
		s.callback(ctx, field, uri),
	)
}

// user checks a bare user model, which is no identifier to its decoder.
func user(field string, u *User) error {
	if u == nil || u.ID == "" {
		return nil
	}
	if _, err := identity.Parse(u.ID); err != nil {
		return invalid(field+".id", "it is no identifier")
	}
	return nil
}

// number checks a bare phone number model.
func number(field string, n *PhoneNumber) error {
	if n == nil {
		return nil
	}
	if _, err := identity.Phone(n.Value); err != nil {
		return invalid(field+".value", "it is no phone number")
	}
	if n.IsAnonymous && n.Value != anonymous {
		return invalid(field+".isAnonymous", "there is a number")
	}
	return nil
}

// anonymous stands where a number is withheld (identifiers.md section 1).
const anonymous = "anonymous"

// app checks a bare model of an application of Teams.
func app(field string, a *TeamsApp) error {
	if a == nil {
		return nil
	}
	if a.AppID == "" {
		return required(field + ".appId")
	}
	switch a.Cloud {
	case "", identity.Public, identity.DoD, identity.GCCH:
	default:
		return invalid(field+".cloud", "it is none of public, dod, gcch")
	}
	if _, err := a.id(); err != nil {
		return invalid(field+".appId", "it is no identifier")
	}
	return nil
}

// headers is what one kind of custom header may be (rest.md section 6.9). The
// lengths are in characters.
type headers struct {
	field            string
	most, key, value int
	allowed          func(key string) bool
}

// CheckCustom checks what somebody who calls, by whatever way, sends along to
// who is called: an *Invalid names what may not be (rest.md section 6.9).
func CheckCustom(c *call.CustomContext) error { return custom("customContext", c) }

// custom checks what is sent along to who is called.
func custom(field string, c *call.CustomContext) error {
	if c == nil {
		return nil
	}
	sip := headers{field + ".sipHeaders", 5, 64, 256, sipKey}
	voip := headers{field + ".voipHeaders", 1000, 64, 1024, func(string) bool { return true }}
	for key := range c.SIPHeaders {
		if isUserToUser(key) {
			sip.most = 6 // it comes on top of the others
		}
	}
	if err := first(sip.check(c.SIPHeaders), voip.check(c.VoIPHeaders)); err != nil {
		return err
	}
	total := 0
	for key, value := range c.VoIPHeaders {
		total += len(key) + len(value)
	}
	if total > maxCustom {
		return invalid(voip.field, fmt.Sprintf("together they are longer than %d bytes", maxCustom))
	}
	return nil
}

func (h headers) check(given map[string]string) error {
	if len(given) > h.most {
		return invalid(h.field, fmt.Sprintf("there are more than %d", h.most))
	}
	for key, value := range given {
		switch {
		case key == "" || utf8.RuneCountInString(key) > h.key || !h.allowed(key):
			return invalid(h.field, "one has a name that is not allowed")
		case utf8.RuneCountInString(value) > h.value:
			return invalid(h.field, fmt.Sprintf("one is longer than %d characters", h.value))
		case strings.ContainsFunc(key+value, unicode.IsControl):
			return invalid(h.field, "one has a control character")
		}
	}
	return nil
}

func isUserToUser(key string) bool {
	return strings.EqualFold(key, "User-To-User") || strings.EqualFold(key, "UserToUser")
}

// sipKey allows User-To-User, as it is also spelled in events, and extension
// headers: others belong to SIP itself.
func sipKey(key string) bool {
	low := strings.ToLower(key)
	if !isUserToUser(key) && !strings.HasPrefix(low, "x-") {
		return false
	}
	return !strings.ContainsFunc(low, func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z')
	})
}
