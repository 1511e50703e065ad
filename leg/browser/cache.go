package browser

import "github.com/pion/rtp"

// cached is how many packets are kept for a peer that asks for them again:
// 320 ms. A packet that comes later than that is of no use to anybody.
const cached = 16

// againMost is how often one of them is sent again: whoever asks more often has
// lost it for other reasons, or wants us to send without end.
const againMost = 2

// cache keeps the last packets that were sent, for a NACK (RFC 4585, section
// 6.2.1). Only peers that send one have a cache.
type cache struct {
	kept [cached]struct {
		header  rtp.Header
		payload []byte
		again   int
	}
}

func (c *cache) put(h *rtp.Header, payload []byte) {
	k := &c.kept[h.SequenceNumber%cached]
	k.header, k.again = *h, 0
	k.payload = append(k.payload[:0], payload...)
}

// get is a packet that is still there and may be sent again, else nil.
func (c *cache) get(sequence uint16) (*rtp.Header, []byte) {
	k := &c.kept[sequence%cached]
	if k.header.SequenceNumber != sequence || len(k.payload) == 0 || k.again == againMost {
		return nil, nil
	}
	k.again++
	return &k.header, k.payload
}
