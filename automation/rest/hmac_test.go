package rest

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

var (
	testKey  = []byte("0123456789abcdef0123456789abcdef")
	otherKey = []byte("fedcba9876543210fedcba9876543210")
	testTime = time.Date(2030, 5, 1, 10, 0, 0, 0, time.UTC)
)

const testTarget = "/calling/callConnections/41a0/participants/4%3A%2B15551230001?api-version=2026-03-12"

// signedRequest is a request as it arrives, signed by a client.
func signedRequest(t testing.TB, method, target, body string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	r.Host = "botd.example:8443"
	Sign(r, []byte(body), testKey, testTime)
	return r
}

func TestTheSignatureIsThatOfTheContract(t *testing.T) {
	r := signedRequest(t, "POST", testTarget, `{"a":1}`)
	// Computed apart from this code, with the steps of rest.md section 2.1.
	const want = "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=ts72/yAS5oVmnEhY+NfCMlfU7cR+0aKXGkutDzZA1ro="
	if got := r.Header.Get("Authorization"); got != want {
		t.Errorf("signed %s\nwant   %s", got, want)
	}
	hash, err := verifySignature(r, [][]byte{testKey}, testTime)
	if sum := sha256.Sum256([]byte(`{"a":1}`)); err != nil || string(hash) != string(sum[:]) {
		t.Errorf("%x, %v", hash, err)
	}
}

func TestNothingThatIsSignedCanBeChanged(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*http.Request)
	}{
		{"another method", func(r *http.Request) { r.Method = "PUT" }},
		{"another path", func(r *http.Request) { r.RequestURI = strings.Replace(r.RequestURI, "41a0", "41a1", 1) }},
		{"a path encoded twice", func(r *http.Request) { r.RequestURI = strings.Replace(r.RequestURI, "%3A", "%253A", 1) }},
		{"a path with a segment more", func(r *http.Request) { r.RequestURI = strings.Replace(r.RequestURI, "%3A", "/", 1) }},
		{"another query", func(r *http.Request) { r.RequestURI += "&x=1" }},
		{"no query", func(r *http.Request) { r.RequestURI, _, _ = strings.Cut(r.RequestURI, "?") }},
		{"another host", func(r *http.Request) { r.Host = "evil.example" }},
		{"a host that it names itself", func(r *http.Request) { r.Header.Set(headerMSHost, "evil.example") }},
		{"the same host, but no query", func(r *http.Request) { r.Header.Set(headerMSHost, r.Host) }},
		{"another date", func(r *http.Request) {
			r.Header.Set(headerDate, testTime.Add(time.Minute).Format(http.TimeFormat))
		}},
		{"another hash", func(r *http.Request) {
			r.Header.Set(headerHash, base64.StdEncoding.EncodeToString(make([]byte, 32)))
		}},
		{"a header twice", func(r *http.Request) { r.Header.Add(headerDate, r.Header.Get(headerDate)) }},
		{"fewer signed headers", func(r *http.Request) { edit(r, ";x-ms-content-sha256&", "&") }},
		{"no date signed", func(r *http.Request) { edit(r, "=x-ms-date;", "=") }},
		{"a signed header that is not there", func(r *http.Request) { edit(r, "=x-ms-date;", "=x-ms-other;x-ms-date;") }},
		{"no signature", func(r *http.Request) { edit(r, "Signature=", "Sig=") }},
		{"a short signature", func(r *http.Request) { r.Header.Set("Authorization", "HMAC-SHA256 SignedHeaders=host&Signature=AAAA") }},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := signedRequest(t, "POST", testTarget, "{}")
			row.change(r)
			if _, err := verifySignature(r, [][]byte{testKey}, testTime); !errors.Is(err, errSignature) {
				t.Errorf("%v", err)
			}
		})
	}
}

func edit(r *http.Request, old, to string) {
	r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), old, to, 1))
}

func TestEitherKeySigns(t *testing.T) {
	r := signedRequest(t, "GET", testTarget, "")
	for _, keys := range [][][]byte{{testKey}, {testKey, otherKey}, {otherKey, testKey}} {
		if _, err := verifySignature(r, keys, testTime); err != nil {
			t.Error(err)
		}
	}
	if _, err := verifySignature(r, [][]byte{otherKey}, testTime); err == nil {
		t.Error("a key that is not ours")
	}
}

func TestARetryWithTheSameDateIsAcceptedForAQuarterOfAnHour(t *testing.T) {
	for _, row := range []struct {
		off time.Duration
		ok  bool
	}{
		{0, true},
		{15 * time.Minute, true},
		{-15 * time.Minute, true},
		{15*time.Minute + time.Second, false},
		{-15*time.Minute - time.Second, false},
	} {
		r := signedRequest(t, "GET", testTarget, "")
		if _, err := verifySignature(r, [][]byte{testKey}, testTime.Add(row.off)); (err == nil) != row.ok {
			t.Errorf("after %v: %v", row.off, err)
		}
	}
}

// signAs signs like other SDKs: other headers, in another order.
func signAs(r *http.Request, headers, target, values string) {
	text := r.Method + "\n" + target + "\n" + values
	r.Header.Set("Authorization", "HMAC-SHA256 SignedHeaders="+headers+"&Signature="+
		base64.StdEncoding.EncodeToString(mac(testKey, text)))
}

