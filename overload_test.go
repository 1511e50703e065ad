package botd

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/internal/throttle"
)

// create asks for a call to a bot and returns the status, the connection's id,
// and in how many seconds to come again.
func create(t *testing.T, s *Server) (status int, id string, again int) {
	t.Helper()
	status, again, body := sent(t, s, http.MethodPost, createPath,
		`{"targets":[{"rawId":"patient"}],"callbackUri":"https://127.0.0.1:9/"}`)
	var made struct {
		ID string `json:"callConnectionId"`
	}
	if status == http.StatusCreated {
		if err := json.Unmarshal(body, &made); err != nil {
			t.Error(err)
		}
	}
	return status, made.ID, again
}

// sent signs and sends a request, and returns the status, in how many seconds to
// come again, and the body.
func sent(t *testing.T, s *Server, method, path, body string) (status, again int, answer []byte) {
	t.Helper()
	resp, err := http.DefaultClient.Do(request(t, s, method, path, body))
	if err != nil {
		t.Error(err)
		return 0, 0, nil
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end
	if answer, err = io.ReadAll(resp.Body); err != nil {
		t.Error(err)
	}
	again, _ = strconv.Atoi(resp.Header.Get("Retry-After")) // zero without one
	return resp.StatusCode, again, answer
}

// request is a signed one.
func request(t *testing.T, s *Server, method, path, body string) *http.Request {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(signedBody(t, s, method, path, "", body))))
	if err != nil {
		t.Fatal(err)
	}
	r.RequestURI, r.URL.Scheme, r.URL.Host = "", "http", s.HTTPAddr()
	return r.WithContext(t.Context())
}

// crowd is what came of many calls at once.
type crowd struct {
	mu       sync.Mutex
	in       map[string]time.Time // the calls that were let in, and when they were asked for
	took     []time.Duration
	refusals []time.Duration
	odd      map[int]int
}

func (c *crowd) add(t *testing.T, s *Server) {
	begun := time.Now()
	status, id, again := create(t, s)
	took := time.Since(begun)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case status == http.StatusCreated:
		c.in[id], c.took = begun, append(c.took, took)
	case (status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable) && again >= 1:
		c.refusals = append(c.refusals, took)
	default:
		c.odd[status]++
	}
}

// p99 is what 99 of 100 did not exceed.
func p99(of []time.Duration) time.Duration {
	if len(of) == 0 {
		return 0
	}
	slices.Sort(of)
	return of[len(of)*99/100]
}

