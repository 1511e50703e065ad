package automation

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/botd-dev/botd/call"
)

// Contexts seals the id of an invitation into an incomingCallContext, so that
// only who was told of an incoming call can act on it, and opens it again.
type Contexts struct {
	key []byte
	now func() time.Time
}

// NewContexts makes contexts under a secret key of at least 32 bytes.
func NewContexts(key []byte, now func() time.Time) *Contexts { return &Contexts{key, now} }

// Seal makes the context of an invitation that rings until expires.
func (c *Contexts) Seal(invitation string, expires time.Time) string {
	body := binary.BigEndian.AppendUint64(nil, uint64(expires.Unix())) //nolint:gosec // after 1970
	body = append(body, invitation...)
	return encode(body) + "." + encode(c.sign(body))
}

// For seals an invitation for somebody in this process who acts on it at once.
func (c *Contexts) For(invitation string) string { return c.Seal(invitation, c.now().Add(time.Minute)) }

// Open returns the id of the invitation. Errors: an *Invalid for a context
// that was not made here, call.ErrNoCall for one that has expired.
func (c *Contexts) Open(context string) (string, error) {
	wrong := invalid("incomingCallContext", "it is not a context of this server")
	head, tail, ok := strings.Cut(context, ".")
	if !ok {
		return "", wrong
	}
	body, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil || len(body) <= 8 {
		return "", wrong
	}
	mac, err := base64.RawURLEncoding.DecodeString(tail)
	if err != nil || !hmac.Equal(mac, c.sign(body)) {
		return "", wrong
	}
	if expires := int64(binary.BigEndian.Uint64(body)); c.now().Unix() > expires { //nolint:gosec // as sealed
		return "", fmt.Errorf("incomingCallContext has expired: %w", call.ErrNoCall)
	}
	return string(body[8:]), nil
}

func (c *Contexts) sign(body []byte) []byte {
	mac := hmac.New(sha256.New, c.key)
	mac.Write(body)
	return mac.Sum(nil)
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
