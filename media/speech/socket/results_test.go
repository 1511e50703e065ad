package socket

import (
	"errors"
	"strings"
	"testing"

	"github.com/botd-dev/botd/media/speech"
)

func TestAnUtteranceThatDoesNotEndIsGivenUp(t *testing.T) {
	words := strings.TrimSuffix(strings.Repeat(`{"word":"a"},`, 15000), ",")
	part := []byte(`{"type":"Results","is_final":true,"channel":{"alternatives":[{"transcript":"a","words":[` + words + `]}]}}`)
	var r results
	var err error
	n := 0
	for n < maxParts && err == nil {
		_, _, err = r.take(part)
		n++
	}
	if !errors.Is(err, speech.ErrUnavailable) || n > 10 {
		t.Errorf("after %d parts of %d bytes: %v", n, len(part), err)
	}
}
