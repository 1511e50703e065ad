package browser

import (
	"bytes"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// fewFiles lets the process open no more files until the end of the test.
func fewFiles(t *testing.T) {
	t.Helper()
	var before unix.Rlimit
	fatal(t, unix.Getrlimit(unix.RLIMIT_NOFILE, &before))
	few := before
	few.Cur = 0
	fatal(t, unix.Setrlimit(unix.RLIMIT_NOFILE, &few))
	t.Cleanup(func() { fatal(t, unix.Setrlimit(unix.RLIMIT_NOFILE, &before)) })
}

func TestAServerThatCanOpenNoMoreFilesIsStillReached(t *testing.T) {
	c := newTalk(t, 0, "udp4")
	fewFiles(t)
	for n := range byte(3) {
		got := c.next()
		c.send([]byte{0, 1, n})
		if b := <-got; !bytes.Equal(b, []byte{0, 1, n}) {
			t.Fatalf("%x came out", b)
		}
	}
}

// stamped is a packet that the kernel says has come at some time.
func stamped(t *testing.T, at time.Time) *datagrams {
	t.Helper()
	d := newDatagrams(nil, 1)
	b := d.control[0][:]
	size := unix.CmsgSpace(int(unsafe.Sizeof(unix.Timespec{})))
	h := (*unix.Cmsghdr)(unsafe.Pointer(&b[0]))
	h.Level, h.Type = unix.SOL_SOCKET, unix.SO_TIMESTAMPNS
	h.SetLen(unix.CmsgLen(int(unsafe.Sizeof(unix.Timespec{}))))
	*(*unix.Timespec)(unsafe.Pointer(&b[unix.CmsgLen(0)])) = unix.NsecToTimespec(at.UnixNano())
	d.headers[0].SetControllen(size)
	return d
}

func TestAWallClockThatIsSetMovesNoPacketByMoreThanATick(t *testing.T) {
	now := time.Now()
	since := now.Add(-20 * time.Millisecond)
	for _, row := range []struct{ stamp, want time.Duration }{
		{-7 * time.Millisecond, -7 * time.Millisecond},
		{-time.Hour, -20 * time.Millisecond}, // set forward, while it waited
		{time.Hour, 0},                       // set back
	} {
		if got := stamped(t, now.Add(row.stamp)).at(0, now, since).Sub(now); got != row.want {
			t.Errorf("what says that it came %v ago came %v ago, want %v", -row.stamp, -got, -row.want)
		}
	}
}

func TestNothingThatIsReadCameBeforeTheLastTimeThatAllWasRead(t *testing.T) {
	c := newTalk(t, 0, "udp4")
	c.send([]byte{0, 1})
	before := time.Now()
	c.in.fetch(before)
	if c.in.emptied.Before(before) {
		t.Error("a socket that was read to its end is not known to be empty")
	}
	empty := c.in.emptied
	for range inboxSize {
		c.send([]byte{0, 1})
	}
	n, err := c.in.kernel.receive(false)
	fatal(t, err)
	if c.in.sort(n); c.in.emptied != empty {
		t.Error("a socket of which as much was read as one call can is taken for empty")
	}
}
