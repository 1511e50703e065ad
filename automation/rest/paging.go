package rest

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// limit is how many of a list the request wants on a page.
func (q *request) limit() (int, error) {
	n, err := number(q, "limit", usualPage)
	if err != nil {
		return 0, err
	}
	if n < 1 || n > largestPage {
		return 0, &mistake{"limit", "it must be 1 to " + strconv.Itoa(largestPage)}
	}
	return int(n), nil //nolint:gosec // at most largestPage
}

// next is the link to what comes after: absolute, and with a query that reads
// the same however it is spelled anew (rest.md section 6.8).
func (s *Server) next(q *request, after string) string {
	query := url.Values{}
	for name, values := range q.query {
		query[name] = values
	}
	query.Set("after", after)
	return s.cfg.PublicURL + q.path + "?" + reserialise(query.Encode())
}

// spot is where a page of a list ended that is ordered by time and name.
type spot struct {
	at   time.Time
	name string
}

func (p spot) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(p.at.UnixNano(), 10) + " " + p.name))
}

// spot reads where a page begins; the zero spot is the beginning of the list.
func (q *request) spot() (spot, error) {
	text, err := q.after()
	if err != nil || text == "" {
		return spot{}, err
	}
	nanos, name, ok := strings.Cut(text, " ")
	at, err := strconv.ParseInt(nanos, 10, 64)
	if !ok || name == "" || err != nil {
		return spot{}, errAfter
	}
	return spot{time.Unix(0, at).UTC(), name}, nil
}

// errAfter is a cursor that was not made here.
var errAfter = &mistake{"after", "it is not where a page of this list ended"}

// after is a cursor that hides what it says from whoever spells the query anew.
func (q *request) after() (string, error) {
	given := q.query.Get("after")
	text, err := base64.RawURLEncoding.DecodeString(given)
	if err != nil || len(text) > maxName || base64.RawURLEncoding.EncodeToString(text) != given {
		return "", errAfter
	}
	return string(text), nil
}
