package browser

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"fmt"

	"github.com/pion/rtp"
)

// sealer encrypts packets of one stream: *srtp.Context, or gcm.
type sealer interface {
	// EncryptRTP encrypts a packet into dst, which may be the packet's own memory.
	EncryptRTP(dst, packet []byte, h *rtp.Header) ([]byte, error)
}

// gcm is AES-GCM for SRTP (RFC 7714, section 8), for one stream, without what a
// context looks up for every packet. A packet is touched in one go.
type gcm struct {
	aead    cipher.AEAD
	salt    [gcmSalt]byte
	nonce   [gcmSalt]byte // of the last packet
	started bool
	last    uint16 // the latest sequence number
	cycles  uint32 // the rollover counter: how often numbers began again
}

const gcmSalt = 12

// newGCM makes one of a master key and a master salt.
func newGCM(key, salt []byte) (*gcm, error) {
	master, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("srtp key: %w", err)
	}
	block, err := aes.NewCipher(derive(master, salt, labelKey, len(key)))
	if err != nil {
		return nil, fmt.Errorf("srtp key: %w", err)
	}
	g := new(gcm)
	if g.aead, err = cipher.NewGCM(block); err != nil {
		return nil, fmt.Errorf("srtp key: %w", err)
	}
	copy(g.salt[:], derive(master, salt, labelSalt, gcmSalt))
	return g, nil
}

// What a session's keys are derived for (RFC 3711, section 4.3.2).
const (
	labelKey  = 0
	labelSalt = 2
)

// derive makes a session's key or salt of the master's (RFC 3711, section 4.3.1;
// RFC 7714, section 11).
func derive(master cipher.Block, salt []byte, label byte, size int) []byte {
	const at = 7 // where the label stands, with a key derivation rate of zero
	var x [aes.BlockSize]byte
	copy(x[:], salt)
	x[at] ^= label
	b := make([]byte, size)
	cipher.NewCTR(master, x[:]).XORKeyStream(b, b)
	return b
}

// EncryptRTP fits sealer. The packet is that of the header, and has no padding.
func (g *gcm) EncryptRTP(dst, packet []byte, h *rtp.Header) ([]byte, error) {
	head := h.MarshalSize()
	if len(packet) < head {
		return nil, fmt.Errorf("srtp: a packet of %d octets with a header of %d", len(packet), head)
	}
	dst = append(dst, packet[:head]...)
	g.begin(h)
	return g.aead.Seal(dst, g.nonce[:], packet[head:], dst[len(dst)-head:]), nil
}

// begin makes the nonce (RFC 7714, section 8.1).
func (g *gcm) begin(h *rtp.Header) {
	cycles := g.count(h.SequenceNumber)
	g.nonce = g.salt
	xor32(g.nonce[2:], h.SSRC)
	xor32(g.nonce[6:], cycles)
	binary.BigEndian.PutUint16(g.nonce[10:], binary.BigEndian.Uint16(g.nonce[10:])^h.SequenceNumber)
}

func xor32(b []byte, n uint32) { binary.BigEndian.PutUint32(b, binary.BigEndian.Uint32(b)^n) }

// count is the rollover counter of a packet, which may be an earlier one again
// (RFC 3711, section 3.3.1).
func (g *gcm) count(sequence uint16) uint32 {
	if !g.started {
		g.started, g.last = true, sequence
	}
	ahead := int16(sequence - g.last) //nolint:gosec // modulo 2^16
	switch {
	case ahead < 0 && sequence > g.last:
		return g.cycles - 1
	case ahead <= 0:
		return g.cycles
	case sequence < g.last:
		g.cycles++
	}
	g.last = sequence
	return g.cycles
}
