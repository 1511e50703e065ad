package botd

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTheDefaultsAreValid(t *testing.T) {
	if err := Default().Validate(); err != nil {
		t.Error(err)
	}
}

func TestAFlagWinsOverTheEnvironmentOverTheFileOverTheDefault(t *testing.T) {
	path := configFile(t, "http-addr: 127.0.0.1:1\nhttps-addr: 127.0.0.1:1\nadmin-addr: 127.0.0.1:1\n")
	c, err := Load(
		map[string]string{"config": path, "http-addr": "127.0.0.1:3"},
		[]string{"BOTD_HTTP_ADDR=127.0.0.1:2", "BOTD_HTTPS_ADDR=127.0.0.1:2", "PATH=/bin"},
	)
	if err != nil {
		t.Fatal(err)
	}
	got := []string{c.HTTPAddr, c.HTTPSAddr, c.AdminAddr, c.DataDir}
	if want := []string{"127.0.0.1:3", "127.0.0.1:2", "127.0.0.1:1", "./botd-data"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want flag, environment, file, default: %v", got, want)
	}
}

func TestTheFileIsFoundByTheEnvironmentToo(t *testing.T) {
	path := configFile(t, "max-participants: 12\n")
	c, err := Load(nil, []string{"BOTD_CONFIG=" + path})
	if err != nil || c.MaxParticipants != 12 {
		t.Errorf("got %d, %v", c.MaxParticipants, err)
	}
}

