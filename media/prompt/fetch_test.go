package prompt_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
	"github.com/botd-dev/botd/media/prompt"
)

// hello is a second of a tone.
func hello() []byte { return wavFile(format(1, 1, 16000, 16), whole("data", tone16(16000, 16000))) }

// web serves what may go right and wrong when a file is fetched.
func web(t *testing.T) (*httptest.Server, *atomic.Int64) {
	t.Helper()
	var asked atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("/hello", func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		_, _ = w.Write(hello())
	})
	mux.HandleFunc("/redirect/{n}", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.PathValue("n"))
		to := fmt.Sprintf("/redirect/%d", n-1)
		if n == 1 {
			to = "/hello"
		}
		http.Redirect(w, r, to, http.StatusFound)
	})
	mux.HandleFunc("/elsewhere", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
	})
	mux.HandleFunc("/gone", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) })
	mux.HandleFunc("/text", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("sign in")) })
	mux.HandleFunc("/endless", func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := w.Write(make([]byte, 4096)); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write(hello()[:100])
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	t.Cleanup(srv.Client().CloseIdleConnections)
	return srv, &asked
}

func TestAFileIsFetchedFromTheWeb(t *testing.T) {
	srv, _ := web(t)
	o := prompt.New(prompt.Config{HTTP: srv.Client()})
	for _, path := range []string{"/hello", "/hello?sig=a%3D", "/redirect/3"} {
		src, err := o.Open(t.Context(), prompt.Source{URI: srv.URL + path})
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		sound, err := listen(src)
		if level := measure.ToneLevel(sound, media.Rate, 1000); err != nil || level < -22 || len(sound) != media.Rate {
			t.Errorf("%s: %d samples, %.1f dBFS, %v", path, len(sound), level, err)
		}
	}
}

func TestADownloadThatGoesWrongIsReported(t *testing.T) {
	srv, _ := web(t)
	o := prompt.New(prompt.Config{HTTP: srv.Client(), MaxBytes: 100_000, Timeout: 500 * time.Millisecond})
	for _, c := range []struct {
		says, uri string
		want      error
		with      string
	}{
		{"not found", srv.URL + "/nothing?sig=secret", prompt.ErrDownload, "404"},
		{"another status", srv.URL + "/gone", prompt.ErrDownload, "410"},
		{"one redirect too many", srv.URL + "/redirect/4", prompt.ErrDownload, "redirects"},
		{"a redirect to a file", srv.URL + "/elsewhere", prompt.ErrDownload, "not http"},
		{"too large", srv.URL + "/endless", prompt.ErrDownload, "larger"},
		{"too slow", srv.URL + "/slow?sig=secret", prompt.ErrDownload, "deadline"},
		{"nobody there", "http://127.0.0.1:1/x?sig=secret", prompt.ErrDownload, "refused"},
		{"something else", srv.URL + "/text", prompt.ErrFormat, "neither"},
		{"another scheme", "ftp://example.com/x", prompt.ErrDownload, "ftp"},
		{"no URI", "", prompt.ErrEmpty, ""},
		{"a broken URI", "http://[::1/x", prompt.ErrDownload, ""},
		{"a file without roots", "file:///etc/passwd", prompt.ErrDownload, "roots"},
	} {
		src, err := o.Open(t.Context(), prompt.Source{URI: srv.URL + "/hello"}, prompt.Source{URI: c.uri})
		which := (*prompt.Error)(nil)
		switch {
		case src != nil || !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.with):
			t.Errorf("%s: %v", c.says, err)
		case !errors.As(err, &which) || which.Index != 1:
			t.Errorf("%s: the wrong source is blamed: %v", c.says, err)
		case strings.Contains(err.Error(), "secret"):
			t.Errorf("%s: the error tells a secret: %v", c.says, err)
		}
	}
}

func TestTheEndOfTheContextIsNoDownloadError(t *testing.T) {
	srv, _ := web(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := prompt.New(prompt.Config{HTTP: srv.Client()}).Open(ctx, prompt.Source{URI: srv.URL + "/slow"})
	if !errors.Is(err, context.Canceled) || errors.Is(err, prompt.ErrDownload) {
		t.Errorf("error is %v", err)
	}
}

func TestARedirectPolicyOfTheClientIsKept(t *testing.T) {
	srv, _ := web(t)
	client := srv.Client()
	no := errors.New("not there")
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return no }
	_, err := prompt.New(prompt.Config{HTTP: client}).Open(t.Context(), prompt.Source{URI: srv.URL + "/redirect/1"})
	if !errors.Is(err, no) {
		t.Errorf("error is %v", err)
	}
}

func TestWhatHasACacheIDIsFetchedOnce(t *testing.T) {
	srv, asked := web(t)
	o := prompt.New(prompt.Config{HTTP: srv.Client(), CacheBytes: int64(len(hello())+1) * 2})
	open := func(id string) {
		t.Helper()
		if _, err := o.Open(t.Context(), prompt.Source{URI: srv.URL + "/hello", CacheID: id}); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		id    string
		asked int64
	}{{"a", 1}, {"a", 1}, {"", 2}, {"", 3}, {"b", 4}, {"a", 4}, {"c", 5}, {"a", 6}, {"c", 6}} {
		if open(c.id); asked.Load() != c.asked {
			t.Errorf("%q: fetched %d times, want %d", c.id, asked.Load(), c.asked)
		}
	}
}

func TestNothingIsFetchedWithoutAClient(t *testing.T) {
	_, err := prompt.New(prompt.Config{}).Open(t.Context(), prompt.Source{URI: "http://127.0.0.1/x"})
	if !errors.Is(err, prompt.ErrDownload) {
		t.Errorf("error is %v", err)
	}
	if _, err = prompt.New(prompt.Config{}).Open(t.Context()); !errors.Is(err, prompt.ErrEmpty) {
		t.Errorf("error is %v", err)
	}
}

func TestARedirectDoesNotTellTheSignatureOfTheURLThatLedToIt(t *testing.T) {
	var referer atomic.Value
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		referer.Store(r.Referer())
		_, _ = w.Write(hello())
	}))
	t.Cleanup(other.Close)
	first := httptest.NewServer(http.RedirectHandler(other.URL+"/hello", http.StatusFound))
	t.Cleanup(first.Close)
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	o := prompt.New(prompt.Config{HTTP: client})
	if _, err := o.Open(t.Context(), prompt.Source{URI: first.URL + "/hello?sig=secret"}); err != nil {
		t.Fatal(err)
	}
	if told := referer.Load(); told != "" {
		t.Errorf("the other server was told %q", told)
	}
}
