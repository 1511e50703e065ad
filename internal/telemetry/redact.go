package telemetry

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// Hidden stands where something was taken out.
const Hidden = "[hidden]"

// Redact takes out of a text what nobody who reads logs should see.
func Redact(text string) string { return redactText(text) }

// secretNames are the fields whose value is never logged, whatever it is; those
// that end in one of secretEnds are others. A name is compared in lower case
// without "-", "_" and "."; accessToken, access_token and access-token are one.
var secretNames = map[string]bool{
	"accesskeysecondary": true, "authorization": true, "bearer": true, "connectionstring": true, "jwt": true,
	"meetingid": true, "meetinglink": true, "pin": true,

	"digit": true, "digits": true, "dtmf": true, "keypress": true, "tone": true, "tones": true,

	"answer": true, "candidate": true, "offer": true, "sdp": true,

	"rtt": true, "said": true, "speech": true, "ssml": true, "text": true, "transcript": true, "typed": true,
}

// secretEnds are how the names of other secrets end.
var secretEnds = []string{"key", "token", "secret", "password", "passcode", "pwd", "cookie", "credential", "credentials", "signature"}

// forms are what is taken out of any text, wherever it stands. hint is what the
// text must contain for the expression to be tried at all.
var forms = []struct {
	hint    string
	find    *regexp.Regexp
	replace string
}{
	// A session description, down to its end.
	{"v=0", regexp.MustCompile(`(?s)v=0\r?\n.*`), Hidden},
	// A JSON web token: three parts in base64url, the first an object.
	{"eyJ", regexp.MustCompile(`eyJ[\w-]+\.[\w-]*\.?[\w-]*`), Hidden},
	{"earer ", regexp.MustCompile(`([Bb]earer )\S+`), "${1}" + Hidden},
	{"ignature=", regexp.MustCompile(`([Ss]ignature=)[^\s&;"]+`), "${1}" + Hidden},
	// What opens a door in a query or a connection string, and what is so called
	// anywhere else.
	{"=", regexp.MustCompile(`(?i)([?&;](?:[\w.-]*(?:auth|authorization|code|credentials?|jwt|key|passcode|password|pwd|secret|sig|token))=)[^\s&;"']+`), "${1}" + Hidden},
	{"=", regexp.MustCompile(`(?i)\b([\w.-]*(?:key|passcode|password|secret|token)=)[^\s&;"']+`), "${1}" + Hidden},
	// The password of user:password@host, and a user alone, who may be a token.
	{"://", regexp.MustCompile(`(://[^\s/:@]*:)[^\s/]+@`), "${1}" + Hidden + "@"},
	{"://", regexp.MustCompile(`(://)[^\s/?#:@]+@`), "${1}" + Hidden + "@"},
	// A phone number keeps its last four digits, however it is written.
	{"+", regexp.MustCompile(`\+\d+(\d{4})`), "+…${1}"},
	{"%2", regexp.MustCompile(`%(?:25)*2[Bb]\d+(\d{4})`), "+…${1}"},
	{"4:", regexp.MustCompile(`(^|[^\w.:\]])4:[\d*#]+([\d*#]{4})`), "${1}4:…${2}"},
	{"4%3", regexp.MustCompile(`\b(4%3[Aa])[\d*#]+([\d*#]{4})`), "${1}…${2}"},
	{"tel:", regexp.MustCompile(`\b(tel:)[\d*#]+([\d*#]{4})`), "${1}…${2}"},
	{"sip", regexp.MustCompile(`\b(sips?:)[\d*#]+([\d*#]{4})`), "${1}…${2}"},
}

// redactFields leaves the caller's slice alone.
func redactFields(fields []zapcore.Field) []zapcore.Field {
	clean := make([]zapcore.Field, len(fields))
	for i, f := range fields {
		clean[i] = redactField(f)
	}
	return clean
}

func redactField(f zapcore.Field) zapcore.Field {
	if isSecret(f.Key) && f.Type != zapcore.SkipType && f.Type != zapcore.NamespaceType {
		return zap.String(f.Key, Hidden)
	}
	switch f.Type {
	case zapcore.StringType:
		f.String = redactText(f.String)
		return f
	case zapcore.ByteStringType:
		b, _ := f.Interface.([]byte)
		return zap.String(f.Key, redactText(string(b)))
	case zapcore.BinaryType:
		return zap.String(f.Key, Hidden) // nobody can say what is in it
	case zapcore.ErrorType, zapcore.StringerType, zapcore.ReflectType,
		zapcore.ObjectMarshalerType, zapcore.ArrayMarshalerType, zapcore.InlineMarshalerType:
		return redactStructured(f)
	default: // numbers, times and flags have nothing to hide
		return f
	}
}

// redactStructured lets zap write the field into a map first, and then walks it.
func redactStructured(f zapcore.Field) zapcore.Field {
	m := zapcore.NewMapObjectEncoder()
	f.AddTo(m)
	if f.Type == zapcore.InlineMarshalerType {
		return zap.Inline(zapcore.ObjectMarshalerFunc(func(enc zapcore.ObjectEncoder) error {
			for key, value := range m.Fields {
				redactField(zap.Any(key, plain(value))).AddTo(enc)
			}
			return nil
		}))
	}
	return zap.Any(f.Key, redactValue(plain(m.Fields[f.Key])))
}

// plain makes any value maps, slices, strings and numbers.
func plain(v any) any {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	var p any
	if err := json.Unmarshal(b, &p); err != nil {
		return Hidden
	}
	return p
}

func redactValue(v any) any {
	switch v := v.(type) {
	case string:
		return redactText(v)
	case []any:
		for i := range v {
			v[i] = redactValue(v[i])
		}
	case map[string]any:
		for key, value := range v {
			if isSecret(key) {
				v[key] = Hidden
				continue
			}
			v[key] = redactValue(value)
		}
	}
	return v
}

func redactText(s string) string {
	for _, form := range forms {
		if strings.Contains(s, form.hint) {
			s = form.find.ReplaceAllString(s, form.replace)
		}
	}
	return s
}

func isSecret(name string) bool {
	name = strings.Map(bare, name)
	return secretNames[name] || slices.ContainsFunc(secretEnds, func(end string) bool { return strings.HasSuffix(name, end) })
}

// bare drops separators and makes small letters.
func bare(r rune) rune {
	if r == '-' || r == '_' || r == '.' {
		return -1
	}
	return unicode.ToLower(r)
}