func TestAFileCanSayEverything(t *testing.T) {
	path := configFile(t, `
dev: true
media-udp-port: 9000
log-retention: 30d
log-max-bytes: 2GiB
timeout-call: 2h
allowed-origins: [https://a.example, https://b.example:8443]
allow-destinations: 10.0.0.0/8, hooks.internal
ice-servers:
  - urls: [turn:turn.example:3478]
    username: u
    credential: c
subscriptions:
  - name: calls
    endpoint: https://hooks.example/in
    schema: cloudevents
    eventTypes: [Microsoft.Communication.IncomingCall]
    filter: {to: ["4:+1425*"]}
`)
	c, err := Load(map[string]string{"config": path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !c.Dev || c.MediaUDPPort != 9000 || c.LogRetention != 30*day || c.LogMaxBytes != 2<<30 || c.TimeoutCall != 2*time.Hour {
		t.Errorf("got %+v", c)
	}
	if !slices.Equal(c.AllowedOrigins, []string{"https://a.example", "https://b.example:8443"}) ||
		!slices.Equal(c.AllowDestinations, []string{"10.0.0.0/8", "hooks.internal"}) {
		t.Errorf("lists: %v, %v", c.AllowedOrigins, c.AllowDestinations)
	}
	if len(c.ICEServers) != 1 || c.ICEServers[0].Credential != "c" || len(c.Subscriptions) != 1 || c.Subscriptions[0].Filter.To[0] != "4:+1425*" {
		t.Errorf("objects: %+v, %+v", c.ICEServers, c.Subscriptions)
	}
}

// Each row is refused in one line that has the key, the value and what is
// allowed.
var refused = []struct {
	name string
	key  string
	bad  string
	want string
}{
	{"an address without a port", "http-addr", "127.0.0.1", "host:port"},
	{"a port that is none", "https-addr", "127.0.0.1:99999", "host:port"},
	{"a media port that is none", "media-udp-port", "70000", "from 0 to 65535"},
	{"a word for a number", "max-participants", "many", "from 2 to 10000"},
	{"a call of nobody", "max-participants", "0", "from 2 to 10000"},
	{"a time without a unit", "timeout-call", "30", "30h"},
	{"a time that is negative", "drain-timeout", "-1s", "from 0s to 1d"},
	{"a time that is too short", "timeout-establish", "1ms", "from 1s to 1h"},
	{"a size without sense", "log-max-bytes", "10GB", "10GiB"},
	{"a size that overflows", "log-max-bytes", "99999999999TiB", "10GiB"},
	{"a URL with a path", "public-url", "https://h.example/botd", "without a path"},
	{"a URL of another kind", "nats-url", "http://h.example", "nats"},
	{"a name for an address", "media-public-ip", "h.example", "an IP address"},
	{"a network that is none", "allow-destinations", "10.0.0.0/8,10.0.0.0/33", "CIDRs"},
	{"an origin with a path", "allowed-origins", "https://h.example/x", "origins"},
	{"an id that is no UUID", "resource-id", "me", "UUID"},
	{"a maybe", "dev", "maybe", "true or false"},
	{"nothing where something must be", "data-dir", "", "not empty"},
	{"ICE servers that are no list", "ice-servers", "stun:x", `"urls"`},
	{"a subscription without an endpoint", "subscriptions", `[{"name":"a"}]`, `"endpoint"`},
	{"a subscription to nothing there is", "subscriptions", `[{"name":"a","endpoint":"https://h.example/","eventTypes":["x"]}]`, `"eventTypes"`},
	{"a secret that is no secret", "webhook-secrets", "whsec_c2hvcnQ=", "24 to 64 bytes"},
	{"a grace of nothing", "webhook-grace", "0s", "from 10ms to 60s"},
	{"a longest wait that is shorter than the first", "webhook-retry-longest", "100ms", "not less than webhook-retry"},
	{"a role of two words", "oidc-roles", "botd.manage,a b", "without spaces"},
	{"bearer tokens for nobody", "oidc-audience", "", "not empty"},
	{"a key that there is not", "http-adr", "x", "botd config"},
	{"a certificate without its key", "tls-cert", "cert.pem", "both"},
}

func TestABadValueIsRefusedInOneLine(t *testing.T) {
	for _, row := range refused {
		t.Run(row.name, func(t *testing.T) {
			_, err := Load(nil, []string{"BOTD_" + strings.ToUpper(strings.ReplaceAll(row.key, "-", "_")) + "=" + row.bad})
			var wrong *SettingError
			if !errors.As(err, &wrong) {
				t.Fatalf("got %v, want a SettingError", err)
			}
			line := err.Error()
			if strings.Contains(line, "\n") || !strings.Contains(line, row.want) || wrong.Key != row.key && wrong.Key != "tls-key" {
				t.Errorf("got %q, want one line with %q about %s", line, row.want, row.key)
			}
		})
	}
}

func TestAWeakKeyIsRefusedWithoutPrintingIt(t *testing.T) {
	_, err := Load(map[string]string{"access-key": "c2hvcnQ="}, nil)
	if err == nil || strings.Contains(err.Error(), "c2hvcnQ=") || !strings.Contains(err.Error(), "at least 32 bytes") {
		t.Errorf("got %v", err)
	}
}

func TestAKeyOfTheFileThatThereIsNotIsRefused(t *testing.T) {
	for _, text := range []string{"http_addr: x\n", "timeout:\n  call: 1h\n", "config: other.yaml\n"} {
		_, err := Load(map[string]string{"config": configFile(t, text)}, nil)
		if !errors.As(err, new(*SettingError)) {
			t.Errorf("%q: got %v, want a SettingError", text, err)
		}
	}
}

func TestAFileThatCannotBeReadIsToldInOneLine(t *testing.T) {
	for _, path := range []string{"nowhere.yaml", configFile(t, "a: [\n  b: :\n")} {
		_, err := Load(map[string]string{"config": path}, nil)
		if err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), path) {
			t.Errorf("got %v, want one line naming %s", err, path)
		}
	}
}

func TestASecretUnderAWrongNameIsNotPrinted(t *testing.T) {
	_, err := Load(nil, []string{"BOTD_SPEECH_KEY=sk-secret"})
	if err == nil || strings.Contains(err.Error(), "sk-secret") || !strings.Contains(err.Error(), "speech-key") {
		t.Errorf("got %v", err)
	}
}

