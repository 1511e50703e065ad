package prompt

import (
	"bytes"
	"encoding/binary"
)

// The header of an Ogg page (RFC 3533, section 6): capture pattern, version,
// flags, granule position, serial number, page number, checksum, and the number
// of segments, whose lengths follow.
const (
	oggHeader = 27

	flagContinued = 0x01 // begins with the rest of a packet
	flagFirst     = 0x02
	flagLast      = 0x04
)

// page is one page of an Ogg stream.
type page struct {
	flags   byte
	granule uint64
	serial  uint32
	lacing  []byte // lengths of segments; 255 goes on in the next
	body    []byte
}

// nextPage takes the page that b begins with. What is not a whole page is the
// end: a file may have been cut off.
func nextPage(b []byte) (p page, rest []byte, ok bool) {
	if len(b) < oggHeader || !bytes.HasPrefix(b, []byte("OggS")) || b[4] != 0 {
		return p, nil, false
	}
	p.flags, p.granule = b[5], binary.LittleEndian.Uint64(b[6:])
	p.serial = binary.LittleEndian.Uint32(b[14:])
	segments := int(b[26])
	if b = b[oggHeader:]; len(b) < segments {
		return p, nil, false
	}
	p.lacing, b = b[:segments], b[segments:]
	size := 0
	for _, l := range p.lacing {
		size += int(l)
	}
	if len(b) < size {
		return p, nil, false
	}
	p.body = b[:size]
	return p, b[size:], true
}

// packets gives the packets of one stream in a file, in order.
type packets struct {
	file   []byte
	serial uint32
	page   page
	last   bool
	part   []byte // of a packet that goes on on the next page
}

// maxPacket is how much of a packet is put together, in bytes. The tags may be
// longer, holding a picture; nobody reads them.
const maxPacket = 64 << 10

// next is the coming packet, and false at the end of the stream. It is good
// until the next call.
func (p *packets) next() ([]byte, bool) {
	p.part = p.part[:0]
	for {
		for len(p.page.lacing) > 0 {
			segment := p.segment()
			if len(p.part)+len(segment) <= maxPacket {
				p.part = append(p.part, segment...)
			}
			if len(segment) < 255 {
				return p.part, true
			}
		}
		if !p.turn() {
			return nil, false
		}
	}
}

// segment takes the coming segment of the page; one of less than 255 bytes is
// the last of its packet.
func (p *packets) segment() []byte {
	n := p.page.lacing[0]
	s := p.page.body[:n]
	p.page.lacing, p.page.body = p.page.lacing[1:], p.page.body[n:]
	return s
}

// turn goes to the stream's next page. A packet whose beginning, or whose end,
// is missing is left out.
func (p *packets) turn() bool {
	for !p.last {
		next, rest, ok := nextPage(p.file)
		if !ok {
			return false
		}
		p.file = rest
		if next.serial != p.serial {
			continue
		}
		p.page, p.last = next, next.flags&flagLast != 0
		if next.flags&flagContinued == 0 {
			p.part = p.part[:0]
		} else if len(p.part) == 0 {
			p.skip()
		}
		return true
	}
	return false
}

// skip leaves out the rest of a packet that the page begins with.
func (p *packets) skip() {
	for len(p.page.lacing) > 0 && len(p.segment()) == 255 {
	}
}
