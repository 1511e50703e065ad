package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/botd-dev/botd/call"
)

func TestADiskWithoutRoomForFilesLosesNothingAndTheLogGoesOnByItself(t *testing.T) {
	dir := mounted(t, "size=512m,nr_inodes=2000")
	h := openAt(t, filepath.Join(dir, "log"), func(c *Config) { c.Reserve = 0.05 })
	defer h.close(t)
	s := talking(1)
	h.write(t, s.call, s.opens())
	ballast := files(t, filepath.Join(dir, "ballast"))
	for !h.Full() {
		pause(t.Context(), 10*time.Millisecond)
	}

	// More than one file of the store holds: some of it waits.
	const many = 400
	waiting := make(chan error, many)
	for range many {
		r := s.says("botd.test")
		r.Data = []byte(`"` + strings.Repeat("x", 64<<10) + `"`)
		h.Append(s.call, []call.Record{r}, func(err error) { waiting <- err })
	}
	h.measure(0)
	if !h.Full() {
		t.Error("there is room without files")
	}
	if err := os.RemoveAll(ballast); err != nil {
		t.Fatal(err)
	}
	room := time.Now()
	for range many {
		if err := <-waiting; err != nil {
			t.Error(err)
		}
	}
	for h.Full() {
		pause(t.Context(), 10*time.Millisecond)
	}
	t.Logf("working again after %s", time.Since(room))
	got, err := h.Read(t.Context(), s.connection, 0, 1000)
	if err != nil || !slices.Equal(sequences(got), upTo(many+1)) {
		t.Errorf("read %d, %v", len(got), err)
	}
}

// files makes empty ones until no more can be made.
func files(t *testing.T, dir string) string {
	t.Helper()
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for n := 0; ; n++ {
		f, err := os.Create(filepath.Join(dir, fmt.Sprint(n)))
		if errors.Is(err, syscall.ENOSPC) {
			return dir
		}
		if err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
	}
}