func TestVariablesOfKubernetesAndOfProgramsThatCallAreNotOurs(t *testing.T) {
	_, err := Load(nil, []string{
		"BOTD_PORT=tcp://10.0.0.1:8080", "BOTD_SERVICE_HOST=10.0.0.1", "BOTD_PORT_8080_TCP_ADDR=10.0.0.1",
		"BOTD_CONNECTION_STRING=endpoint=https://127.0.0.1:8443/;accesskey=c2hvcnQ=",
	})
	if err != nil {
		t.Error(err)
	}
}

func TestTheCollectorHasItsUsualVariable(t *testing.T) {
	usual := "OTEL_EXPORTER_OTLP_ENDPOINT=http://usual:4318"
	c, err := Load(nil, []string{usual})
	if err != nil || c.OTLPEndpoint != "http://usual:4318" {
		t.Errorf("got %q, %v", c.OTLPEndpoint, err)
	}
	c, err = Load(nil, []string{usual, "BOTD_OTLP_ENDPOINT=http://ours:4318"})
	if err != nil || c.OTLPEndpoint != "http://ours:4318" {
		t.Errorf("ours is less than the usual: %q, %v", c.OTLPEndpoint, err)
	}
}

// What is printed can be read again, but for what is hidden.
func TestTheEffectiveConfigurationHidesSecretsOnly(t *testing.T) {
	key := strings.Repeat("c2VjcmV0", 8)
	c, err := Load(map[string]string{
		"access-key": key, "nats-url": "nats://bot:s3cr3t@nats:4222", "timeout-call": "90m",
		"ice-servers": `[{"urls":["turn:t"],"credential":"s3cr3t"}]`,
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(c.Effective(), "\n") + "\n"
	for _, leak := range []string{key, "s3cr3t"} {
		if strings.Contains(text, leak) {
			t.Errorf("%s is printed:\n%s", leak, text)
		}
	}
	var open []string
	for _, line := range c.Effective() {
		if !strings.Contains(line, hidden) && !strings.Contains(line, "xxxxx") {
			open = append(open, line)
		}
	}
	again, err := Load(map[string]string{"config": configFile(t, strings.Join(open, "\n"))}, nil)
	if err != nil || again.TimeoutCall != 90*time.Minute {
		t.Errorf("it cannot be read again: %v, %s", err, again.TimeoutCall)
	}
}

func TestMediaComesWhereThePagesAre(t *testing.T) {
	for listen, want := range map[string]string{
		"127.0.0.1:8080": "127.0.0.1", "0.0.0.0:8080": "0.0.0.0", ":8080": "0.0.0.0", "[::]:8080": "::", "localhost:80": "127.0.0.1",
	} {
		c := Default()
		c.HTTPAddr = listen
		if got := c.mediaBind(); got != want {
			t.Errorf("with %s: %s, want %s", listen, got, want)
		}
		c.MediaBind = "192.0.2.1"
		if got := c.mediaBind(); got != "192.0.2.1" {
			t.Errorf("what is said is not done: %s", got)
		}
	}
}

// docs/configuration.md has a row for every key, with its default.
func TestThePageOfSettingsHasThemAll(t *testing.T) {
	b, err := os.ReadFile("docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range settings {
		if row := documented(s); !strings.Contains(string(b), row+"\n") {
			t.Errorf("docs/configuration.md lacks this row:\n%s", row)
		}
	}
}

// documented is the row of a setting in docs/configuration.md.
func documented(s setting) string {
	fallback := "–"
	if s.fallback != "" {
		fallback = "`" + s.fallback + "`"
	}
	return "| `" + s.key + "` | " + fallback + " | " + s.about + " | " + s.allowed + " |"
}

func FuzzNoValueIsAcceptedThatValidateRefuses(f *testing.F) {
	for _, row := range refused {
		f.Add(row.key, row.bad)
	}
	f.Fuzz(func(t *testing.T, key, value string) {
		if key == fileKey {
			return // not a fuzzer's files
		}
		c, err := Load(map[string]string{key: value}, nil)
		if err != nil {
			return
		}
		if err := c.Validate(); err != nil {
			t.Errorf("%s=%q: %v", key, value, err)
		}
		_ = c.Effective()
	})
}

func configFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "botd.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
