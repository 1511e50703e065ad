package journal

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// traced is what a process asked of its files, as strace shows it, with -xx:
// strings in hex, so that they contain no separators.
type traced struct {
	name   string
	args   []string
	result int64
	// entry and exit are the lines of the trace where it began and where it had
	// returned: what returned before another began has happened before it.
	entry, exit int
}

// straceArgs trace everything that changes files, and how descriptors move.
func straceArgs(out string) []string {
	return []string{
		"-f", "--seccomp-bpf", "-qq", "-xx", "-s", "16777216", "-e", "signal=none", "-o", out, "-e",
		"trace=openat,open,creat,close,dup,dup2,dup3,lseek,write,pwrite64,writev,pwritev,pwritev2,fallocate,copy_file_range," +
			"sendfile,truncate,ftruncate,fsync,fdatasync,sync_file_range,syncfs,sync,mmap," +
			"rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,link,linkat,symlink,symlinkat",
	}
}

// mayTrace skips a test where processes may not be traced.
func mayTrace(t *testing.T) string {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Fatalf("%v; make test-deps installs it", err)
	}
	if out, err := exec.CommandContext(t.Context(), strace, "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "true").CombinedOutput(); err != nil {
		t.Skipf("processes may not be traced here: %v: %s", err, out)
	}
	return strace
}

// readTrace gives the system calls in the order in which they returned.
func readTrace(r io.Reader) ([]traced, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 256<<20)
	began := make(map[string]traced) // by thread
	var all []traced
	for n := 1; lines.Scan(); n++ {
		thread, text, _ := strings.Cut(lines.Text(), " ")
		text = strings.TrimLeft(text, " ")
		if head, ok := strings.CutSuffix(text, " <unfinished ...>"); ok {
			began[thread] = traced{args: []string{head}, entry: n}
			continue
		}
		entry := n
		if rest, ok := strings.CutPrefix(text, "<... "); ok {
			_, rest, _ = strings.Cut(rest, " resumed>")
			text, entry = began[thread].args[0]+rest, began[thread].entry
		}
		call, ok, err := parseCall(text)
		if err != nil {
			return nil, fmt.Errorf("line %d of the trace: %w", n, err)
		}
		if ok {
			call.entry, call.exit = entry, n
			all = append(all, call)
		}
	}
	return all, lines.Err()
}

// parseCall reads name(args) = result. What did not succeed is left out.
func parseCall(text string) (traced, bool, error) {
	left, right, ok := strings.Cut(text, " = ")
	if !ok {
		return traced{}, false, nil // it never returned
	}
	name, args, ok := strings.Cut(strings.TrimRight(left, " "), "(")
	if !ok {
		return traced{}, false, fmt.Errorf("not a call: %.100s", text)
	}
	if strings.Contains(args, `"...`) {
		return traced{}, false, fmt.Errorf("%s is cut off", name)
	}
	word, _, _ := strings.Cut(right, " ")
	result, err := strconv.ParseInt(word, 0, 64)
	if err != nil {
		return traced{}, false, fmt.Errorf("%s returned %q: %w", name, right, err)
	}
	return traced{name: name, args: strings.Split(strings.TrimSuffix(args, ")"), ", "), result: result}, result >= 0, nil
}

func (c traced) has(arg int, flag string) bool {
	return slices.Contains(strings.Split(c.args[arg], "|"), flag)
}

func (c traced) number(arg int) int64 {
	n, err := strconv.ParseInt(c.args[arg], 0, 64)
	if err != nil {
		panic(fmt.Sprintf("argument %d of %s is %s", arg, c.name, c.args[arg])) //nolint:forbidigo // the trace is not what was asked for
	}
	return n
}

func (c traced) bytes(arg int) []byte {
	data, err := hex.DecodeString(strings.ReplaceAll(strings.Trim(c.args[arg], `"`), `\x`, ""))
	if err != nil {
		panic(fmt.Sprintf("argument %d of %s is not in hex", arg, c.name)) //nolint:forbidigo // the trace is not what was asked for
	}
	return data
}

func TestATraceIsReadInTheOrderOfItsReturns(t *testing.T) {
	calls, err := readTrace(strings.NewReader(`7 openat(AT_FDCWD, "\x2f\x61", O_RDWR|O_CREAT, 0640 <unfinished ...>
8 pwrite64(5, "\x68\x69", 2, 30)      = 2
7 <... openat resumed>)                  = 3
8 unlinkat(AT_FDCWD, "\x2f\x62", 0)     = -1 ENOENT (No such file or directory)
9 fsync(3 <unfinished ...>
9 +++ exited with 0 +++
`))
	if err != nil || len(calls) != 2 {
		t.Fatalf("read %v, %v", calls, err)
	}
	write, open := calls[0], calls[1]
	if string(write.bytes(1)) != "hi" || write.number(3) != 30 || write.entry != 2 || write.exit != 2 {
		t.Errorf("read %+v", write)
	}
	if string(open.bytes(1)) != "/a" || !open.has(2, "O_CREAT") || open.result != 3 || open.entry != 1 || open.exit != 3 {
		t.Errorf("read %+v", open)
	}
}
