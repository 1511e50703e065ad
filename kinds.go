package botd

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"github.com/botd-dev/botd/internal/egress"
)

// kind is a kind of value: how it is read, how it is written, and how a person
// is told what it takes. What format writes, parse reads.
type kind[T any] struct {
	allowed string
	secret  bool
	flag    bool
	parse   func(string) (T, bool)
	format  func(T) string
}

// words makes a kind whose values are text that passes a check.
func words(allowed string, check func(string) bool) kind[string] {
	return kind[string]{
		allowed: allowed,
		parse:   func(s string) (string, bool) { return s, check(s) },
		format:  func(s string) string { return s },
	}
}

// The kinds without parameters.

func textKind() kind[string] {
	return words("text", func(string) bool { return true })
}

func requiredKind() kind[string] {
	return words("text that is not empty", func(s string) bool { return s != "" })
}

func wordKind() kind[string] {
	return words("words without spaces, separated by commas", func(s string) bool { return s != "" && !strings.ContainsFunc(s, unicode.IsSpace) })
}

func addressKind() kind[string] {
	return words("host:port, such as 127.0.0.1:8080, or nothing", func(s string) bool { return s == "" || isHostPort(s) })
}

func ipKind() kind[string] {
	return words("an IP address", isIP)
}

func uuidKind() kind[string] {
	return words("a UUID", func(s string) bool { return uuid.Validate(s) == nil })
}

func baseURLKind() kind[string] {
	return words("https://host or https://host:port without a path", isBaseURL)
}

func urlKind(allowed string, schemes ...string) kind[string] {
	return words(allowed, func(s string) bool { return isURL(s, schemes...) })
}

func originKind() kind[string] {
	return words("origins such as https://app.example.com, separated by commas", isOrigin)
}

func destinationKind() kind[string] {
	return words("CIDRs, addresses and host names, separated by commas", func(s string) bool { return egress.CheckAllow(s) == nil })
}

func accessKeyKind() kind[string] {
	k := words("base64 of at least 32 bytes, or nothing", isAccessKey)
	k.secret = true
	return k
}

func webhookSecretsKind() kind[[]string] {
	k := listOf(words("whsec_ and base64 of 24 to 64 bytes, several separated by commas", func(s string) bool {
		_, ok := webhookSecret(s)
		return ok
	}))
	k.secret = true
	return k
}

func secretKind() kind[string] {
	k := textKind()
	k.secret = true
	return k
}

func boolKind() kind[bool] {
	return kind[bool]{
		allowed: "true or false",
		flag:    true,
		parse: func(s string) (bool, bool) {
			v, err := strconv.ParseBool(s)
			return v, err == nil
		},
		format: strconv.FormatBool,
	}
}

func optional(k kind[string]) kind[string] {
	return words(k.allowed+", or nothing", func(s string) bool {
		_, ok := k.parse(s)
		return ok || s == ""
	})
}

// listOf is several, separated by commas.
func listOf(k kind[string]) kind[[]string] {
	parse := func(s string) (list []string, ok bool) {
		for item := range strings.SplitSeq(s, ",") {
			item = strings.TrimSpace(item)
			if item == "" {
				continue
			}
			if _, ok := k.parse(item); !ok {
				return nil, false
			}
			list = append(list, item)
		}
		return list, true
	}
	return kind[[]string]{
		allowed: k.allowed,
		parse:   parse,
		format:  func(list []string) string { return strings.Join(list, ",") },
	}
}

// jsonList is a list of objects: as JSON in a flag or a variable, as a list in
// the file. It counts as a secret because what is in it often is.
func jsonList[T any](allowed string, check func(T) bool) kind[[]T] {
	return kind[[]T]{
		allowed: allowed,
		secret:  true,
		parse: func(s string) (list []T, ok bool) {
			if s == "" {
				return nil, true
			}
			dec := json.NewDecoder(strings.NewReader(s))
			dec.DisallowUnknownFields()
			if dec.Decode(&list) != nil || dec.More() {
				return nil, false
			}
			return list, !slices.ContainsFunc(list, func(v T) bool { return !check(v) })
		},
		format: func(list []T) string {
			if len(list) == 0 {
				return ""
			}
			b, _ := json.Marshal(list) // strings and slices of them: nothing can fail
			return string(b)
		},
	}
}

