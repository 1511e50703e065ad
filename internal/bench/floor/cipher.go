package floor

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"fmt"
	"time"
)

const (
	// headerSize is an RTP header, payloadSize 20 ms of Opus at 32 kbit/s, and
	// tagSize what GCM adds, all in bytes.
	headerSize  = 12
	payloadSize = 80
	tagSize     = 16
)

// srtp is AES-128-GCM as SRTP uses it (RFC 7714 sections 8 and 9): the header
// stays readable, and the vector is made of SSRC, roll-over counter and sequence
// number, mixed with a salt.
type srtp struct {
	aead   cipher.AEAD
	salt   [12]byte
	packet [headerSize + payloadSize + tagSize]byte
	sealed [][]byte // to be opened
	opened []byte
	count  uint64
}

func newCipher() (*srtp, error) {
	block, err := aes.NewCipher(make([]byte, 16))
	if err != nil {
		return nil, fmt.Errorf("aes: %w", err)
	}
	aead, err := cipher.NewGCM(block) //nolint:gosec // the vector is the standard's, and nothing here is secret
	if err != nil {
		return nil, fmt.Errorf("gcm: %w", err)
	}
	return &srtp{aead: aead, opened: make([]byte, 0, payloadSize)}, nil
}

// vector is that of the packet with a number (RFC 7714 section 8.1).
func (s *srtp) vector(iv *[12]byte, number uint64) {
	var packed [12]byte
	binary.BigEndian.PutUint64(packed[4:], number)
	packed[5] = 1 // the SSRC is in bytes 2 to 5
	for i, b := range packed {
		iv[i] = b ^ s.salt[i]
	}
}

// seal makes the packet with a number in place.
func (s *srtp) seal(packet []byte, number uint64) {
	var iv [12]byte
	s.vector(&iv, number)
	packet[0], packet[1] = 0x80, 111
	binary.BigEndian.PutUint16(packet[2:], uint16(number))     //nolint:gosec // counts round
	binary.BigEndian.PutUint32(packet[4:], uint32(number)*960) //nolint:gosec // counts round
	binary.BigEndian.PutUint32(packet[8:], 1)
	header := packet[:headerSize]
	body := packet[headerSize : headerSize+payloadSize]
	s.aead.Seal(body[:0], iv[:], body, header)
}

func (s *srtp) encrypt(times int) (time.Duration, error) {
	return timed(func() error {
		for range times {
			s.count++
			s.seal(s.packet[:], s.count)
		}
		return nil
	})
}

func (s *srtp) decrypt(times int) (time.Duration, error) {
	for i := len(s.sealed); i < times; i++ {
		packet := make([]byte, len(s.packet))
		s.seal(packet, uint64(i)) //nolint:gosec // not negative
		s.sealed = append(s.sealed, packet)
	}
	return timed(func() error {
		var iv [12]byte
		for i, packet := range s.sealed[:times] {
			s.vector(&iv, uint64(i)) //nolint:gosec // not negative
			if _, err := s.aead.Open(s.opened, iv[:], packet[headerSize:], packet[:headerSize]); err != nil {
				return fmt.Errorf("decrypt: %w", err)
			}
		}
		return nil
	})
}
