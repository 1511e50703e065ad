package browser

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"sync"

	"github.com/pion/dtls/v3"
	"github.com/pion/dtls/v3/pkg/crypto/prf"
	"github.com/pion/dtls/v3/pkg/protocol/handshake"
	"github.com/pion/srtp/v3"
	"github.com/pion/webrtc/v4"
)

// exporter is the label that SRTP keys are derived with (RFC 5764, section 4.2).
const exporter = "EXTRACTOR-dtls_srtp"

// profiles are how packets may be protected, the cheapest first (RFC 7714, RFC
// 5764): what each adds to a packet, and the sizes of its keys and salts.
var profiles = []struct {
	dtls             dtls.SRTPProtectionProfile
	srtp             srtp.ProtectionProfile
	added, key, salt int
	gcm              bool
}{
	{dtls.SRTP_AEAD_AES_128_GCM, srtp.ProtectionProfileAeadAes128Gcm, 16, 16, 12, true},
	{dtls.SRTP_AES128_CM_HMAC_SHA1_80, srtp.ProtectionProfileAes128CmHmacSha1_80, 10, 16, 14, false},
	{dtls.SRTP_AEAD_AES_256_GCM, srtp.ProtectionProfileAeadAes256Gcm, 16, 32, 12, true},
}

func offeredProfiles() (list []dtls.SRTPProtectionProfile) {
	for _, p := range profiles {
		list = append(list, p.dtls)
	}
	return list
}

// secret is what both sides of one DTLS handshake know, as far as we were the
// server in it. With that a route encrypts packets by itself, and a source
// decrypts them. It stays in memory and is never written anywhere.
type secret struct {
	mu             sync.Mutex
	client, server []byte // randoms
	master         []byte
	sum            func() hash.Hash
}

// observe has a handshake tell s what it comes to. This is the one way that the
// library has to tell it.
func (s *secret) observe(settings *webrtc.SettingEngine) {
	settings.SetDTLSServerHelloMessageHook(s.hello)
	settings.SetDTLSKeyLogWriter(s)
}

// hello takes our random and the cipher suite, and leaves the message as it is.
func (s *secret) hello(m handshake.MessageServerHello) handshake.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	random := m.Random.MarshalFixed()
	s.server, s.sum = random[:], sha256.New
	if m.CipherSuiteID != nil {
		suite := dtls.CipherSuiteID(*m.CipherSuiteID)
		if suite == dtls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 || suite == dtls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 {
			s.sum = sha512.New384
		}
	}
	return &m
}

// Write takes the client's random and the master secret, in the form in which
// browsers and curl tell them: CLIENT_RANDOM, and both in hexadecimal.
func (s *secret) Write(line []byte) (int, error) {
	fields := bytes.Fields(line)
	if len(fields) != 3 || string(fields[0]) != "CLIENT_RANDOM" {
		return len(line), nil
	}
	client, master := make([]byte, hex.DecodedLen(len(fields[1]))), make([]byte, hex.DecodedLen(len(fields[2])))
	_, bad := hex.Decode(client, fields[1])
	_, worse := hex.Decode(master, fields[2])
	s.mu.Lock()
	defer s.mu.Unlock()
	if bad == nil && worse == nil {
		s.client, s.master = client, master
	}
	return len(line), nil
}

// party is whose packets a cipher is for.
type party int

const (
	theirs party = iota // the DTLS client's
	ours                // the DTLS server's
)

// cipher makes that of one party under a profile; nil if it is not known.
func (s *secret) cipher(profile int, of party, options ...srtp.ContextOption) *srtp.Context {
	key, salt := s.keys(profile, of)
	if key == nil {
		return nil
	}
	c, err := srtp.CreateContext(key, salt, profiles[profile].srtp, options...)
	if err != nil {
		return nil
	}
	return c
}

// sealer makes what encrypts our packets under a profile; nil if that is not
// known.
func (s *secret) sealer(profile int) sealer {
	key, salt := s.keys(profile, ours)
	if key == nil {
		return nil
	}
	if profiles[profile].gcm {
		if c, err := newGCM(key, salt); err == nil {
			return c
		}
	}
	if c := s.cipher(profile, ours); c != nil {
		return c
	}
	return nil
}

// keys are those of one party under a profile; nil if they are not known.
func (s *secret) keys(profile int, of party) (key, salt []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client == nil || s.server == nil {
		return nil, nil
	}
	p := profiles[profile]
	seed := bytes.Join([][]byte{[]byte(exporter), s.client, s.server}, nil)
	b, err := prf.PHash(s.master, seed, 2*(p.key+p.salt), s.sum)
	if err != nil {
		return nil, nil
	}
	// Client key, server key, client salt, server salt (RFC 5764, section 4.2).
	keys, salts := b[:2*p.key], b[2*p.key:]
	return keys[int(of)*p.key:][:p.key], salts[int(of)*p.salt:][:p.salt]
}