func TestOtherSDKsSignOtherHeaders(t *testing.T) {
	date := testTime.Format(http.TimeFormat)
	r := signedRequest(t, "GET", testTarget, "")
	hash := r.Header.Get(headerHash)
	r.Header.Del(headerDate)
	r.Header.Set("Date", date)
	signAs(r, "date;host;x-ms-content-sha256", testTarget, date+";botd.example:8443;"+hash)
	if _, err := verifySignature(r, [][]byte{testKey}, testTime); err != nil {
		t.Errorf("date: %v", err)
	}
	r.Header.Set("X-Custom", "c")
	signAs(r, "Host;X-MS-Content-SHA256;x-custom;Date", testTarget, "botd.example:8443;"+hash+";c;"+date)
	if _, err := verifySignature(r, [][]byte{testKey}, testTime); err != nil {
		t.Errorf("another order: %v", err)
	}
}

func TestTheContentOfARecordingIsSignedWithoutQueryForTheHostItNames(t *testing.T) {
	r := signedRequest(t, "GET", "/recordings/r1/content?x=1", "")
	date, hash := r.Header.Get(headerDate), r.Header.Get(headerHash)
	r.Header.Set(headerMSHost, "endpoint.example")
	signAs(r, "x-ms-date;host;x-ms-content-sha256", "/recordings/r1/content", date+";endpoint.example;"+hash)
	if _, err := verifySignature(r, [][]byte{testKey}, testTime); err != nil {
		t.Error(err)
	}
}

func TestAQueryMayBeSignedAsABrowserWouldWriteIt(t *testing.T) {
	r := signedRequest(t, "GET", "/calling/events?after=a:b&name=x%20y&empty", "")
	date, hash := r.Header.Get(headerDate), r.Header.Get(headerHash)
	signAs(r, "x-ms-date;host;x-ms-content-sha256", "/calling/events?after=a%3Ab&name=x+y&empty=", date+";botd.example:8443;"+hash)
	if _, err := verifySignature(r, [][]byte{testKey}, testTime); err != nil {
		t.Error(err)
	}
}

func TestAPathMayBeDecodedAfterItWasSigned(t *testing.T) {
	for _, sent := range []string{"4:%2B15551230001", "4:+15551230001", "4%3a%2b15551230001"} {
		r := signedRequest(t, "GET", testTarget, "")
		r.RequestURI = strings.Replace(r.RequestURI, "4%3A%2B15551230001", sent, 1)
		if _, err := verifySignature(r, [][]byte{testKey}, testTime); err != nil {
			t.Errorf("%s: %v", sent, err)
		}
	}
}

func TestTheTargetIsTakenFromTheWire(t *testing.T) {
	for uri, want := range map[string]string{
		"/a%2Fb?c=%20":                     "/a%2Fb?c=%20",
		"https://botd.example:8443/a?b=c":  "/a?b=c",
		"http://botd.example":              "/",
		"/redirect?to=https://example.com": "/redirect?to=https://example.com",
	} {
		if got := requestTarget(&http.Request{RequestURI: uri}); got != want {
			t.Errorf("%s: %s", uri, got)
		}
	}
}

func TestAFormIsWrittenAsURLSearchParamsDoes(t *testing.T) {
	for in, want := range map[string]string{ // observed in Node 20
		"a=1&b=2":         "a=1&b=2",
		"a=x y":           "a=x+y",
		"a=%7E~*-._":      "a=%7E%7E*-._",
		"a=%zz%4":         "a=%25zz%254",
		"a":               "a=",
		"&&a=1&":          "a=1",
		"a=b=c":           "a=b%3Dc",
		"a=%FF":           "a=%EF%BF%BD",
		"a=é":             "a=%C3%A9",
		"a=1;b=2":         "a=1%3Bb%3D2",
		"q=%2B1%3a2:3/4?": "q=%2B1%3A2%3A3%2F4%3F",
	} {
		if got := reserialise(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzAFormIsStableOnceWritten(f *testing.F) {
	f.Add("a=1&b=%20+")
	f.Add("a=%FF&%zz=;")
	f.Fuzz(func(t *testing.T, query string) {
		one := reserialise(query)
		if two := reserialise(one); one != two {
			t.Fatalf("%q becomes %q and then %q", query, one, two)
		}
		if _, err := url.ParseQuery(one); err != nil {
			t.Fatalf("%q: %v", one, err)
		}
	})
}

func FuzzAStrangersSignatureIsNeverAccepted(f *testing.F) {
	f.Add("HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=AAAA", "/calling/keys?a=b", "")
	f.Add("HMAC-SHA256 &&=;=", "http://", "h")
	f.Fuzz(func(t *testing.T, authorization, target, host string) {
		r := &http.Request{Method: "GET", RequestURI: target, Host: "botd.example", Header: http.Header{}}
		r.Header.Set("Authorization", authorization)
		r.Header.Set(headerDate, testTime.Format(http.TimeFormat))
		r.Header.Set(headerHash, base64.StdEncoding.EncodeToString(make([]byte, 32)))
		r.Header.Set(headerMSHost, host)
		if _, err := verifySignature(r, [][]byte{testKey}, testTime); !errors.Is(err, errSignature) {
			t.Fatal(err)
		}
	})
}
