package botd

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/automation/rest"
)

// closed stands for a connection that ends without an answer.
const closed = 0

// head makes a request of a line and headers without a body.
func head(line string, headers ...string) string {
	return line + "\r\nHost: x\r\n" + strings.Join(append(headers, "\r\n"), "\r\n")
}

// withBody makes a request with headers and a body to the creation of calls.
func withBody(body string, headers ...string) string {
	return "POST " + createPath + " HTTP/1.1\r\nHost: x\r\n" + strings.Join(headers, "\r\n") + "\r\n\r\n" + body
}

// raw are requests that no client would send, and what may be answered.
var raw = []struct {
	name, sent string
	want       []int
}{
	{"nothing but an end of line", "\r\n\r\n", []int{400}},
	{"a word", "GARBAGE\r\n\r\n", []int{400}},
	{"no target", "GET\r\n\r\n", []int{400}},
	{"HTTP 0.9", "GET /\r\n\r\n", []int{400}},
	{"a word too many", head("GET / HTTP/1.1 x"), []int{400}},
	{"HTTP 9.9", head("GET / HTTP/9.9"), []int{400, 505}},
	{"half a version", head("GET / HTTP/1"), []int{400}},
	{"a version in small letters", head("GET / http/1.1"), []int{400}},
	{"a version of another kind", head("GET / SIP/2.0"), []int{400}},
	{"HTTP 2 without asking", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", []int{400, 404, 505}},
	{"TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", []int{400}},
	{"SIP", "OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/TCP x\r\n\r\n", []int{400}},
	{"a method with a NUL", head("GE\x00T / HTTP/1.1"), []int{400}},
	{"a method with a bracket", head("G(T / HTTP/1.1"), []int{400}},
	{"no method", head(" / HTTP/1.1"), []int{400}},
	{"a method without end", head(strings.Repeat("A", 100_000) + " / HTTP/1.1"), []int{431}},
	{"a method that is none", head("BREW " + createPath + " HTTP/1.1"), []int{405}},
	{"TRACE", head("TRACE " + createPath + " HTTP/1.1"), []int{405}},
	{"CONNECT", head("CONNECT evil.example:80 HTTP/1.1"), []int{404}},
	{"a NUL in the target", head("GET /\x00 HTTP/1.1"), []int{400}},
	{"a space in the target", head("GET /a b HTTP/1.1"), []int{400}},
	{"a tab in the target", head("GET /a\tb HTTP/1.1"), []int{400}},
	{"half an escape", head("GET /calling/%z HTTP/1.1"), []int{400}},
	{"an escaped NUL", head("GET /calling/callConnections/%00?api-version=2026-03-12 HTTP/1.1"), []int{401}},
	{"no slash", head("GET x HTTP/1.1"), []int{400}},
	{"the way up", head("GET /../../etc/passwd HTTP/1.1"), []int{400, 404}},
	{"the way up, escaped", head("GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1"), []int{400, 404}},
	{"the way up, escaped twice", head("GET /%252e%252e%252fetc%252fpasswd HTTP/1.1"), []int{404}},
	{"the way up with an escaped slash", head("GET /assets%2f..%2f..%2fetc/passwd HTTP/1.1"), []int{404}},
	{"the way up, the other slash", head(`GET /..\..\etc\passwd HTTP/1.1`), []int{400, 404}},
	{"two slashes", head("POST //calling/callConnections HTTP/1.1", "Content-Length: 0"), []int{404}},
	{"another host in the target", head("POST http://evil.example" + createPath + " HTTP/1.1"), []int{401}},
	{"a query without end", head("GET /calling/events?" + strings.Repeat("a=b&", 30_000) + " HTTP/1.1"), []int{431}},
	{"a query of semicolons", head("GET /calling/events?a;b;c HTTP/1.1"), []int{401}},
	{"a query of half escapes", head("GET /calling/events?%=%&%zz HTTP/1.1"), []int{401}},
	{"a fragment", head("GET /calling/events#x HTTP/1.1"), []int{400, 401, 404}},
	{"no host", "GET /calling/events HTTP/1.1\r\n\r\n", []int{400}},
	{"two hosts", head("GET /calling/events HTTP/1.1", "Host: y"), []int{400}},
	{"a host with a slash", "GET /calling/events HTTP/1.1\r\nHost: a/b\r\n\r\n", []int{400}},
	{"a host with a NUL", "GET /calling/events HTTP/1.1\r\nHost: a\x00b\r\n\r\n", []int{400}},
	{"a header without a colon", head("GET /calling/events HTTP/1.1", "X"), []int{400}},
	{"a header without a name", head("GET /calling/events HTTP/1.1", ": x"), []int{400}},
	{"a space before the colon", head("GET /calling/events HTTP/1.1", "X : y"), []int{400}},
	{"a NUL in a header", head("GET /calling/events HTTP/1.1", "X: a\x00b"), []int{400}},
	{"a carriage return in a header", head("GET /calling/events HTTP/1.1", "X: a\rb"), []int{400}},
	{"a name with a NUL", head("GET /calling/events HTTP/1.1", "X\x00: y"), []int{400}},
	{"a folded header first", "GET /calling/events HTTP/1.1\r\n X: y\r\nHost: x\r\n\r\n", []int{400}},
	{"bytes that are no text", head("GET /calling/events HTTP/1.1", "X: \xff\xfe\x80"), []int{401}},
	{"20,000 headers", head("GET /calling/events HTTP/1.1", strings.Repeat("a: b\r\n", 20_000)+"c: d"), []int{431}},
	{"a header of 100 KB", head("GET /calling/events HTTP/1.1", "X: "+strings.Repeat("x", 100_000)), []int{431}},
	{"no credentials", withBody("{}", "Content-Length: 2"), []int{401}},
	{"two credentials", withBody("{}", "Content-Length: 2", "Authorization: Bearer x", "Authorization: Bearer y"), []int{400}},
	{"credentials of another scheme", withBody("{}", "Content-Length: 2", "Authorization: Basic eDp5"), []int{401}},
	{"a token of dots", withBody("{}", "Content-Length: 2", "Authorization: Bearer "+strings.Repeat(".", 60_000)), []int{401}},
	{"half a signature", withBody("{}", "Content-Length: 2", "Authorization: HMAC-SHA256 SignedHeaders=x-ms-date;host"), []int{401}},
	{"a signature over itself", withBody("{}", "Content-Length: 2", "Authorization: HMAC-SHA256 SignedHeaders=authorization;host;x-ms-content-sha256&Signature=AAAA"), []int{401}},
	{"a length that is a word", withBody("{}", "Content-Length: two"), []int{400}},
	{"a negative length", withBody("{}", "Content-Length: -2"), []int{400}},
	{"a length with a sign", withBody("{}", "Content-Length: +2"), []int{400}},
	{"a length in hexadecimal", withBody("{}", "Content-Length: 0x2"), []int{400}},
	{"a length beyond 64 bits", withBody("{}", "Content-Length: 99999999999999999999"), []int{400}},
	{"a length of 9 EB", withBody("{}", "Content-Length: 9000000000000000000"), []int{401}},
	{"two lengths", withBody("{}", "Content-Length: 2", "Content-Length: 20"), []int{400}},
	{"two lengths in one", withBody("{}", "Content-Length: 2, 20"), []int{400}},
	{"a length and chunks", withBody("0\r\n\r\n", "Content-Length: 50", "Transfer-Encoding: chunked"), []int{400, 401}},
	{"chunks of another name", withBody("0\r\n\r\n", "Transfer-Encoding: xchunked"), []int{400, 501}},
	{"chunks twice", withBody("0\r\n\r\n", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), []int{400, 501}},
	{"compressed chunks", withBody("0\r\n\r\n", "Transfer-Encoding: gzip, chunked"), []int{400, 501}},
	{"a chunk of a word", withBody("xyz\r\n{}\r\n0\r\n\r\n", "Transfer-Encoding: chunked"), []int{400, 401}},
	{"a chunk beyond 64 bits", withBody("fffffffffffffffff\r\n{}\r\n", "Transfer-Encoding: chunked"), []int{400, 401}},
	{"a chunk that is longer than it says", withBody("1\r\n{}}}}}\r\n0\r\n\r\n", "Transfer-Encoding: chunked"), []int{400, 401}},
	{"expecting something else", withBody("{}", "Content-Length: 2", "Expect: money"), []int{401, 417}},
	{"going over to another protocol", withBody("{}", "Content-Length: 2", "Connection: Upgrade", "Upgrade: h2c"), []int{401}},
	{"a socket without its key", head("GET /client/signal HTTP/1.1", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"), []int{400}},
	{"a socket of another version", head("GET /client/signal HTTP/1.1", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 7", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="), []int{400, 426}},
	{"a socket by POST", head("POST /client/signal HTTP/1.1", "Connection: Upgrade", "Upgrade: websocket"), []int{400, 405, 426}},
	{"a range of everything", head("GET /nowhere HTTP/1.1", "Range: bytes=0-,0-,0-"), []int{404}},
	{"a development token for a stranger's page", withDev("evil.example"), []int{403}},
}

// withDev asks for a development token as the page of another host would.
func withDev(host string) string {
	return "POST /dev/token HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
}

// bodies are signed, so that they are read.
var bodies = []struct {
	name, header, body string
	want               []int
}{
	{"nothing", "", "", []int{400}},
	{"half a value", "", `{"targets":[`, []int{400}},
	{"two values", "", `{} {}`, []int{400}},
	{"a comma too many", "", `{"targets":[],}`, []int{400}},
	{"single quotes", "", `{'targets':[]}`, []int{400}},
	{"a comment", "", `{/* x */}`, []int{400}},
	{"no number", "", `{"targets":NaN}`, []int{400}},
	{"a number beyond any", "", `{"targets":1e99999}`, []int{400}},
	{"a byte order mark", "", "\ufeff{}", []int{400}},
	{"bytes that are no text", "", "{\"targets\":\"\xff\xfe\"}", []int{400}},
	{"half a surrogate", "", `{"callbackUri":"\ud800"}`, []int{400}},
	{"a NUL", "", "{\"targets\":\x00}", []int{400}},
	{"an escaped NUL", "", `{"targets":[{"rawId":"a\u0000b"}],"callbackUri":"http://127.0.0.1:9/"}`, []int{400}},
	{"a name twice", "", `{"callbackUri":"http://127.0.0.1:9/","callbackUri":"http://127.0.0.1:9/x"}`, []int{400}},
	{"a name twice, spelled differently", "", `{"targets":[],"\u0074argets":[]}`, []int{400}},
	{"65 deep", "", strings.Repeat("[", 65) + strings.Repeat("]", 65), []int{400}},
	{"100,000 deep", "", strings.Repeat(`{"a":`, 100_000), []int{400}},
	{"more than 1 MB", "", `{"x":"` + strings.Repeat("x", 1<<20) + `"}`, []int{413}},
	{"100,000 targets", "", `{"targets":[` + strings.Repeat(`{"rawId":"x"},`, 50_000) + `{"rawId":7}],"callbackUri":"http://127.0.0.1:9/"}`, []int{400}},
	{"a compressed body", "Content-Encoding: gzip", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", []int{415}},
	{"a body compressed twice", "Content-Encoding: gzip, br", "x", []int{415}},
	{"a form", "Content-Type: application/x-www-form-urlencoded", "targets=x", []int{400}},
	{"a type that is none", "Content-Type: ;;;", "{}", []int{400}},
	{"XML", "Content-Type: application/xml", `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>`, []int{400}},
	{"a callback to a file", "", `{"targets":[{"rawId":"patient"}],"callbackUri":"file:///etc/passwd"}`, []int{400}},
	{"a name with a line end", "", `{"targets":[{"rawId":"patient"}],"callbackUri":"http://127.0.0.1:9/","sourceDisplayName":"a\r\nX: y"}`, []int{400}},
	{"a callback with a line end", "", `{"targets":[{"rawId":"patient"}],"callbackUri":"http://127.0.0.1:9/\r\nX: y"}`, []int{400}},
}

// answerTo sends bytes on a connection of their own and returns the status, or
// closed. Nothing follows them.
func answerTo(t *testing.T, addr, sent string) int {
	t.Helper()
	return answered(t, addr, func(c *net.TCPConn) {
		_, _ = io.WriteString(c, sent) // the server need not read all of it
	})
}

// answerToHalf is answerTo for what may be half a request: the server learns
// that no more will come.
func answerToHalf(t *testing.T, addr, sent string) int {
	t.Helper()
	return answered(t, addr, func(c *net.TCPConn) {
		_, _ = io.WriteString(c, sent)
		_ = c.CloseWrite()
	})
}

func answered(t *testing.T, addr string, say func(*net.TCPConn)) int {
	t.Helper()
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // read to its end
	go say(c.(*net.TCPConn))
	if err := c.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal("no answer within a minute")
	}
	if err != nil {
		return closed
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// signedBody makes a signed request of a method, a path and a body.
func signedBody(t *testing.T, s *Server, method, path, header, body string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://"+s.HTTPAddr()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if name, value, ok := strings.Cut(header, ": "); ok {
		r.Header.Set(name, value)
	}
	key, err := base64.StdEncoding.DecodeString(s.keys[0])
	if err != nil {
		t.Fatal(err)
	}
	rest.Sign(r, []byte(body), key, time.Now())
	var text strings.Builder
	if err := r.Write(&text); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func TestWhatNoClientSendsIsRefusedAndHarmsNothing(t *testing.T) {
	if n := len(raw) + len(bodies); n < 91 {
		t.Errorf("only %d cases", n)
	}
	s := start(t, func(*Config) {})
	for _, row := range raw {
		if got := answerTo(t, s.HTTPAddr(), row.sent); !slices.Contains(row.want, got) {
			t.Errorf("%s: %d, want %v", row.name, got, row.want)
		}
	}
	for _, row := range bodies {
		sent := signedBody(t, s, http.MethodPost, createPath, row.header, row.body)
		if got := answerTo(t, s.HTTPAddr(), sent); !slices.Contains(row.want, got) {
			t.Errorf("%s: %d, want %v", row.name, got, row.want)
		}
	}
	if status, body := ask(t, s, http.MethodPost, "/identities?api-version=2023-10-01", "", nil); status != http.StatusCreated {
		t.Errorf("afterwards: %d %s", status, body)
	}
	if n := s.Counts().Calls; n != 0 {
		t.Errorf("%d calls", n)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// mutator spoils what was good.
type mutator struct{ *rand.Rand }

// pitfalls are what parsers stumble over.
var pitfalls = []string{
	"null", "{}", "[]", `""`, "-0", "1e999", "true", `"\u0000"`, `"\ud800"`, "\x00", "\xff", "\r\n", "\r\n\r\n", ":", ",", "%00", "%zz",
	"9999999999999999999999", "[[[[[[[[[[", `{"a":`, "\ufeff", "\u202e", "8:acs:", "4:+", "../", "Transfer-Encoding: chunked\r\n",
}

// spoil changes a text in one to four places.
func (m mutator) spoil(s string) string {
	for range 1 + m.IntN(4) {
		at := m.IntN(len(s) + 1)
		end := min(len(s), at+m.IntN(20))
		switch m.IntN(5) {
		case 0:
			s = s[:at] + s[end:]
		case 1:
			s = s[:at] + pitfalls[m.IntN(len(pitfalls))] + s[at:]
		case 2:
			s = s[:at] + pitfalls[m.IntN(len(pitfalls))] + s[end:]
		case 3:
			s = s[:at] + strings.Repeat(s[at:end], 1+m.IntN(50)) + s[at:]
		case 4:
			s = s[:at] + string([]byte{byte(m.UintN(256))}) + s[end:] //nolint:gosec // a byte
		}
	}
	return s
}

// asks are requests whose bodies are spoiled. Whom the calls would be to is not
// there.
var asks = []struct{ method, path, body string }{
	{"POST", createPath, `{"targets":[{"kind":"communicationUser","rawId":"8:acs:r_nobody","communicationUser":{"id":"8:acs:r_nobody"}}],"callbackUri":"http://127.0.0.1:9/cb","operationContext":"x","customCallingContext":{"voipHeaders":{"a":"b"},"sipHeaders":{"X-a":"b"}}}`},
	{"POST", "/calling/callConnections:answer?api-version=2026-03-12", `{"incomingCallContext":"eyJhIjoxfQ","callbackUri":"http://127.0.0.1:9/cb","answeredBy":{"id":"8:acs:r_app"}}`},
	{"POST", "/calling/callConnections:connect?api-version=2026-03-12", `{"callLocator":{"kind":"groupCallLocator","groupCallId":"g"},"callbackUri":"http://127.0.0.1:9/cb"}`},
	{"POST", "/calling/callConnections/none:play?api-version=2026-03-12", `{"playSources":[{"kind":"file","file":{"uri":"http://127.0.0.1:9/a.wav"}}],"playTo":[{"rawId":"4:+15551230001"}],"playOptions":{"loop":true}}`},
	{"POST", "/calling/callConnections/none/participants:add?api-version=2026-03-12", `{"participantToAdd":{"phoneNumber":{"value":"+15551230001"}},"invitationTimeoutInSeconds":30}`},
	{"POST", "/identities?api-version=2023-10-01", `{"createTokenWithScopes":["chat"],"expiresInMinutes":60}`},
	{"PUT", "/eventSubscriptions/mine?api-version=2026-03-12", `{"endpoint":"http://127.0.0.1:9/","schema":"eventgrid","eventTypes":["Microsoft.Communication.IncomingCall"],"filter":{"to":["4:+1425*"]}}`},
	{"POST", "/rooms?api-version=2025-03-13", `{"validFrom":"2030-01-01T00:00:00Z","validUntil":"2030-02-01T00:00:00Z","participants":{"8:acs:r_a":{"role":"Presenter"}}}`},
}

// TestTenThousandSpoiledRequestsAreNotOurFault spoils bodies before they
// are signed, and whole requests after. The same seed spoils the same way.
func TestTenThousandSpoiledRequestsAreNotOurFault(t *testing.T) {
	const seed = 20261121
	s, m := start(t, func(*Config) {}), mutator{rand.New(rand.NewPCG(seed, seed))} //nolint:gosec // the same every time
	statuses := map[int]int{}
	for n := range 5000 {
		a := asks[n%len(asks)]
		body := m.spoil(a.body)
		status, answer := ask(t, s, a.method, a.path, body, nil)
		statuses[status]++
		if status >= http.StatusInternalServerError || status < 300 && !json.Valid([]byte(body)) {
			t.Errorf("spoiled body %d of seed %d: %d %s for %q", n, seed, status, answer, body)
		}
	}
	for n := range 5000 {
		a := asks[n%len(asks)]
		sent := m.spoil(signedBody(t, s, a.method, a.path, "", a.body))
		status := answerToHalf(t, s.HTTPAddr(), sent)
		statuses[status]++
		if status == http.StatusInternalServerError {
			t.Errorf("spoiled request %d of seed %d: %d for %q", n, seed, status, sent)
		}
	}
	t.Logf("answers, and how often: %v", statuses)
	if status, body := ask(t, s, http.MethodPost, "/identities?api-version=2023-10-01", "", nil); status != http.StatusCreated {
		t.Errorf("afterwards: %d %s", status, body)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}
