package botd

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/botd-dev/botd/internal/telemetry"
)

// hidden stands where a secret would be printed.
const hidden = "(hidden)"

// discreetly is a text as anybody may read it: a URL in it may have a password.
func discreetly(text string) string {
	return strings.ReplaceAll(telemetry.Redact(text), telemetry.Hidden, hidden)
}

// toldValue is a value that a setting does not take, as the error may repeat it. Nobody
// knows what somebody has typed into a URL, so its user and the values of its query
// are left out.
func toldValue(value string) string {
	head, query, asked := strings.Cut(withoutUser(value, hidden+"@"), "?")
	if asked {
		head += "?" + namesOf(query)
	}
	return head
}

// withoutUser puts something else in the place of who a URL is called as. What
// looks like a host, a path or a query may be part of a password, up to the last
// "@".
func withoutUser(value, instead string) string {
	scheme, rest, isURL := strings.Cut(value, "://")
	at := strings.LastIndexByte(rest, '@')
	if !isURL || at < 0 {
		return value
	}
	return scheme + "://" + instead + rest[at+1:]
}

// namesOf is a query with its values hidden.
func namesOf(query string) string {
	parts := strings.Split(query, "&")
	for i, part := range parts {
		name, _, ok := strings.Cut(part, "=")
		if parts[i] = hidden; ok {
			parts[i] = name + "=" + hidden
		}
	}
	return strings.Join(parts, "&")
}

// aName is what could be the name of a provider, and no key.
var aName = regexp.MustCompile(`^[a-z]{1,16}$`)

// toldProvider is toldValue for a provider. What stands where its URL belongs may be its
// key: only a host is repeated.
func toldProvider(value string) string {
	place, query, asked := strings.Cut(withoutUser(value, ""), "?")
	name, place, elsewhere := strings.Cut(place, ":")
	if !aName.MatchString(name) {
		return hidden
	}
	if elsewhere {
		name += ":" + hostOf(place)
	}
	if asked {
		name += "?" + namesOf(query)
	}
	return name
}

// hostOf is a URL with its host alone.
func hostOf(place string) string {
	u, err := url.Parse(place)
	if err != nil || u.Host == "" {
		return hidden
	}
	if u.Path != "" {
		return u.Scheme + "://" + u.Host + "/…"
	}
	return u.Scheme + "://" + u.Host
}
