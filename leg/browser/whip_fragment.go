package browser

import (
	"strings"

	"github.com/pion/ice/v4"
	"github.com/pion/sdp/v3"
)

// What ICE credentials may be long (RFC 8839, section 5.4).
const (
	minUfrag      = 4
	minPwd        = 22
	maxCredential = 256
)

// credentials are one side's of an ICE session.
type credentials struct{ ufrag, pwd string }

// fragment is what a client tells of its side of ICE after the offer (RFC 8840,
// section 9): more of its addresses, or new credentials and all addresses of a
// new ICE session.
type fragment struct {
	credentials          // empty where it names none
	candidates  []string // as a=candidate has them, without that word
}

// parseFragment reads a fragment. Everything is bundled (RFC 9725, section
// 4.4.1), so only the first m= line counts and what stands before it.
func parseFragment(text string) (fragment, error) {
	var f fragment
	media := 0
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		kind, value, ok := strings.Cut(line, "=")
		switch {
		case line == "":
			continue
		case !ok || len(kind) != 1 || strings.Contains(value, "\r"):
			return fragment{}, invalid("fragment", "has a line that is not of the form x=")
		case kind == "m":
			media++
		case kind == "a" && media <= 1:
			f.take(value)
		}
	}
	return f, f.validate()
}

// take notes an attribute. The first of a kind stands.
func (f *fragment) take(attribute string) {
	key, value, _ := strings.Cut(attribute, ":")
	switch {
	case key == "candidate" && isCandidate(value):
		f.candidates = append(f.candidates, value)
	case key == "ice-ufrag" && f.ufrag == "":
		f.ufrag = value
	case key == "ice-pwd" && f.pwd == "":
		f.pwd = value
	}
}

// isCandidate reports whether it can be used. What cannot would make a whole
// description fail, when it is only one address fewer.
func isCandidate(value string) bool {
	_, err := ice.UnmarshalCandidate(value)
	return err == nil
}

func (f *fragment) validate() error {
	switch {
	case f.ufrag == "" && f.pwd == "" && len(f.candidates) == 0:
		return invalid("fragment", "has neither candidates nor ICE credentials")
	case f.ufrag == "" && f.pwd != "":
		return invalid("fragment", "has an ice-pwd without an ice-ufrag")
	case f.ufrag != "" && !isCredential(f.ufrag, minUfrag):
		return invalid("fragment", "has an ice-ufrag that is none")
	case f.pwd != "" && !isCredential(f.pwd, minPwd):
		return invalid("fragment", "has an ice-pwd that is none")
	}
	return nil
}

// isCredential reports whether s is made of ice-chars (RFC 8839, section 5.1).
func isCredential(s string, shortest int) bool {
	for i := range len(s) {
		c := s[i]
		if c != '+' && c != '/' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return len(s) >= shortest && len(s) <= maxCredential
}

// restarts reports whether a fragment begins a new ICE session: its credentials
// are others than those in use.
func (f *fragment) restarts(inUse credentials) bool {
	return f.ufrag != "" && f.ufrag != inUse.ufrag || f.pwd != "" && f.pwd != inUse.pwd
}

// offer is what the client would offer now: what it offered before, but for its
// side of ICE (RFC 9725, section 4.3.3).
func (f *fragment) offer(before *sdp.SessionDescription) (description, error) {
	if f.pwd == "" {
		return description{}, invalid("fragment", "has new credentials without an ice-pwd")
	}
	before.Origin.SessionVersion++
	before.Attributes = f.renew(before.Attributes)
	for _, m := range before.MediaDescriptions {
		m.Attributes = f.renew(m.Attributes)
	}
	for _, c := range f.candidates {
		m := sound(before)
		m.Attributes = append(m.Attributes, sdp.Attribute{Key: "candidate", Value: c})
	}
	b, err := before.Marshal()
	if err != nil {
		return description{}, invalid("fragment", err.Error())
	}
	return parseOffer(string(b))
}

// renew replaces the credentials among attributes and takes out the addresses.
func (f *fragment) renew(attributes []sdp.Attribute) []sdp.Attribute {
	kept := attributes[:0]
	for _, a := range attributes {
		switch a.Key {
		case "candidate", "end-of-candidates":
			continue
		case "ice-ufrag":
			a.Value = f.ufrag
		case "ice-pwd":
			a.Value = f.pwd
		}
		kept = append(kept, a)
	}
	return kept
}

// sound is the m= line that everything is bundled with: the first in use.
func sound(s *sdp.SessionDescription) *sdp.MediaDescription {
	for _, m := range s.MediaDescriptions {
		if m.MediaName.Media == "audio" && m.MediaName.Port.Value != 0 {
			return m
		}
	}
	return s.MediaDescriptions[0]
}

// credentialsOf are those that a description names.
func credentialsOf(s *sdp.SessionDescription) credentials {
	m := sound(s)
	return credentials{attribute(s, m, "ice-ufrag"), attribute(s, m, "ice-pwd")}
}

// fragmentOf is the ICE of our side as a fragment.
func fragmentOf(text string) (string, error) {
	var s sdp.SessionDescription
	if err := s.UnmarshalString(text); err != nil {
		return "", err
	}
	m := sound(&s)
	lines := []string{"m=" + m.MediaName.String(), "a=mid:" + attribute(&s, m, "mid")}
	if group, ok := s.Attribute("group"); ok {
		lines = append([]string{"a=group:" + group}, lines...)
	}
	own := credentialsOf(&s)
	lines = append(lines, "a=ice-ufrag:"+own.ufrag, "a=ice-pwd:"+own.pwd)
	for _, a := range m.Attributes {
		if a.Key == "candidate" {
			lines = append(lines, "a=candidate:"+a.Value)
		}
	}
	lines = append(lines, "a=end-of-candidates", "")
	return strings.Join(lines, "\r\n"), nil
}
