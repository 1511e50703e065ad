package e2e

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	nats "github.com/nats-io/nats-server/v2/server"
)

// smallDisk makes a directory that is a disk of 64 MiB, where that is allowed.
func smallDisk(t *testing.T, dir string) {
	t.Helper()
	must(t, os.MkdirAll(dir, 0o700))
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64m"); err != nil {
		t.Skip("a disk cannot be mounted here: ", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
}

// fillTo writes a file until only a part of the disk is free.
func fillTo(t *testing.T, name string, free float64) {
	t.Helper()
	f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	must(t, err)
	defer f.Close()
	for block := 256 << 10; block >= 512; block /= 2 {
		for roomFor(t, name, free, block) {
			if _, err := f.Write(make([]byte, block)); err != nil {
				break
			}
		}
	}
}

// roomFor says whether so many bytes more leave that part of the disk free.
func roomFor(t *testing.T, name string, free float64, block int) bool {
	t.Helper()
	var fs syscall.Statfs_t
	must(t, syscall.Statfs(filepath.Dir(name), &fs))
	left := float64(fs.Bavail)*float64(fs.Bsize) - float64(block)
	return left >= free*float64(fs.Blocks)*float64(fs.Bsize)
}

// takesCalls fails as long as a new call is refused.
func (r *retiring) takesCalls(ctx context.Context) error {
	got, err := r.create()
	if err == nil && got.status != http.StatusCreated {
		err = fmt.Errorf("a call is answered %d %s", got.status, got.body)
	}
	if err != nil {
		return err
	}
	var made struct{ CallConnectionID string }
	if err := got.decode(&made); err != nil {
		return err
	}
	r.tried = append(r.tried, made.CallConnectionID)
	_, err = r.ask(ctx, http.MethodDelete, calling+"/"+made.CallConnectionID, nil)
	return err
}

// refusesCalls fails as long as calls are not refused as they are for lack of
// room.
func (r *retiring) refusesCalls(context.Context) error {
	got, err := r.create()
	if err == nil && (got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "") {
		var made struct{ CallConnectionID string }
		if got.decode(&made) == nil && made.CallConnectionID != "" {
			r.tried = append(r.tried, made.CallConnectionID)
			<-r.hangUp(made.CallConnectionID)
		}
		err = fmt.Errorf("a call is answered %d %s, Retry-After %q", got.status, got.body, got.header.Get("Retry-After"))
	}
	return err
}

// hangUp ends calls; each is answered when its end is durable.
func (r *retiring) hangUp(connections ...string) <-chan error {
	ended := make(chan error, len(connections))
	patient := r.account
	patient.http = &http.Client{Transport: r.http.Transport, Timeout: time.Minute}
	for _, id := range connections {
		go func() {
			got, err := patient.ask(r.t.Context(), http.MethodDelete, calling+"/"+id, nil)
			if err == nil && got.status != http.StatusNoContent {
				err = fmt.Errorf("hanging up is answered %d %s", got.status, got.body)
			}
			ended <- err
		}()
	}
	return ended
}

// waiting checks that nothing of it is answered for a while.
func waiting(t *testing.T, ended <-chan error, while time.Duration) {
	t.Helper()
	select {
	case err := <-ended:
		t.Errorf("it is answered before it can be durable: %v", err)
	case <-time.After(while):
	}
}

func TestOnAFullDiskCallsGoOnAndAllIsToldWhenThereIsRoomAgain(t *testing.T) {
	p := build(t, []byte(drainKey))
	smallDisk(t, p.data)
	p.start()
	r, connections := engage(t, p, 12)
	speaks := r.caller()
	ballast := filepath.Join(p.data, "ballast")

	fillTo(t, ballast, 0.08)
	must(t, r.takesCalls(t.Context()))
	fillTo(t, ballast, 0.045)
	within(t, 3*time.Second, "with less than 5 % free calls are refused", r.refusesCalls)
	speaks.hears(singing)
	must(t, <-r.hangUp(connections[0])) // what runs is written and told
	r.told(connections[0], "CallDisconnected")

	fillTo(t, ballast, 0)
	ended := r.hangUp(connections[1:]...)
	within(t, 10*time.Second, "readyz is 503", r.readiness(http.StatusServiceUnavailable))
	if got, err := r.plain(t.Context(), "/healthz"); err != nil || got.status != http.StatusOK {
		t.Errorf("healthz: %d %v", got.status, err)
	}
	for range 3 { // seconds of it
		speaks.hears(singing)
	}

	must(t, os.Remove(ballast))
	room := time.Now()
	within(t, 15*time.Second, "it works again by itself", func(ctx context.Context) error {
		if err := r.readiness(http.StatusOK)(ctx); err != nil {
			return err
		}
		return r.takesCalls(ctx)
	})
	t.Logf("it works again %s after there was room", time.Since(room).Round(time.Millisecond))
	for range connections[1:] {
		must(t, <-ended)
	}
	speaks.hears(singing)
	for _, id := range connections {
		r.told(id, "CallDisconnected")
	}
	r.kill()
	r.judge(append(connections, r.tried...))
}

// readiness fails as long as readyz has another status.
func (r *retiring) readiness(want int) func(context.Context) error {
	return func(ctx context.Context) error {
		got, err := r.plain(ctx, "/readyz")
		if err == nil && got.status != want {
			err = fmt.Errorf("readyz: %d %s", got.status, got.body)
		}
		return err
	}
}

// depot is a NATS server that somebody else runs.
type depot struct {
	t   *testing.T
	opt nats.Options
	now *nats.Server
}

func newDepot(t *testing.T) *depot {
	t.Helper()
	_, port, err := net.SplitHostPort(freeAddress(t))
	must(t, err)
	n, err := strconv.Atoi(port)
	must(t, err)
	d := &depot{t: t, opt: nats.Options{Host: "127.0.0.1", Port: n, JetStream: true, StoreDir: t.TempDir(), SyncAlways: true, NoSigs: true}}
	d.start()
	t.Cleanup(func() { d.stop() })
	return d
}

func (d *depot) start() {
	d.t.Helper()
	opt := d.opt
	s, err := nats.NewServer(&opt)
	must(d.t, err)
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		d.t.Fatal("the store is not ready")
	}
	d.now = s
}

func (d *depot) stop() {
	d.now.Shutdown()
	d.now.WaitForShutdown()
}

func TestWithoutItsStoreTheServerIsNotReadyAndCallsGoOn(t *testing.T) {
	store := newDepot(t)
	r, connections := retire(t, 12, "--nats-url", store.now.ClientURL())
	speaks := r.caller()

	store.stop()
	gone := time.Now()
	within(t, 5*time.Second, "readyz is 503", r.readiness(http.StatusServiceUnavailable))
	t.Logf("not ready after %s", time.Since(gone).Round(time.Millisecond))
	ended := r.hangUp(connections...)
	waiting(t, ended, 2*time.Second)
	must(t, r.refusesCalls(t.Context()))
	for range 10 { // seconds of it
		speaks.hears(singing)
	}
	if got, err := r.plain(t.Context(), "/healthz"); err != nil || got.status != http.StatusOK {
		t.Errorf("healthz: %d %v", got.status, err)
	}

	store.start()
	back := time.Now()
	within(t, 10*time.Second, "readyz is 200", r.readiness(http.StatusOK))
	t.Logf("ready again after %s", time.Since(back).Round(time.Millisecond))
	for range connections {
		must(t, <-ended)
	}
	within(t, 10*time.Second, "calls are taken", r.takesCalls)
	speaks.hears(singing)
	r.kill()
	r.judge(append(connections, r.tried...))
}
