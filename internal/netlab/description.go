package netlab

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// ErrNoCandidate is an answer without an address on this machine to send UDP
// to.
var ErrNoCandidate = errors.New("no candidate for UDP on 127.0.0.1")

// Offer is a description of the client's without its addresses: nobody reaches
// it but through the NAT. It may be a fragment (RFC 8840).
func (n *NAT) Offer(description string) string {
	kept, _ := withoutCandidates(description)
	return kept
}

// Answer is a description of the server's with the NAT's address inside instead
// of its own, which the NAT sends to from now on.
func (n *NAT) Answer(description string) (string, error) {
	kept, candidates := withoutCandidates(description)
	for _, line := range candidates {
		server, ok := localUDP(line)
		if !ok {
			continue
		}
		n.mu.Lock()
		n.server = server
		n.mu.Unlock()
		inside, err := netip.ParseAddrPort(n.inside.LocalAddr().String())
		if err != nil {
			return "", fmt.Errorf("netlab: %w", err)
		}
		return kept + fmt.Sprintf("a=candidate:1 1 udp 2130706431 %s %d typ host\r\na=end-of-candidates\r\n", inside.Addr(), inside.Port()), nil
	}
	return "", fmt.Errorf("netlab: %w", ErrNoCandidate)
}

// withoutCandidates takes the addresses out of a description.
func withoutCandidates(description string) (kept string, candidates []string) {
	var b strings.Builder
	for line := range strings.Lines(description) {
		switch {
		case strings.HasPrefix(line, "a=candidate:"):
			candidates = append(candidates, strings.TrimSpace(line))
		case strings.HasPrefix(line, "a=end-of-candidates"):
		default:
			b.WriteString(line)
		}
	}
	return b.String(), candidates
}

// localUDP is the address in a candidate's line (RFC 8839, section 5.1), if it
// is one for UDP on 127.0.0.1:
//
//	a=candidate:foundation component transport priority address port typ type
func localUDP(line string) (netip.AddrPort, bool) {
	words := strings.Fields(line)
	if len(words) < 8 || words[1] != "1" || !strings.EqualFold(words[2], "udp") {
		return netip.AddrPort{}, false
	}
	addr, err := netip.ParseAddr(words[4])
	port, err2 := strconv.ParseUint(words[5], 10, 16)
	ok := err == nil && err2 == nil && addr == netip.AddrFrom4([4]byte{127, 0, 0, 1}) && port > 0
	return netip.AddrPortFrom(addr, uint16(port)), ok
}
