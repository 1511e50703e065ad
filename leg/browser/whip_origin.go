package browser

import (
	"net/http"
	"net/url"
	"path"
	"strings"
)

// What a page of another origin may send and see (Fetch standard, CORS).
const (
	corsMethods = "DELETE, OPTIONS, PATCH, POST"
	corsHeaders = "Authorization, Content-Type, If-Match"
	corsExposed = "Accept-Patch, Accept-Post, ETag, Link, Location, Retry-After"
	corsMaxAge  = "600" // seconds
)

// crossOrigin lets the pages of allowed origins read the answer. It is false for
// a page of any other: its requests do nothing.
func (s *Server) crossOrigin(w http.ResponseWriter, r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true // no browser, or its own page
	}
	h := w.Header()
	h.Add("Vary", "Origin")
	own, allowed := s.originOf(origin, r.Host)
	if own || !allowed {
		return own
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", corsExposed)
	if r.Method == http.MethodOptions {
		h.Set("Access-Control-Allow-Methods", corsMethods)
		h.Set("Access-Control-Allow-Headers", corsHeaders)
		h.Set("Access-Control-Max-Age", corsMaxAge)
	}
	return true
}

// originOf says whether an origin is the server's own, and whether it is allowed
// as the signalling socket allows it.
func (s *Server) originOf(origin, host string) (own, allowed bool) {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return false, false
	}
	if strings.EqualFold(u.Host, host) {
		return true, true
	}
	for _, pattern := range s.cfg.AllowedOrigins {
		target := u.Host
		if strings.Contains(pattern, "://") {
			target = u.Scheme + "://" + u.Host
		}
		if ok, err := path.Match(strings.ToLower(pattern), strings.ToLower(target)); err == nil && ok {
			return false, true
		}
	}
	return false, false
}
