// Package web holds what a browser loads: the softphone and the calling client,
// built from the TypeScript beside it. It serves nothing itself.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files is what the server hands out below "/": index.html, assets/ (whose
// names change with their content, so that they may be cached for ever),
// client/calling.js and client/calling.d.ts.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // "dist" is a valid path, and nothing else can be wrong
	}
	return files
}
