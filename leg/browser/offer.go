package browser

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pion/sdp/v3"

	"github.com/botd-dev/botd/media/dtmf"
)

// What a client's session description may be.
const (
	maxSDP        = 32 << 10 // bytes
	maxMedia      = 8        // m= lines
	maxCandidates = 20       // of one offer, trickled ones included
)

// How often a client may describe itself anew: each time we send packets to up
// to maxCandidates addresses.
const (
	offerRate  = 1 // a second
	offerBurst = 10
)

// description is a client's offer that has been looked at.
type description struct {
	sdp        string
	candidates int  // those it carries
	keys       bool // it has telephone-events
}

// parseOffer looks at an offer before pion does, so that a client learns at
// once, and by name, what is wrong with it. Candidates beyond maxCandidates
// are taken out.
func parseOffer(text string) (description, error) {
	if text == "" || len(text) > maxSDP {
		return description{}, invalid("sdp", fmt.Sprintf("is empty or over %d bytes", maxSDP))
	}
	var session sdp.SessionDescription
	if err := session.UnmarshalString(text); err != nil {
		return description{}, invalid("sdp", err.Error())
	}
	if err := usable(&session); err != nil {
		return description{}, err
	}
	kept := trim(&session)
	b, err := session.Marshal()
	if err != nil {
		return description{}, invalid("sdp", err.Error())
	}
	return description{string(b), kept, offersKeys(&session)}, nil
}

// errNoOpus means that an offer has no sound that we speak.
var errNoOpus = errors.New("sdp offers no opus")

// usable says whether we could talk: sound in Opus over DTLS-SRTP (RFC 8827,
// section 6.5: nothing else).
func usable(s *sdp.SessionDescription) error {
	if n := len(s.MediaDescriptions); n == 0 || n > maxMedia {
		return invalid("sdp", fmt.Sprintf("has %d m= lines", n))
	}
	for _, m := range s.MediaDescriptions {
		if m.MediaName.Media != "audio" || m.MediaName.Port.Value == 0 {
			continue
		}
		switch {
		case !strings.Contains(strings.Join(m.MediaName.Protos, "/"), "TLS/RTP/SAVPF"):
			return invalid("sdp", "is not DTLS-SRTP")
		case !speaksOpus(m):
			return fmt.Errorf("%w: %w", errInvalid, errNoOpus)
		case attribute(s, m, "fingerprint") == "":
			return invalid("sdp", "has no fingerprint")
		case attribute(s, m, "ice-ufrag") == "" || attribute(s, m, "ice-pwd") == "":
			return invalid("sdp", "has no ICE credentials")
		}
		return nil
	}
	return fmt.Errorf("%w: %w: no audio", errInvalid, errNoOpus)
}

func speaksOpus(m *sdp.MediaDescription) bool { return stands(m, " opus/48000/2") }

// offersKeys reports whether the client can tell of keys.
func offersKeys(s *sdp.SessionDescription) bool {
	return slices.ContainsFunc(s.MediaDescriptions, func(m *sdp.MediaDescription) bool {
		return m.MediaName.Media == "audio" && stands(m, " "+dtmf.Encoding+"/")
	})
}

// stands reports whether a payload type stands for an encoding.
func stands(m *sdp.MediaDescription, encoding string) bool {
	return slices.ContainsFunc(m.Attributes, func(a sdp.Attribute) bool {
		return a.Key == "rtpmap" && strings.Contains(strings.ToLower(a.Value), encoding)
	})
}

// attribute finds what the media or else the session says.
func attribute(s *sdp.SessionDescription, m *sdp.MediaDescription, key string) string {
	if v, ok := m.Attribute(key); ok {
		return v
	}
	v, _ := s.Attribute(key)
	return v
}

// trim takes out the candidates beyond maxCandidates and counts the others.
func trim(s *sdp.SessionDescription) int {
	kept := 0
	for _, m := range s.MediaDescriptions {
		rest := m.Attributes[:0]
		for _, a := range m.Attributes {
			if a.Key == "candidate" {
				if kept == maxCandidates {
					continue
				}
				kept++
			}
			rest = append(rest, a)
		}
		m.Attributes = rest
	}
	return kept
}
