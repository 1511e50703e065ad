package datadir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Secret reads a secret of the directory, or makes it with create when it is
// not there yet. The file is named after the secret and has mode 0600.
func (d *Dir) Secret(name string, create func() (string, error)) (string, error) {
	secret, err := ReadSecret(d.path, name)
	if !errors.Is(err, fs.ErrNotExist) {
		return secret, err
	}
	if secret, err = create(); err != nil {
		return "", fmt.Errorf("make %s: %w", name, err)
	}
	if err := WriteFile(d.Path(name), []byte(secret+"\n"), 0o600); err != nil {
		return "", err
	}
	return secret, nil
}

// ReadSecret reads a secret of a directory that another process may have: a
// command finds the key of the running server with it. The error is
// fs.ErrNotExist if there is none.
func ReadSecret(path, name string) (string, error) {
	b, err := os.ReadFile(filepath.Join(path, name))
	if err != nil {
		return "", fmt.Errorf("data directory: %w", err)
	}
	secret := strings.TrimSpace(string(b))
	if secret == "" {
		return "", fmt.Errorf("data directory %s: %s is empty; remove it to have a new one made", path, name)
	}
	return secret, nil
}

// WriteFile writes a file so that after a crash it is there whole or not at
// all: beside its place, synced, then renamed into it.
func WriteFile(name string, b []byte, mode fs.FileMode) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("write %s: %w", name, errors.Join(err, os.Remove(f.Name())))
		}
	}()
	if err := fill(f, b, mode); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return err
	}
	return syncDir(filepath.Dir(name))
}

func fill(f *os.File, b []byte, mode fs.FileMode) error {
	err := f.Chmod(mode)
	if err == nil {
		_, err = f.Write(b)
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// syncDir makes the renaming itself durable.
func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