// Eight clients ask for calls as fast as they can, until ten times as many have
// been asked for as ten seconds of the rate let in, while two people talk. How
// long it took is printed.
func TestABurstOfCallsHarmsNoneOfThoseThatWereLetIn(t *testing.T) {
	const rate, seconds, times = 10, 10, 10
	s := start(t, func(c *Config) {
		c.Dev, c.AllowDestinations = false, []string{"127.0.0.0/8"}
		c.LimitsCallRate = throttle.Rate{Count: rate*seconds + 1, Per: time.Hour} // one of them is the talk
	})
	c, all := &crowd{in: map[string]time.Time{}, odd: map[int]int{}}, &sync.WaitGroup{}
	talk := converse(t, s)
	for range 8 {
		all.Go(func() {
			for range rate * seconds * times / 8 {
				c.add(t, s)
			}
		})
	}
	all.Wait()
	if len(c.in) != rate*seconds || len(c.odd) > 0 || len(c.in)+len(c.refusals) != rate*seconds*times {
		t.Errorf("%d let in, %d refused, and %v", len(c.in), len(c.refusals), c.odd)
	}
	heard, of := talk.end(t)
	var connected []time.Duration
	for id, asked := range c.in {
		settles(t, s, id)
		connected = append(connected, connectedAt(t, s, id).Sub(asked))
	}
	t.Logf("%d let in, p99 %s, connected %s; %d refused, p99 %s; of a call meanwhile %d of %d frames were heard",
		len(c.in), p99(c.took), p99(connected), len(c.refusals), p99(c.refusals), heard, of)
	if heard < of/2 || of == 0 { // on a busy machine the one who sings may be late
		t.Errorf("of a call that went on %d of %d frames were heard", heard, of)
	}
	until(t, func() bool { return s.Counts().Calls == len(c.in) })
	if n := counted(t, s, `botd_refused_total{limit="calls"}`); int(n) != len(c.refusals) {
		t.Errorf("%v refusals are counted, want %d", n, len(c.refusals))
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// connectedAt is when a call was connected, as its log has it.
func connectedAt(t *testing.T, s *Server, id string) time.Time {
	t.Helper()
	log, err := s.Events(t.Context(), id, 0, 100)
	at := slices.IndexFunc(log, func(r call.Record) bool { return strings.HasSuffix(r.Type, ".CallConnected") })
	if err != nil || at < 0 {
		t.Fatalf("%s: %v, %v", id, log, err)
	}
	return log[at].Time
}

// settles waits until a call is connected.
func settles(t *testing.T, s *Server, id string) {
	t.Helper()
	until(t, func() bool {
		_, _, body := sent(t, s, http.MethodGet, "/calling/callConnections/"+id+"?api-version=2026-03-12", "")
		return strings.Contains(string(body), `"callConnectionState":"connected"`)
	})
}

// until tries again until it is so, or the test has no time left.
func until(t *testing.T, so func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !so() {
		select {
		case <-again.C:
		case <-ctx.Done():
			t.Fatal("it does not come to that")
		}
	}
}

func TestNearTheLimitOfMemoryNewCallsAreRefusedAndOthersGoOn(t *testing.T) {
	s := start(t, func(c *Config) { c.Dev, c.AllowDestinations = false, []string{"127.0.0.0/8"} })
	status, id, _ := create(t, s)
	if status != http.StatusCreated {
		t.Fatal(status)
	}
	settles(t, s, id)
	old := debug.SetMemoryLimit(4 << 20)
	status, _, again := create(t, s)
	settles(t, s, id)
	debug.SetMemoryLimit(old)
	if status != http.StatusServiceUnavailable || again < 1 {
		t.Errorf("without memory: %d, again in %d s", status, again)
	}
	if status, _, _ := create(t, s); status != http.StatusCreated {
		t.Errorf("with memory: %d", status)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// fewFiles is set for a process that may open only that many files.
const fewFiles = "BOTD_TEST_FEW_FILES"

// TestServeWithFewFiles is the process that TestWithoutFilesNothingBreaks
// starts. It says where it is, and takes all files, and gives them back, when it
// is told to.
func TestServeWithFewFiles(t *testing.T) {
	n, err := strconv.ParseUint(os.Getenv(fewFiles), 10, 64)
	if err != nil {
		return // nobody has started it
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: n, Max: n}); err != nil {
		t.Fatal(err)
	}
	s := start(t, func(*Config) {})
	say := os.NewFile(3, "to the test")
	_, _ = fmt.Fprintln(say, s.HTTPAddr(), s.keys[0])
	var taken []*os.File
	for word := range lines(os.Stdin) {
		switch word {
		case "take":
			for {
				f, err := os.Open(os.DevNull)
				if err != nil {
					break
				}
				taken = append(taken, f)
			}
		case "give":
			for _, f := range taken {
				_ = f.Close()
			}
		}
		_, _ = fmt.Fprintln(say, word)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// lines reads line by line.
func lines(r io.Reader) func(func(string) bool) {
	return func(yield func(string) bool) {
		for in := bufio.NewScanner(r); in.Scan(); {
			if !yield(in.Text()) {
				return
			}
		}
	}
}

// other is a server in another process.
type other struct {
	*Server // that knows the address and the key, and nothing else
	cmd     *exec.Cmd
	to      io.WriteCloser
	from    *bufio.Reader
}

func startWithFewFiles(t *testing.T, n int) *other {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestServeWithFewFiles$")
	cmd.Env = append(os.Environ(), fewFiles+"="+strconv.Itoa(n))
	to, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	here, there, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.ExtraFiles = []*os.File{there}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = there.Close()
	o := &other{Server: &Server{}, cmd: cmd, to: to, from: bufio.NewReader(here)}
	addr, key, _ := strings.Cut(o.hears(t), " ")
	o.keys, o.listeners.http = []string{key}, at(addr)
	return o
}

// at is a listener that is somewhere else.
type at string

func (a at) Accept() (net.Conn, error) { return nil, net.ErrClosed }
func (a at) Close() error              { return nil }
func (a at) Addr() net.Addr            { return a }
func (a at) Network() string           { return "tcp" }
func (a at) String() string            { return string(a) }

func (o *other) hears(t *testing.T) string {
	t.Helper()
	line, err := o.from.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

func (o *other) does(t *testing.T, word string) {
	t.Helper()
	if _, err := fmt.Fprintln(o.to, word); err != nil {
		t.Fatal(err)
	}
	o.hears(t)
}

// works says whether a user can be made, which needs the log and a new
// connection.
func (o *other) works(t *testing.T) bool {
	t.Helper()
	http.DefaultClient.CloseIdleConnections()
	r := request(t, o.Server, http.MethodPost, "/identities?api-version=2023-10-01", "")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return false // it may still be closing what was too much
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusCreated
}

func TestWithoutFilesNothingBreaks(t *testing.T) {
	const files = 300
	o := startWithFewFiles(t, files)
	if !o.works(t) {
		t.Fatal("it does not even begin")
	}
	crowded(t, o, 2*files)
	until(t, func() bool { return o.works(t) })

	sent(t, o.Server, http.MethodGet, "/healthz", "") // keeps a connection
	o.does(t, "take")
	for range 20 {
		status, _, body := sent(t, o.Server, http.MethodPost, "/identities?api-version=2023-10-01", "")
		if status != http.StatusCreated && status != http.StatusServiceUnavailable {
			t.Errorf("without files: %d %s", status, body)
		}
	}
	o.does(t, "give")
	until(t, func() bool { return o.works(t) })
	if err := o.to.Close(); err != nil {
		t.Fatal(err)
	}
	if err := o.cmd.Wait(); err != nil {
		t.Errorf("it did not end well: %v", err)
	}
}

// crowded opens more connections than there can be, and wants some of them to be
// served while they are all there, and some to be closed.
func crowded(t *testing.T, o *other, n int) {
	t.Helper()
	in := 0
	var all []net.Conn
	for range n {
		c, served := dialled(t, o.Server)
		if served {
			in++
		}
		all = append(all, c)
	}
	if in == 0 || in == n {
		t.Errorf("%d of %d connections are served", in, n)
	}
	t.Logf("%d of %d connections are served", in, n)
	for _, c := range all {
		_ = c.Close()
	}
}
