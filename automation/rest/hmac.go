package rest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The headers of HMAC authentication (rest.md section 2.1).
const (
	headerDate    = "x-ms-date"
	headerHash    = "x-ms-content-sha256"
	headerMSHost  = "x-ms-host"
	schemeHMAC    = "HMAC-SHA256"
	signedHeaders = "SignedHeaders"
	signature     = "Signature"
)

// maxSkew is how far a request's date may be from ours. SDKs repeat the date of
// the first try in every retry, so it is wide, and a signature may come twice.
const maxSkew = 15 * time.Minute

// signed is the Authorization header of a request, taken apart.
type signed struct {
	headers   []string // lower case, in the order in which they were signed
	signature []byte
}

func parseSigned(authorization string) (signed, error) {
	var s signed
	for part := range strings.SplitSeq(strings.TrimPrefix(authorization, schemeHMAC+" "), "&") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case signedHeaders:
			s.headers = strings.Split(strings.ToLower(value), ";")
		case signature:
			sum, err := base64.StdEncoding.DecodeString(value)
			if err != nil {
				return s, fmt.Errorf("%w: the signature is not base64", errSignature)
			}
			s.signature = sum
		}
	}
	if s.headers == nil || len(s.signature) != sha256.Size {
		return s, fmt.Errorf("%w: %s and %s are needed", errSignature, signedHeaders, signature)
	}
	return s, nil
}

// verifySignature checks everything that is signed but the body, which must
// still be compared with the hash it returns.
func verifySignature(r *http.Request, keys [][]byte, now time.Time) (hash []byte, err error) {
	s, err := parseSigned(r.Header.Get("Authorization"))
	if err != nil {
		return nil, err
	}
	values, err := s.values(r)
	if err != nil {
		return nil, err
	}
	if err := s.fresh(r, now); err != nil {
		return nil, err
	}
	if !s.matches(r, values, keys) {
		return nil, fmt.Errorf("%w: it does not match", errSignature)
	}
	hash, err = base64.StdEncoding.DecodeString(r.Header.Get(headerHash))
	if err != nil || len(hash) != sha256.Size {
		return nil, fmt.Errorf("%w: %s is no hash", errSignature, headerHash)
	}
	return hash, nil
}

// values are those of the signed headers, in order (rest.md section 2.1,
// steps 1 and 4). The host, the body's hash and a date must be among them.
func (s signed) values(r *http.Request) (string, error) {
	values := make([]string, len(s.headers))
	have := map[string]bool{}
	for i, name := range s.headers {
		all := r.Header.Values(name)
		if name == "host" {
			all = []string{hostOf(r)}
		}
		if len(all) != 1 || have[name] {
			return "", fmt.Errorf("%w: %s must be there once", errSignature, name)
		}
		have[name] = true
		values[i] = all[0]
	}
	if !have["host"] || !have[headerHash] || !have[headerDate] && !have["date"] {
		return "", fmt.Errorf("%w: host, date and body hash must be signed", errSignature)
	}
	return strings.Join(values, ";"), nil
}

// hostOf is the host that a client signs: for the content of recordings it
// says itself which.
func hostOf(r *http.Request) string {
	if host := r.Header.Get(headerMSHost); host != "" {
		return host
	}
	return r.Host
}

// fresh checks every date that is signed.
func (s signed) fresh(r *http.Request, now time.Time) error {
	for _, name := range s.headers {
		if name != headerDate && name != "date" {
			continue
		}
		at, err := http.ParseTime(r.Header.Get(name))
		if err != nil {
			return fmt.Errorf("%w: %s is no date", errSignature, name)
		}
		if off := now.Sub(at).Abs(); off > maxSkew {
			return fmt.Errorf("%w: %s is %v off", errSignature, name, off.Round(time.Second))
		}
	}
	return nil
}

// matches compares with every key and every spelling of the target, always all
// of them.
func (s signed) matches(r *http.Request, values string, keys [][]byte) bool {
	found := false
	for _, target := range targets(r) {
		text := r.Method + "\n" + target + "\n" + values
		for _, key := range keys {
			found = hmac.Equal(s.signature, mac(key, text)) || found
		}
	}
	return found
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// targets are the spellings of path and query that a client may have signed:
// as on the wire, and with the query re-serialised as browsers do (steps 2 and
// 3); with x-ms-host the path alone (step 4). Some HTTP clients decode in the
// path, after it was signed, what need not be encoded: aiohttp, below one of
// Azure's SDKs, sends "%3A" as ":".
func targets(r *http.Request) []string {
	raw := requestTarget(r)
	path, query, asked := strings.Cut(raw, "?")
	switch {
	case r.Header.Get(headerMSHost) != "":
		return []string{path}
	case !asked:
		return []string{raw, encoded(path)}
	}
	return []string{raw, path + "?" + reserialise(query), encoded(path) + "?" + query}
}

// encoded is a path in which every segment is encoded in full. It names the
// same thing.
func encoded(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if plain, err := url.PathUnescape(s); err == nil {
			segments[i] = strings.ReplaceAll(url.QueryEscape(plain), "+", "%20")
		}
	}
	return strings.Join(segments, "/")
}

// requestTarget is the request target as it was sent, in origin form (RFC 9112
// section 3.2): never decoded, for the encoding is what was signed.
func requestTarget(r *http.Request) string {
	target := r.RequestURI
	if _, rest, absolute := strings.Cut(target, "://"); absolute && target[0] != '/' {
		_, path, _ := strings.Cut(rest, "/")
		return "/" + path
	}
	return target
}
