package botd

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
)

// misplaced are keys that somebody typed where they do not belong, and what is
// told of the value.
var misplaced = []struct{ name, key, value, told string }{
	{"a password in a provider's URL", "speech-tts", "openai:https://user:s3cr3t@example.com/v1", "openai:https://example.com/…"},
	{"a password with all there is", "speech-tts", "openai:https://u:s3cr3t/?@x@example.com/v1", "openai:https://example.com/…"},
	{"a key in a provider's query", "speech-tts", "openai:https://example.com/v1?key=s3cr3t&model=tts-1", "openai:https://example.com/…?key=" + hidden + "&model=" + hidden},
	{"a key as a provider's query", "speech-stt", "socket:wss://example.com?s3cr3t", "socket:wss://example.com?" + hidden},
	{"a key in a provider's path", "speech-stt", "socket:https://example.com/s3cr3t", "socket:https://example.com/…"},
	{"a key for a provider's URL", "speech-tts", "openai:sk-s3cr3t", "openai:" + hidden},
	{"a key for a provider", "speech-tts", "sk-s3cr3t", hidden},
	{"a provider that there is not", "speech-tts", "festival?voice=s3cr3t", "festival?voice=" + hidden},
	{"a token in a store's URL", "nats-url", "http://s3cr3t@nats:4222", "http://" + hidden + "@nats:4222"},
	{"a password in a collector's URL", "otlp-endpoint", "ftp://u:s3cr3t/@?x@h/?key=s3cr3t", "ftp://" + hidden + "@h/?key=" + hidden},
	{"a host, which is no secret", "public-url", "https://h.example/botd", "https://h.example/botd"},
}

func TestAKeyThatWasTypedElsewhereIsNotInTheError(t *testing.T) {
	for _, row := range misplaced {
		t.Run(row.name, func(t *testing.T) {
			_, err := Load(map[string]string{row.key: row.value}, nil)
			var wrong *SettingError
			if !errors.As(err, &wrong) {
				t.Fatalf("got %v, want a SettingError", err)
			}
			if strings.Contains(err.Error(), "s3cr3t") || wrong.Value != row.told || wrong.Key != row.key {
				t.Errorf("got %q, want %q", err, row.told)
			}
		})
	}
	_, err := Load(map[string]string{"config": configFile(t, "ice-servers:\n  - {1: s3cr3t}\n")}, nil)
	if err == nil || strings.Contains(err.Error(), "s3cr3t") || !strings.Contains(err.Error(), "ice-servers") {
		t.Errorf("got %v", err)
	}
}

func TestWhatIsInEffectIsShownWithoutWhatIsSecretInIt(t *testing.T) {
	for key, row := range map[string]struct{ value, shown string }{
		"nats-url":      {"nats://s3cr3t@nats:4222", "nats://" + hidden + "@nats:4222"},
		"filler-sound":  {"https://files.example/a.wav?sv=1&sig=s3cr3t", "https://files.example/a.wav?sv=1&sig=" + hidden},
		"otlp-endpoint": {"https://u:s3cr3t@h:4318", "https://u:" + hidden + "@h:4318"},
		"meeting-link":  {"https://meet.example/?token=", "https://meet.example/?token="},
	} {
		c, err := Load(map[string]string{key: row.value}, nil)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join(c.Effective(), "\n")
		if strings.Contains(text, "s3cr3t") || !strings.Contains(text, row.shown) {
			t.Errorf("%s=%s is shown without %s", key, row.value, row.shown)
		}
	}
}

// TestTheLastWordOfTheProgramHasNoSecretEither has it fail at something that names
// what it failed with.
func TestTheLastWordOfTheProgramHasNoSecretEither(t *testing.T) {
	var said bytes.Buffer
	p := &program{out: &said, err: &said, serve: func(context.Context, Config) error {
		return errors.New(`connect to the store: dial "nats://bot:s3cr3t@nats:4222": no such host`)
	}}
	if status := p.run(t.Context(), []string{"serve"}); status != exitFailed {
		t.Errorf("status %d", status)
	}
	if line := said.String(); strings.Contains(line, "s3cr3t") || !strings.Contains(line, "@nats:4222") {
		t.Errorf("it says %q", line)
	}
}

// TestTheCommandLineIsNotOnTheAdminAddress: a flag may be a secret, and profiles
// need none of it.
func TestTheCommandLineIsNotOnTheAdminAddress(t *testing.T) {
	keep := os.Args
	os.Args = append(slices.Clone(keep), "--access-key=s3cr3t")
	defer func() { os.Args = keep }()
	s := start(t, func(*Config) {})
	defer stop(t, s)
	for path, want := range map[string]int{"cmdline": http.StatusNotFound, "": http.StatusOK, "heap?debug=1": http.StatusOK} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.AdminAddr()+"/debug/pprof/"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if err := errors.Join(err, resp.Body.Close()); err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != want || strings.Contains(string(body), "s3cr3t") {
			t.Errorf("%s: %s", path, resp.Status)
		}
	}
}
