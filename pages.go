package botd

import (
	"io/fs"
	"net/http"
	"strings"

	"github.com/botd-dev/botd/web"
)

// pagePolicy lets a page load from its own server only, and talk to any botd:
// a page may be served from elsewhere than the calls it makes.
const pagePolicy = "default-src 'self'; connect-src 'self' https: wss: ws: http:; media-src 'self' blob: mediastream:; " +
	"img-src 'self' data:; style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

// pages serves what is built from web/: the softphone at "/" and the client
// module under "/client/".
func pages() http.Handler {
	files := http.FileServerFS(web.Files())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", pagePolicy)
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
