package botd

import (
	"strconv"
	"strings"
	"time"

	"github.com/botd-dev/botd/automation/rest"
	"github.com/botd-dev/botd/internal/throttle"
	"github.com/botd-dev/botd/leg/browser"
)

// setting is one key: what it is when nobody says, what it takes, and where it
// goes.
type setting struct {
	key      string
	fallback string
	about    string
	allowed  string
	secret   bool                // never printed
	flag     bool                // needs no value on the command line
	told     func(string) string // what an error repeats of a value
	set      func(*Config, string) bool
	get      func(*Config) string
}

// wrong is the error for a value that the key does not take.
func (s setting) wrong(value string) *SettingError {
	if s.secret && value != "" {
		value = hidden
	}
	return &SettingError{s.key, s.told(value), s.allowed}
}

// show is the value as a person may see it.
func (s setting) show(c *Config) string {
	value := s.get(c)
	if s.secret && value != "" {
		return hidden
	}
	if strings.Contains(value, "://") {
		return discreetly(value)
	}
	return value
}

// row makes a setting of a kind of value and a place for it.
func row[T any](key, fallback string, k kind[T], at func(*Config) *T, about string) setting {
	return setting{
		key: key, fallback: fallback, about: about, allowed: k.allowed, secret: k.secret, flag: k.flag, told: toldValue,
		set: func(c *Config, text string) bool {
			v, ok := k.parse(text)
			if ok {
				*at(c) = v
			}
			return ok
		},
		get: func(c *Config) string { return k.format(*at(c)) },
	}
}

// telling has errors of a setting repeat something else of a value.
func (s setting) telling(told func(string) string) setting {
	s.told = told
	return s
}

const (
	day      = 24 * time.Hour
	gibibyte = 1 << 30
)

