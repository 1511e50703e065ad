package botd

import (
	"io/fs"
	"net/http"
	"strings"

	"github.com/botd-dev/botd/web"
)

// pagePolicy lets a page load from and talk to its own server only.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// pagePermissions keep what a softphone does not need from whatever might run
// in it.
const pagePermissions = "microphone=(self), speaker-selection=(self), camera=(), geolocation=(), display-capture=()"

// pages serves what is built from web/: the softphone at "/" and the client
// module under "/client/".
func pages() http.Handler {
	files := http.FileServerFS(web.Files())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("Permissions-Policy", pagePermissions)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		if strings.HasPrefix(r.URL.Path, "/client/") {
			h.Set("Access-Control-Allow-Origin", "*") // a module that any page may import
		}
		if strings.HasPrefix(r.URL.Path, "/assets/") {
			h.Set("Cache-Control", "public, max-age=31536000, immutable") // their names change with them
		} else {
			h.Set("Cache-Control", "no-cache")
		}
		files.ServeHTTP(w, r)
	})
}

// isPage says whether a path is one of those files.
func isPage(path string) bool {
	name := strings.TrimPrefix(path, "/")
	if name == "" {
		return true
	}
	info, err := fs.Stat(web.Files(), name)
	return err == nil && !info.IsDir()
}
