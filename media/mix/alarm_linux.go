package mix

import (
	"fmt"
	"os"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// timerFile is an Alarm of the kernel's (timerfd_create(2)), which is late by as
// long as it takes to wake up. A timer of Go's is rounded to milliseconds, and
// wakes up twice for it. It keeps real time, never virtual time.
type timerFile struct {
	fd   int
	file *os.File // of the same number
	raw  syscall.RawConn
	rung atomic.Bool
	over func(fd uintptr) bool // made once
}

// NewAlarm makes the most exact Alarm that the system has, in real time.
func NewAlarm() (Alarm, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("timer: %w", err)
	}
	t := &timerFile{fd: fd, file: os.NewFile(uintptr(fd), "timer")} //nolint:gosec // not negative
	if t.raw, err = t.file.SyscallConn(); err != nil {
		return nil, fmt.Errorf("timer: %w", err)
	}
	t.over = func(fd uintptr) bool {
		var times uint64
		_, _, errno := unix.RawSyscall(unix.SYS_READ, fd, uintptr(unsafe.Pointer(&times)), unsafe.Sizeof(times)) //nolint:gosec // it returns at once
		return errno != unix.EAGAIN
	}
	return t, nil
}

func (t *timerFile) Wait(d time.Duration) {
	t.set(d)
	if !t.rung.Load() {
		_ = t.raw.Read(t.over) // an error is that it is closed
	}
	t.rung.Store(false)
}

func (t *timerFile) Ring() {
	t.rung.Store(true)
	t.set(0)
}

// set has it go off after d, which is never where that is negative.
func (t *timerFile) set(d time.Duration) {
	var at unix.ItimerSpec
	if d >= 0 {
		at.Value = unix.NsecToTimespec(max(int64(d), 1)) // zero would be never
	}
	_ = unix.TimerfdSettime(t.fd, 0, &at, nil) // it fails for what is no timer only
}

func (t *timerFile) Close() error { return t.file.Close() }
