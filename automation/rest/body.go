package rest

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/botd-dev/botd/identity"
)

// maxBody is how many bytes a body may have.
const maxBody = 1 << 20

// maxDepth is how deep JSON may be nested.
const maxDepth = 64

// readBody reads the body and compares it with the hash that was signed, if
// there is one. What says that it is compressed is not read: nobody knows how
// large it would become.
func readBody(w http.ResponseWriter, r *http.Request, hash []byte) ([]byte, error) {
	if r.Header.Get("Content-Encoding") != "" {
		return nil, errEncoded
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if errors.As(err, new(*http.MaxBytesError)) {
		return nil, errTooLarge
	}
	if err != nil {
		return nil, fmt.Errorf("%w: the body ended early", errRequest)
	}
	// Whatever deadline the body had, the request goes on without it. Where
	// none can be set there was none.
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	if sum := sha256.Sum256(body); hash != nil && subtle.ConstantTimeCompare(sum[:], hash) != 1 {
		return nil, fmt.Errorf("%w: the body is not the one that was signed", errSignature)
	}
	return body, nil
}

// checkType wants JSON. An empty body may call itself anything (rest.md
// section 1).
func checkType(r *http.Request, body []byte) error {
	if len(body) == 0 {
		return nil
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	patch := r.Method == http.MethodPatch && media == "application/merge-patch+json"
	if err != nil || media != "application/json" && !patch {
		return &mistake{"Content-Type", "it must be application/json"}
	}
	return nil
}

// decode reads a JSON body into v; an empty one leaves it as it is.
func decode(body []byte, v any) error {
	if len(body) == 0 {
		return nil
	}
	if err := checkJSON(body); err != nil {
		return err
	}
	err := json.Unmarshal(body, v)
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		return &mistake{cmp.Or(spelled(wrong.Field, reflect.TypeOf(v)), "body"), "it may not be a JSON " + wrong.Value}
	}
	if errors.Is(err, identity.ErrInvalid) {
		if at := culprit(body, reflect.TypeOf(v)); at != "" {
			return &mistake{at, err.Error()}
		}
		return err
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errRequest, err)
	}
	return nil
}

// checkJSON refuses what parsers read differently or choke on: names that come
// twice in an object, more than one value, and nesting without end.
func checkJSON(body []byte) error {
	d := json.NewDecoder(bytes.NewReader(body))
	if err := checkValue(d, 0); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: something follows the JSON value", errRequest)
	}
	return nil
}

func checkValue(d *json.Decoder, depth int) error {
	t, err := d.Token()
	if err != nil {
		return fmt.Errorf("%w: the body is not JSON: %w", errRequest, err)
	}
	open, nested := t.(json.Delim)
	if !nested {
		return nil
	}
	if depth == maxDepth {
		return fmt.Errorf("%w: JSON nested deeper than %d", errRequest, maxDepth)
	}
	names := map[string]bool{}
	for d.More() {
		if open == '{' {
			if err := checkName(d, names); err != nil {
				return err
			}
		}
		if err := checkValue(d, depth+1); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return fmt.Errorf("%w: the body is not JSON: %w", errRequest, err)
	}
	return nil
}

func checkName(d *json.Decoder, names map[string]bool) error {
	t, err := d.Token()
	if err != nil {
		return fmt.Errorf("%w: the body is not JSON: %w", errRequest, err)
	}
	name, _ := t.(string)
	if names[name] {
		return &mistake{strings.ToValidUTF8(name, "?"), "it is there twice"}
	}
	names[name] = true
	return nil
}
