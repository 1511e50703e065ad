// Package datadir is the directory in which everything lives that must survive
// a restart. One process has it at a time, and it carries the version of its
// format, so that an older botd does not misread what a newer one wrote.
package datadir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Format is the version of the format that this botd writes and reads.
const Format = 1

const (
	lockFile   = "lock"
	formatFile = "format"
)

// ErrLocked is wrapped when another process has the directory.
var ErrLocked = errors.New("in use by another process")

// ErrNewer is wrapped when a newer botd has written the directory.
var ErrNewer = errors.New("written by a newer botd")

// Dir is a data directory that this process has for itself.
type Dir struct {
	path string
	lock *os.File
}

// Open makes the directory if it is not there (mode 0700), takes it for this
// process and checks its format. The errors are one line for a person.
func Open(path string) (*Dir, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	lock, err := takeLock(path)
	if err != nil {
		return nil, err
	}
	if err := checkFormat(path); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return &Dir{path: path, lock: lock}, nil
}

// Close gives the directory up. The lock file stays: removing it would let two
// processes lock two files of the same name.
func (d *Dir) Close() error {
	return d.lock.Close()
}

// Path is the path of something in the directory.
func (d *Dir) Path(elem ...string) string {
	return filepath.Join(append([]string{d.path}, elem...)...)
}

// Sub makes a directory inside (mode 0700) and returns its path.
func (d *Dir) Sub(elem ...string) (string, error) {
	path := d.Path(elem...)
	if err := os.MkdirAll(path, 0o700); err != nil {
		return "", fmt.Errorf("data directory: %w", err)
	}
	return path, nil
}

func takeLock(path string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(path, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = fmt.Errorf("data directory %s: %w%s", path, ErrLocked, holder(f))
	}
	if err == nil {
		err = writeHolder(f)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// holder names the process that wrote itself into the lock file, for the
// person who has to find it.
func holder(f *os.File) string {
	buf := make([]byte, 20)
	n, _ := f.ReadAt(buf, 0)
	if pid, err := strconv.Atoi(strings.TrimSpace(string(buf[:n]))); err == nil {
		return fmt.Sprintf(" (%d)", pid)
	}
	return ""
}

func writeHolder(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return fmt.Errorf("data directory: %w", err)
	}
	if _, err := f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0); err != nil {
		return fmt.Errorf("data directory: %w", err)
	}
	return nil
}

func checkFormat(path string) error {
	name := filepath.Join(path, formatFile)
	b, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return WriteFile(name, []byte(strconv.Itoa(Format)+"\n"), 0o600)
	}
	if err != nil {
		return fmt.Errorf("data directory: %w", err)
	}
	format, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return fmt.Errorf("data directory %s: %s holds %.20q, want a number", path, formatFile, b)
	}
	if format > Format {
		return fmt.Errorf("data directory %s: %w (format %d, this one reads %d)", path, ErrNewer, format, Format)
	}
	return nil
}
