package prompt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// maxRedirects is how often a server may send us elsewhere.
const maxRedirects = 3

var (
	errRedirects = errors.New("too many redirects")
	errScheme    = errors.New("redirect to something that is not http")
)

// guarded is a client that follows three redirects, to http and https only. It
// does not tell where it was sent from: that URL may hold a signature.
func guarded(client *http.Client) *http.Client {
	c := *client
	c.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		if len(via) > maxRedirects {
			return errRedirects
		}
		if !web(req.URL) {
			return errScheme
		}
		req.Header.Del("Referer")
		if client.CheckRedirect != nil {
			return client.CheckRedirect(req, via)
		}
		return nil
	}
	return &c
}

func web(u *url.URL) bool { return u.Scheme == "http" || u.Scheme == "https" }

// fetch gets a file, from the cache if it is there.
func (o *Opener) fetch(ctx context.Context, s Source) ([]byte, error) {
	if data, ok := o.files.get(s.CacheID); ok {
		return data, nil
	}
	data, err := o.get(ctx, s.URI)
	if err != nil {
		return nil, err
	}
	o.files.put(s.CacheID, data, int64(len(data)))
	return data, nil
}

// get gets a file from where its URI says. No error repeats the query of a URL,
// which may hold a signature.
func (o *Opener) get(ctx context.Context, uri string) ([]byte, error) {
	u, err := url.Parse(uri)
	switch {
	case strings.TrimSpace(uri) == "":
		return nil, ErrEmpty
	case err != nil:
		return nil, fmt.Errorf("%w: not a URI", ErrDownload)
	case web(u):
		return o.download(ctx, u)
	case u.Scheme == "file" && (u.Host == "" || u.Host == "localhost"):
		return o.load(u.Path)
	case u.Scheme == "":
		return o.load(uri)
	}
	return nil, fmt.Errorf("%w: cannot fetch %q", ErrDownload, u.Scheme)
}

// download gets a file over HTTP.
func (o *Opener) download(ctx context.Context, u *url.URL) ([]byte, error) {
	if o.web == nil {
		return nil, fmt.Errorf("%w: nothing may be fetched", ErrDownload)
	}
	limited, cancel := context.WithTimeout(ctx, o.cfg.Timeout)
	defer cancel()
	data, err := o.receive(limited, u)
	if err == nil {
		return data, nil
	}
	if ctx.Err() != nil {
		return nil, fmt.Errorf("download: %w", ctx.Err())
	}
	if inner := (*url.Error)(nil); errors.As(err, &inner) {
		err = inner.Err
	}
	return nil, fmt.Errorf("%w: %s: %w", ErrDownload, u.Host, err)
}

func (o *Opener) receive(ctx context.Context, u *url.URL) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	resp, err := o.web.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close() //nolint:errcheck // it was read, or is not wanted
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, fmt.Errorf("answered %d", resp.StatusCode)
	}
	if resp.ContentLength > o.cfg.MaxBytes {
		return nil, errLarge(o.cfg.MaxBytes)
	}
	return readAll(resp.Body, o.cfg.MaxBytes)
}

func readAll(r io.Reader, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > most {
		return nil, errLarge(most)
	}
	return data, nil
}

func errLarge(most int64) error { return fmt.Errorf("larger than %d bytes", most) }
