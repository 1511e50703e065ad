// Package dtmf is the keys of a telephone: their names, how they travel as
// telephone-events (RFC 4733), and how they sound. It knows no call and no
// socket.
package dtmf

import (
	"strings"

	"github.com/botd-dev/botd/media"
)

// Tone is a key, spelled as Azure Communication Services spells it: "zero" to
// "nine", "a" to "d", "pound", "asterisk".
type Tone string

// The keys.
const (
	Zero     Tone = "zero"
	One      Tone = "one"
	Two      Tone = "two"
	Three    Tone = "three"
	Four     Tone = "four"
	Five     Tone = "five"
	Six      Tone = "six"
	Seven    Tone = "seven"
	Eight    Tone = "eight"
	Nine     Tone = "nine"
	Asterisk Tone = "asterisk"
	Pound    Tone = "pound"
	A        Tone = "a"
	B        Tone = "b"
	C        Tone = "c"
	D        Tone = "d"
)

// keys has a row for each key in the order of the event codes of RFC 4733,
// section 3.2, with its character and its two frequencies in hertz (ITU-T Q.23).
var keys = [16]struct {
	tone      Tone
	char      byte
	low, high float64
}{
	{Zero, '0', 941, 1336},
	{One, '1', 697, 1209},
	{Two, '2', 697, 1336},
	{Three, '3', 697, 1477},
	{Four, '4', 770, 1209},
	{Five, '5', 770, 1336},
	{Six, '6', 770, 1477},
	{Seven, '7', 852, 1209},
	{Eight, '8', 852, 1336},
	{Nine, '9', 852, 1477},
	{Asterisk, '*', 941, 1209},
	{Pound, '#', 941, 1477},
	{A, 'A', 697, 1633},
	{B, 'B', 770, 1633},
	{C, 'C', 852, 1633},
	{D, 'D', 941, 1633},
}

// chars are the characters in the same order.
const chars = "0123456789*#ABCD"

// FromCode is the key with an event code (RFC 4733, section 3.2), 0 to 15.
func FromCode(code uint8) (Tone, bool) {
	if int(code) >= len(keys) {
		return "", false
	}
	return keys[code].tone, true
}

// FromChar is the key with a character: 0-9, *, #, A-D or a-d.
func FromChar(c byte) (Tone, bool) {
	i := strings.IndexByte(chars, c)
	if i < 0 && c >= 'a' && c <= 'd' {
		i = strings.IndexByte(chars, c-'a'+'A')
	}
	if i < 0 {
		return "", false
	}
	return keys[i].tone, true
}

// Code is the event code of the key. It is false for what is no key.
func (t Tone) Code() (uint8, bool) {
	for i, k := range keys {
		if k.tone == t {
			return uint8(i), true //nolint:gosec // 0 to 15
		}
	}
	return 0, false
}

// Char is the character of the key: 0-9, *, # or A-D. It is false for what is
// no key.
func (t Tone) Char() (byte, bool) {
	code, ok := t.Code()
	return keys[code].char, ok
}

// Sound is how the key sounds: its two tones for as long as one listens, each
// with the given level in -dBov. For what is no key it is silence.
func Sound(t Tone, level float64) media.Source {
	code, ok := t.Code()
	if !ok {
		return media.Chain(media.Tone(0, level), media.Gain(0, 1))
	}
	low, high := media.Tone(keys[code].low, level), media.Tone(keys[code].high, level)
	second := media.NewFrame(media.Rate)
	return media.SourceFunc(func(f *media.Frame) error {
		if err := low.Read(f); err != nil {
			return err
		}
		if err := high.Read(second); err != nil {
			return err
		}
		for i, s := range second.Samples {
			f.Samples[i] = media.Clip(int(f.Samples[i]) + int(s))
		}
		return nil
	})
}
