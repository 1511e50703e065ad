package egress

import (
	"fmt"
	"net/netip"
	"strings"
)

// allowed is what an allow list says, sorted by how it is compared.
type allowed struct {
	hosts  map[string]bool
	v4, v6 []netip.Prefix
}

func parseAllow(entries []string) (allowed, error) {
	list := allowed{hosts: map[string]bool{}}
	for _, entry := range entries {
		if err := list.add(strings.TrimSpace(entry)); err != nil {
			return allowed{}, err
		}
	}
	return list, nil
}

func (l *allowed) add(entry string) error {
	if p, ok := parsePrefix(entry); ok {
		if p.Addr().Is4() {
			l.v4 = append(l.v4, p)
		} else {
			l.v6 = append(l.v6, p)
		}
		return nil
	}
	host := canonicalHost(entry)
	if !isHostName(host) || looksNumeric(host) {
		return fmt.Errorf("%q is neither an address, nor a CIDR, nor a host name", entry)
	}
	l.hosts[host] = true
	return nil
}

// CheckAllow reports what is wrong with an entry of an allow list, if anything.
func CheckAllow(entry string) error {
	_, err := parseAllow([]string{entry})
	return err
}

// parsePrefix reads a CIDR or a single address. A mapped IPv6 address stands
// for the IPv4 address in it.
func parsePrefix(s string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(s); err == nil {
		if p.Addr().Is4In6() {
			return netip.PrefixFrom(p.Addr().Unmap(), max(p.Bits()-96, 0)).Masked(), p.Bits() >= 96
		}
		return p.Masked(), true
	}
	a, err := netip.ParseAddr(strings.Trim(s, "[]"))
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, false
	}
	a = a.Unmap()
	return netip.PrefixFrom(a, a.BitLen()), true
}

// canonicalHost makes two spellings of one host name equal.
func canonicalHost(host string) string {
	return strings.TrimSuffix(strings.ToLower(host), ".")
}

// isHostName reports whether s has the letters of a DNS name (RFC 1123,
// section 2.1; the underscore is seen in practice).
func isHostName(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	return true
}

// looksNumeric reports whether a resolver might take the name for an IPv4
// address: a last label that is a number in decimal, octal or hex, such as
// 2130706433, 0177.0.0.1 or 0x7f.1.
func looksNumeric(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return last != "" && strings.Trim(last, "0123456789") == ""
}
