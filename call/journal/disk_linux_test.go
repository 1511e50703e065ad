package journal

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/botd-dev/botd/call"
)

// smallDisk mounts a disk of 64 MiB, where that is allowed.
func smallDisk(t *testing.T) string {
	t.Helper()
	return mounted(t, "size=64m")
}

// mounted is a disk of its own, where that is allowed.
func mounted(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		t.Skip("a disk cannot be mounted here: ", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func TestAFullDiskLosesNothingAndTheLogGoesOnByItselfWhenThereIsRoom(t *testing.T) {
	dir := smallDisk(t)
	h := openAt(t, filepath.Join(dir, "log"), func(c *Config) { c.Reserve = 0.05 })
	defer h.close(t)
	s := talking(1)
	h.write(t, s.call, s.opens())
	for range 40 {
		h.write(t, s.call, s.says("botd.test"))
	}
	ballast := filepath.Join(dir, "ballast")
	fill(t, ballast)
	for !h.Full() {
		pause(t.Context(), 10*time.Millisecond)
	}

	var waiting []chan error
	for range 200 { // more than what is left of the last page
		r := s.says("botd.test")
		r.Data = []byte(`"` + strings.Repeat("x", 4096) + `"`)
		done := make(chan error, 1)
		waiting = append(waiting, done)
		h.Append(s.call, []call.Record{r}, func(err error) { done <- err })
	}
	select {
	case err := <-waiting[len(waiting)-1]:
		t.Fatalf("written on a full disk: %v", err)
	case <-time.After(5 * time.Second):
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	room := time.Now()
	for _, done := range waiting {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	t.Logf("working again after %s", time.Since(room))
	if took := time.Since(room); took > 15*time.Second {
		t.Errorf("it took %s", took)
	}
	got, err := h.Read(t.Context(), s.connection, 0, 1000)
	if err != nil || !slices.Equal(sequences(got), upTo(241)) {
		t.Errorf("read %d, %v", len(got), err)
	}
}

// fill writes until there is no room.
func fill(t *testing.T, name string) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // it is ballast
	for size := 1 << 20; size >= 512; size /= 2 {
		for {
			if _, err := f.Write(make([]byte, size)); err != nil {
				break
			}
		}
	}
}
