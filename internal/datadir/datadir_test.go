package datadir

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestANewDirectoryIsPrivateAndCarriesItsFormat(t *testing.T) {
	path := filepath.Join(t.TempDir(), "made", "on", "the", "way")
	d := open(t, path)
	if mode := stat(t, path).Mode().Perm(); mode != 0o700 {
		t.Errorf("the directory has mode %o, want 700", mode)
	}
	b, err := os.ReadFile(d.Path("format"))
	if err != nil || string(b) != "1\n" {
		t.Errorf("format is %q (%v), want 1", b, err)
	}
}

func TestASecondOwnerIsRefusedInOneLine(t *testing.T) {
	path := t.TempDir()
	open(t, path)
	_, err := Open(path)
	if !errors.Is(err, ErrLocked) {
		t.Fatalf("got %v, want ErrLocked", err)
	}
	if strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), path) {
		t.Errorf("%q is not one line naming the directory", err)
	}
}

func TestAClosedDirectoryCanBeTakenAgain(t *testing.T) {
	path := t.TempDir()
	for range 3 {
		d, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestANewerFormatIsRefusedInOneLine(t *testing.T) {
	path := t.TempDir()
	if err := os.WriteFile(filepath.Join(path, "format"), []byte("2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(path)
	if !errors.Is(err, ErrNewer) || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v, want one line of ErrNewer", err)
	}
}

func TestAFormatThatIsNoNumberIsRefused(t *testing.T) {
	path := t.TempDir()
	if err := os.WriteFile(filepath.Join(path, "format"), []byte("one"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); err == nil {
		t.Error("it was opened")
	}
}

// A directory that could not be opened must not stay locked.
func TestARefusedFormatLeavesNoLock(t *testing.T) {
	path := t.TempDir()
	format := filepath.Join(path, "format")
	if err := os.WriteFile(format, []byte("2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); err == nil {
		t.Fatal("it was opened")
	}
	if err := os.Remove(format); err != nil {
		t.Fatal(err)
	}
	open(t, path)
}

func TestASecretIsMadeOnceAndKept(t *testing.T) {
	d := open(t, t.TempDir())
	first, err := d.Secret("access-key", func() (string, error) { return "made", nil })
	if err != nil || first != "made" {
		t.Fatalf("got %q, %v", first, err)
	}
	second, err := d.Secret("access-key", func() (string, error) { return "made again", nil })
	if err != nil || second != "made" {
		t.Errorf("the second time it is %q (%v)", second, err)
	}
	if mode := stat(t, d.Path("access-key")).Mode().Perm(); mode != 0o600 {
		t.Errorf("the file has mode %o, want 600", mode)
	}
	read, err := ReadSecret(d.Path(), "access-key")
	if err != nil || read != "made" {
		t.Errorf("a command reads %q (%v)", read, err)
	}
}

func TestAMissingSecretSaysSo(t *testing.T) {
	if _, err := ReadSecret(t.TempDir(), "access-key"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want fs.ErrNotExist", err)
	}
}

func TestAFailedWriteLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	taken := filepath.Join(dir, "taken")
	if err := os.MkdirAll(filepath.Join(taken, "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(taken, []byte("x"), 0o600); err == nil {
		t.Fatal("a directory was written over")
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("left %v (%v), want only the directory", entries, err)
	}
}

func open(t *testing.T, path string) *Dir {
	t.Helper()
	d, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func stat(t *testing.T, path string) fs.FileInfo {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info
}
