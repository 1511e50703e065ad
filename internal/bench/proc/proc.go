// Package proc reads what a process and the machine have used, on Linux.
package proc

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Usage is what a process has used.
type Usage struct {
	// CPU is user and system time since it began, exact to the nanosecond where
	// /proc counts hundredths of a second.
	CPU time.Duration
	// Memory is what of it is in memory (RSS), in KiB.
	Memory int64
	// Threads is how many it has.
	Threads int64
}

// Read tells what a process has used up to now.
func Read(pid int) (Usage, error) {
	cpu, err := processTime(pid)
	if err != nil {
		return Usage{}, fmt.Errorf("cpu time of process %d: %w", pid, err)
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return Usage{}, err
	}
	u := Usage{CPU: cpu}
	if u.Memory, u.Threads, err = parseStatus(string(status)); err != nil {
		return Usage{}, fmt.Errorf("process %d: %w", pid, err)
	}
	return u, nil
}

// processTime asks the CPU clock of a process. Its number is made of the
// process's as clock_getcpuclockid(3) does it: inverted, three bits up, and 2
// for what the scheduler has counted.
func processTime(pid int) (time.Duration, error) {
	var ts unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|2), &ts); err != nil { //nolint:gosec // process numbers have 22 bits
		return 0, err
	}
	return time.Duration(ts.Nano()), nil
}

// ThreadTime is the CPU time of the calling thread.
func ThreadTime() time.Duration {
	var ts unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts) // fails for unknown clocks only
	return time.Duration(ts.Nano())
}

// Pin keeps the calling thread on one processor.
func Pin(processor int) error {
	var set unix.CPUSet
	set.Set(processor)
	return unix.SchedSetaffinity(0, &set)
}

// errStatus is a status file that is not one.
var errStatus = errors.New("no VmRSS or Threads in its status")

// parseStatus finds memory in KiB and threads in /proc/PID/status (proc(5)).
func parseStatus(status string) (rss, threads int64, err error) {
	rss, threads = -1, -1
	for line := range strings.Lines(status) {
		key, value, _ := strings.Cut(line, ":")
		to := &rss
		switch key {
		case "VmRSS":
		case "Threads":
			to = &threads
		default:
			continue
		}
		if *to, err = strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64); err != nil {
			return 0, 0, err
		}
	}
	if rss < 0 || threads < 0 {
		return 0, 0, errStatus
	}
	return rss, threads, nil
}

const (
	// tick is what the kernel counts in /proc/stat: a second has 100 (USER_HZ).
	tick = 10 * time.Millisecond
	// longestTicks is the most that a column may have for the sum to be a
	// duration: 48 years.
	longestTicks = math.MaxInt64 / int64(tick) / 6
)

// Busy is how long all processors together have worked since the machine was
// started, time taken by other virtual machines included.
func Busy() (time.Duration, error) {
	stat, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, err
	}
	return parseBusy(string(stat))
}

// errStat is a /proc/stat without its first line.
var errStat = errors.New("/proc/stat does not begin with cpu")

// parseBusy adds up the first line of /proc/stat: user, nice, system, idle,
// iowait, irq, softirq, steal; what follows is part of the first two.
func parseBusy(stat string) (time.Duration, error) {
	line, _, _ := strings.Cut(stat, "\n")
	fields := strings.Fields(line)
	if len(fields) < 9 || fields[0] != "cpu" {
		return 0, errStat
	}
	var ticks int64
	for i, f := range fields[1:9] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil || n < 0 || n > longestTicks {
			return 0, errStat
		}
		if i != 3 && i != 4 {
			ticks += n
		}
	}
	return time.Duration(ticks) * tick, nil
}