// settings is every key. Flags, environment variables, the keys of the file and
// docs/configuration.md are made from it or compared with it.
var settings = []setting{
	row("dev", "false", boolKind(), func(c *Config) *bool { return &c.Dev },
		"for trying things on one machine: demo bots, tokens for the softphone, WHIP and bots without a token from this machine, readable logs, http and loopback for callbacks"),
	row("data-dir", "./botd-data", requiredKind(), func(c *Config) *string { return &c.DataDir },
		"everything that must survive"),

	row("http-addr", "127.0.0.1:8080", addressKind(), func(c *Config) *string { return &c.HTTPAddr },
		"REST, signalling, WHIP and pages over plain HTTP"),
	row("https-addr", "127.0.0.1:8443", addressKind(), func(c *Config) *string { return &c.HTTPSAddr },
		"the same over TLS"),
	row("admin-addr", "127.0.0.1:9090", addressKind(), func(c *Config) *string { return &c.AdminAddr },
		"metrics, pprof and the effective configuration"),
	row("public-url", "", optional(baseURLKind()), func(c *Config) *string { return &c.PublicURL },
		"what is written into links, tokens and contexts; by default made from https-addr"),
	row("tls-cert", "", textKind(), func(c *Config) *string { return &c.TLSCert },
		"certificate chain in PEM; by default one from a local authority in data-dir/tls"),
	row("tls-key", "", textKind(), func(c *Config) *string { return &c.TLSKey },
		"key of tls-cert in PEM"),
	row("allowed-origins", "", listOf(originKind()), func(c *Config) *[]string { return &c.AllowedOrigins },
		"origins of pages beyond botd's own that may open a signalling socket or join by WHIP"),

	row("access-key", "", accessKeyKind(), func(c *Config) *string { return &c.AccessKey },
		"key of the connection string; made once and kept in data-dir if empty"),
	row("access-key-secondary", "", accessKeyKind(), func(c *Config) *string { return &c.AccessKeySecondary },
		"a second key, so that keys can be changed without a gap; made once and kept in data-dir if empty"),
	row("resource-id", "", optional(uuidKind()), func(c *Config) *string { return &c.ResourceID },
		"the UUID in user ids; made once and kept in data-dir if empty"),
	row("token-issuer", "", optional(urlKind("an https URL", "https", "http")), func(c *Config) *string { return &c.TokenIssuer },
		"issuer of the tokens that webhooks carry; by default public-url"),
	row("oidc-issuer", "", optional(urlKind("an https URL", "https", "http")), func(c *Config) *string { return &c.OIDCIssuer },
		"issuer of bearer tokens that REST accepts beside the keys, and of those that a company's users exchange"),
	row("oidc-audience", rest.Audience, requiredKind(), func(c *Config) *string { return &c.OIDCAudience },
		"audience that bearer tokens for REST must have"),
	row("oidc-roles", "", listOf(wordKind()), func(c *Config) *[]string { return &c.OIDCRoles },
		"a bearer token for REST must have one of these in roles, scp or scope; empty lets in every principal of oidc-issuer with that audience"),

	row("media-udp-port", "7882", count(0, 65535), func(c *Config) *int { return &c.MediaUDPPort },
		"one UDP port for all WebRTC media, and ICE-TCP on the same number; 0 takes any free one"),
	row("media-bind", "", optional(ipKind()), func(c *Config) *string { return &c.MediaBind },
		"address on which the media port is opened; by default that of http-addr"),
	row("media-public-ip", "", optional(ipKind()), func(c *Config) *string { return &c.MediaPublicIP },
		"address that clients are told for media, behind NAT"),
	row("ice-servers", "", jsonList(`a list of {"urls", "username", "credential"}`, func(s browser.ICEServer) bool { return len(s.URLs) > 0 }),
		func(c *Config) *[]browser.ICEServer { return &c.ICEServers },
		"STUN and TURN servers that clients are told"),

	row("prompt-dirs", "", listOf(requiredKind()), func(c *Config) *[]string { return &c.PromptDirs },
		"directories whose files may be played by path or file URI; with dev also the working directory"),

	row("speech-tts", "espeak", providerKind(synthesizers), func(c *Config) *Provider { return &c.SpeechTTS },
		"who makes sound of text").telling(toldProvider),
	row("speech-tts-key", "", secretKind(), func(c *Config) *string { return &c.SpeechTTSKey },
		"the key for that server"),
	row("speech-stt", "pocketsphinx", providerKind(recognizers), func(c *Config) *Provider { return &c.SpeechSTT },
		"who makes text of what is said").telling(toldProvider),
	row("speech-stt-key", "", secretKind(), func(c *Config) *string { return &c.SpeechSTTKey },
		"the key for that server"),

	row("meeting-link", "", optional(urlKind("an http or https URL", "http", "https")), func(c *Config) *string { return &c.MeetingLink },
		"what meeting links begin with; by default the softphone at public-url"),

	row("allow-destinations", "", listOf(destinationKind()), func(c *Config) *[]string { return &c.AllowDestinations },
		"CIDRs and hosts, otherwise forbidden, that callbacks and prompts may reach; with dev also loopback"),
	row("subscriptions", "", jsonList(`a list of {"name", "endpoint", "schema", "eventTypes", "filter", "ack"}`, func(s Subscription) bool { return s.asked().Validate() == nil }),
		func(c *Config) *[]Subscription { return &c.Subscriptions },
		"event subscriptions, as PUT /eventSubscriptions/{name} takes them; one that is taken out ends"),

	row("webhook-grace", "1s", duration(10*time.Millisecond, time.Minute), func(c *Config) *time.Duration { return &c.WebhookGrace },
		"how long an endpoint that has taken an event may be silent before the next one goes"),
	row("webhook-timeout", "15s", duration(time.Second, 30*time.Second), func(c *Config) *time.Duration { return &c.WebhookTimeout },
		"how long an endpoint may be silent before it is cut, and the event unconfirmed"),
	row("webhook-retry", "500ms", duration(10*time.Millisecond, time.Hour), func(c *Config) *time.Duration { return &c.WebhookRetry },
		"how long the first failure waits; each waits twice as long as the one before it, a fifth more or less"),
	row("webhook-retry-longest", "30s", duration(10*time.Millisecond, day), func(c *Config) *time.Duration { return &c.WebhookRetryLongest },
		"the longest wait, and so how often an endpoint is tried that is down"),
	row("webhook-expiry", "72h", duration(time.Minute, 30*day), func(c *Config) *time.Duration { return &c.WebhookExpiry },
		"the age at which an event that cannot be told becomes a dead letter"),
	row("webhook-secrets", "", webhookSecretsKind(), func(c *Config) *[]string { return &c.WebhookSecrets },
		"sign what is posted as Standard Webhooks has it, the newest first; with two, an application can change from one to the other"),

	row("nats-url", "", optional(urlKind("a nats, tls, ws or wss URL", "nats", "tls", "ws", "wss")), func(c *Config) *string { return &c.NATSURL },
		"an outside NATS server or cluster with JetStream; empty runs one inside, with its files in data-dir"),
	row("log-retention", "7d", duration(time.Minute, 3650*day), func(c *Config) *time.Duration { return &c.LogRetention },
		"how long events are kept; those still owed are never removed"),
	row("log-max-bytes", "10GiB", size(64<<20, 1<<50), func(c *Config) *int64 { return &c.LogMaxBytes },
		"how large the log may grow before new calls are refused"),

	row("timeout-establish", "85s", duration(time.Second, time.Hour), func(c *Config) *time.Duration { return &c.TimeoutEstablish },
		"how long a call may take to be answered"),
	row("timeout-promotion", "115s", duration(time.Second, time.Hour), func(c *Config) *time.Duration { return &c.TimeoutPromotion },
		"the same for somebody who is added to a call"),
	row("timeout-phone", "115s", duration(time.Second, time.Hour), func(c *Config) *time.Duration { return &c.TimeoutPhone },
		"the same for a phone number"),
	row("timeout-reconnect", "120s", duration(time.Second, time.Hour), func(c *Config) *time.Duration { return &c.TimeoutReconnect },
		"how long a participant who was lost may stay away"),
	row("timeout-modality", "40s", duration(time.Second, time.Hour), func(c *Config) *time.Duration { return &c.TimeoutModality },
		"how long a browser's media may take to flow again after it changed networks or devices"),
	row("timeout-call", "30h", duration(time.Minute, 365*day), func(c *Config) *time.Duration { return &c.TimeoutCall },
		"the longest that a call may last"),
	row("timeout-transfer", "60s", duration(time.Second, time.Hour), func(c *Config) *time.Duration { return &c.TimeoutTransfer },
		"how long a transfer may take"),
	row("timeout-lobby", "30m", duration(time.Second, day), func(c *Config) *time.Duration { return &c.TimeoutLobby },
		"how long somebody waits in a lobby to be let in"),
	row("timeout-empty-call", "30s", duration(time.Second, day), func(c *Config) *time.Duration { return &c.TimeoutEmptyCall },
		"how long applications may be alone in a call"),
	row("max-participants", "350", count(2, 10000), func(c *Config) *int { return &c.MaxParticipants },
		"people in one call; applications are not counted"),
	row("speakers", "4", count(1, 100), func(c *Config) *int { return &c.Speakers },
		"how many are heard at once in a call, the loudest; who may hear only some hears the loudest of those"),
	row("voice-stages", "", listOf(stageKind()), func(c *Config) *[]string { return &c.VoiceStages },
		"what each microphone goes through before it is mixed; packets are not passed on as they came then"),
	row("filler-after", "0s", duration(0, time.Hour), func(c *Config) *time.Duration { return &c.FillerAfter },
		"how long an application may leave its events untaken before its calls hear a filler sound; 0 is for ever"),
	row("filler-sound", "", textKind(), func(c *Config) *string { return &c.FillerSound },
		"that sound: a URL, or a path below prompt-dirs; by default a soft tone"),
	row("drain-timeout", "300s", duration(0, day), func(c *Config) *time.Duration { return &c.DrainTimeout },
		"how long running calls may go on after SIGTERM"),

	row("limits-connections", "100", count(0, 1_000_000), func(c *Config) *int { return &c.LimitsConnections },
		"connections from one address, over HTTP, HTTPS and the TCP of media; more are closed at once; 0 is any number, also in what follows"),
	row("limits-address", "2000/1s", rateKind(), func(c *Config) *throttle.Rate { return &c.LimitsAddress },
		"REST requests from one address"),
	row("limits-requests", "1000/1s", rateKind(), func(c *Config) *throttle.Rate { return &c.LimitsRequests },
		"REST requests with the access keys, or with the tokens of one subject"),
	row("limits-identity", "1000/30s", rateKind(), func(c *Config) *throttle.Rate { return &c.LimitsIdentity },
		"users made, users made with a token, and tokens issued, each by itself; half of it for deletions, revocations and exchanges"),
	row("limits-calls", "10000", count(0, 1_000_000), func(c *Config) *int { return &c.LimitsCalls },
		"calls at once"),
	row("limits-call-rate", "100/1s", rateKind(), func(c *Config) *throttle.Rate { return &c.LimitsCallRate },
		"new calls, from wherever they come"),
	row("limits-signalling-hello", "60/60s", rateKind(), func(c *Config) *throttle.Rate { return &c.LimitsSignallingHello },
		"clients that one user registers, or brings in by WHIP; coming back after a lost connection is not counted"),
	row("limits-memory", "90", count(0, 100), func(c *Config) *int { return &c.LimitsMemory },
		"percent of $GOMEMLIMIT from which new calls are refused; without $GOMEMLIMIT it has no effect"),

	row("otlp-endpoint", "", optional(urlKind("an http or https URL", "http", "https")), func(c *Config) *string { return &c.OTLPEndpoint },
		"an OpenTelemetry collector, as in http://localhost:4318; by default $OTEL_EXPORTER_OTLP_ENDPOINT"),
}

// settingOf finds a key.
func settingOf(key string) (setting, bool) {
	for _, s := range settings {
		if s.key == key {
			return s, true
		}
	}
	return setting{}, false
}

// Effective is the configuration as lines of a configuration file, with secrets
// hidden.
func (c Config) Effective() []string {
	lines := make([]string, 0, len(settings))
	for _, s := range settings {
		value := s.show(&c)
		if value == "" || !plainYAML(value) {
			value = strconv.Quote(value)
		}
		lines = append(lines, s.key+": "+value)
	}
	return lines
}
