package prompt

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

var errNotFile = errors.New("not a regular file")

// load reads a file below one of the roots: a path that begins with a root, or
// one relative to it. Links that lead out of the root are not followed.
func (o *Opener) load(path string) ([]byte, error) {
	for _, root := range o.cfg.FileRoots {
		name, ok := below(root, path)
		if !ok {
			continue
		}
		data, err := read(root, name, o.cfg.MaxBytes)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrDownload, err)
		}
		return data, nil
	}
	return nil, fmt.Errorf("%w: no such file below the roots", ErrDownload)
}

// below is what is left of path when it begins at root.
func below(root, path string) (string, bool) {
	if !filepath.IsAbs(path) {
		return path, filepath.IsLocal(path)
	}
	name, err := filepath.Rel(root, path)
	return name, err == nil && filepath.IsLocal(name)
}

func read(root, name string, most int64) ([]byte, error) {
	dir, err := os.OpenRoot(root)
	if err != nil {
		return nil, err
	}
	defer dir.Close() //nolint:errcheck // it was only looked into
	info, err := dir.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait for its writer
		return nil, errNotFile
	}
	f, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	return readAll(f, most)
}
