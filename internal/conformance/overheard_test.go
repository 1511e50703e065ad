package conformance

import (
	"crypto/tls"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httputil"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/botd-dev/botd"
	"github.com/botd-dev/botd/internal/localca"
	"github.com/botd-dev/botd/internal/openapitest"
)

// overhear puts a proxy before a server that compares all that is said with the
// server's own description. Whatever differs fails the test when it ends, and so
// does what an SDK sends and the server does not know.
func overhear(t *testing.T, front net.Listener, s *botd.Server, dataDir string) *openapitest.Checker {
	t.Helper()
	ca, err := localca.Open(localca.Config{Dir: filepath.Join(dataDir, "tls")})
	if err != nil {
		t.Fatal(err)
	}
	roots, err := ca.Roots()
	if err != nil {
		t.Fatal(err)
	}
	behind := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, MaxIdleConnsPerHost: 64}
	checker, err := openapitest.Fetch(t.Context(), behind, "https://"+s.HTTPSAddr())
	if err != nil {
		t.Fatal(err)
	}
	proxy := &http.Server{
		TLSConfig: ca.Config(),
		Handler: &httputil.ReverseProxy{Transport: checker.Transport(behind), Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = "https", s.HTTPSAddr()
			r.Out.URL.RawQuery = r.In.URL.RawQuery
			r.Out.Host = r.In.Host // it is signed
		}},
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = proxy.ServeTLS(front, "", "") // until it is closed
	}()
	t.Cleanup(func() {
		_ = proxy.Close()
		<-ended
		behind.CloseIdleConnections()
		for _, wrong := range checker.Wrong() {
			t.Error(wrong)
		}
		for _, name := range checker.Strangers() {
			t.Errorf("it is sent, and not known here: %s", name)
		}
	})
	return checker
}

// table reads one of the tables that the programs share.
func table[T any](t *testing.T, name string) T {
	t.Helper()
	var into T
	data, err := os.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(data, &into)
	}
	if err != nil {
		t.Fatal(err)
	}
	return into
}

// reached fails the test unless every operation of the contract has been
// answered with success, but for those that an SDK lacks, and those that are yet
// to come, which have been refused.
func reached(t *testing.T, heard *openapitest.Checker, lacks ...string) {
	t.Helper()
	later := table[map[string]struct {
		Status int `json:"status"`
	}](t, "later.json")
	answers := heard.Answers()
	for name, success := range table[map[string][]int](t, "operations.json") {
		if answer, is := later[name]; is {
			success = []int{answer.Status}
		}
		got := slices.ContainsFunc(success, func(status int) bool { return answers[openapitest.Answer{Operation: name, Status: status}] > 0 })
		if lacking := slices.Contains(lacks, name); got == lacking {
			t.Errorf("%s was answered with %v: %t; that the SDK lacks it: %t", name, success, got, lacking)
		}
	}
}