// count is a whole number within limits.
func count(low, high int) kind[int] {
	return kind[int]{
		allowed: fmt.Sprintf("a number from %d to %d", low, high),
		parse: func(s string) (int, bool) {
			n, err := strconv.Atoi(s)
			return n, err == nil && n >= low && n <= high
		},
		format: strconv.Itoa,
	}
}

// duration is a time span within limits, as Go writes it, or in whole days.
func duration(low, high time.Duration) kind[time.Duration] {
	return kind[time.Duration]{
		allowed: fmt.Sprintf("a duration from %s to %s, such as 90s, 30h or 7d", formatDuration(low), formatDuration(high)),
		parse: func(s string) (time.Duration, bool) {
			d, err := parseDuration(s)
			return d, err == nil && d >= low && d <= high
		},
		format: formatDuration,
	}
}

func parseDuration(s string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		return time.Duration(n) * day, err
	}
	return time.ParseDuration(s)
}

func formatDuration(d time.Duration) string {
	switch {
	case d >= day && d%day == 0:
		return strconv.FormatInt(int64(d/day), 10) + "d"
	case d >= time.Hour && d%time.Hour == 0:
		return strconv.FormatInt(int64(d/time.Hour), 10) + "h"
	case d%time.Second == 0:
		return strconv.FormatInt(int64(d/time.Second), 10) + "s"
	default:
		return d.String()
	}
}

// byteUnits are tried in this order, so that the longest name comes first.
var byteUnits = []struct {
	name  string
	bytes int64
}{{"TiB", 1 << 40}, {"GiB", gibibyte}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"", 1}}

// size is a number of bytes within limits.
func size(low, high int64) kind[int64] {
	return kind[int64]{
		allowed: fmt.Sprintf("a size from %s to %s, such as 512MiB or 10GiB", formatSize(low), formatSize(high)),
		parse: func(s string) (int64, bool) {
			n, ok := parseSize(s)
			return n, ok && n >= low && n <= high
		},
		format: formatSize,
	}
}

func parseSize(s string) (int64, bool) {
	for _, u := range byteUnits {
		digits, ok := strings.CutSuffix(s, u.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(digits, 10, 64)
		return n * u.bytes, err == nil && n >= 0 && n <= math.MaxInt64/u.bytes
	}
	return 0, false
}

func formatSize(n int64) string {
	for _, u := range byteUnits {
		if n >= u.bytes && n%u.bytes == 0 {
			return strconv.FormatInt(n/u.bytes, 10) + u.name
		}
	}
	return strconv.FormatInt(n, 10)
}

func isHostPort(s string) bool {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return false
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n <= math.MaxUint16
}

func isIP(s string) bool {
	a, err := netip.ParseAddr(s)
	return err == nil && a.Zone() == ""
}

func isURL(s string, schemes ...string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Hostname() != "" && slices.Contains(schemes, u.Scheme)
}

// isBaseURL wants no path: the endpoint of a connection string has none.
func isBaseURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && isURL(s, "https", "http") && strings.Trim(u.Path, "/") == "" && u.RawQuery == "" && u.User == nil
}

func isOrigin(s string) bool {
	return isBaseURL(s) && !strings.HasSuffix(s, "/")
}

func isAccessKey(s string) bool {
	b, err := base64.StdEncoding.DecodeString(s)
	return s == "" || err == nil && len(b) >= 32
}

// plainYAML reports whether YAML reads the text as it stands.
func plainYAML(s string) bool {
	return !strings.ContainsAny(s, "{}[]\"'#&*!|>%@`\n") && !strings.HasPrefix(s, "-") && strings.TrimSpace(s) == s
}
