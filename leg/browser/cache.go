package browser

import "github.com/pion/rtp"

// cached is how many packets are kept for a peer that asks for them again:
// 320 ms. A packet that comes later than that is of no use to anybody.
const cached = 16

// cache keeps the last packets that were sent, for a NACK (RFC 4585, section
// 6.2.1). Only peers that send one have a cache.
type cache struct {
	kept [cached]struct {
		header  rtp.Header
		payload []byte
	}
}

func (c *cache) put(h *rtp.Header, payload []byte) {
	k := &c.kept[h.SequenceNumber%cached]
	k.header = *h
	k.payload = append(k.payload[:0], payload...)
}

// get is a packet that is still there, else nil.
func (c *cache) get(sequence uint16) (*rtp.Header, []byte) {
	k := &c.kept[sequence%cached]
	if k.header.SequenceNumber != sequence || len(k.payload) == 0 {
		return nil, nil
	}
	return &k.header, k.payload
}
