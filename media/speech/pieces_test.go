package speech_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/media/speech"
)

func TestADocumentIsCutAtItsPauses(t *testing.T) {
	for _, c := range []struct {
		says string
		u    speech.Utterance
		want []speech.Piece
	}{
		{"text", speech.Utterance{Text: " One\x00two "}, []speech.Piece{{Text: "One two"}}},
		{"one pause", speech.Utterance{SSML: `<speak>One <break time="2s"/> two</speak>`}, []speech.Piece{{"One", 2 * time.Second}, {Text: "two"}}},
		{"a pause that is too long", speech.Utterance{SSML: `<speak>One<break time="9999s"/></speak>`}, []speech.Piece{{"One", 10 * time.Second}}},
		{"a pause in front", speech.Utterance{SSML: `<speak><break strength="weak"/>One</speak>`}, []speech.Piece{{"", 250 * time.Millisecond}, {Text: "One"}}},
		{"a pause of no length", speech.Utterance{SSML: `<speak>One<break/>two</speak>`}, []speech.Piece{{"One", 500 * time.Millisecond}, {Text: "two"}}},
		{"other markup", speech.Utterance{SSML: `<speak><p>One</p><p>two &amp; <emphasis>three</emphasis></p></speak>`}, []speech.Piece{{Text: "One  two &  three"}}},
	} {
		got, _, err := c.u.Plainly()
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, %v, want %q", c.says, got, err, c.want)
		}
	}
	for _, c := range []struct {
		u    speech.Utterance
		want error
	}{
		{speech.Utterance{Text: " \x00"}, speech.ErrEmpty},
		{speech.Utterance{Text: strings.Repeat("é", speech.MaxText+1)}, speech.ErrRequest},
		{speech.Utterance{SSML: "<speak>"}, speech.ErrRequest},
	} {
		if _, _, err := c.u.Plainly(); !errors.Is(err, c.want) {
			t.Errorf("%.20q: %v, want %v", c.u.Text, err, c.want)
		}
	}
}

func FuzzWAV(f *testing.F) {
	f.Add(speech.EncodeWAV([]int16{1, -2, 3}, 16000))
	f.Add([]byte("RIFF"))
	f.Fuzz(func(t *testing.T, b []byte) {
		samples, rate, err := speech.DecodeWAV(b)
		if err != nil {
			return
		}
		again, r, err := speech.DecodeWAV(speech.EncodeWAV(samples, rate))
		if len(samples) > 0 && (err != nil || r != rate || !slices.Equal(again, samples)) {
			t.Errorf("%d samples at %d Hz became %d at %d Hz, %v", len(samples), rate, len(again), r, err)
		}
	})
}
