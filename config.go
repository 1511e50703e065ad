package botd

import (
	"fmt"
	"net"
	"net/url"
	"time"

	"github.com/botd-dev/botd/leg/browser"
)

// Config is everything that can be set. The zero value is not valid: begin
// with Default, or read a file, the environment and flags with Load. Every
// field says its key; docs/configuration.md has them all.
type Config struct {
	// Dev (dev) is for trying things on one machine: demo bots, tokens for
	// the softphone, readable logs, plain http and loopback for callbacks.
	Dev bool
	// DataDir (data-dir) keeps all that must survive.
	DataDir string
	// OTLPEndpoint (otlp-endpoint) is an OpenTelemetry collector's base URL.
	OTLPEndpoint string

	Listen
	Access
	Media
	Voices
	Outgoing
	Webhooks
	Log
	Limits
	Throttles
}

// Listen is where botd is reached.
type Listen struct {
	// HTTPAddr (http-addr) and HTTPSAddr (https-addr) serve REST, signalling
	// and pages; empty serves none.
	HTTPAddr, HTTPSAddr string
	// AdminAddr (admin-addr) serves metrics, pprof and the configuration.
	AdminAddr string
	// PublicURL (public-url) is what is written into links and tokens; empty
	// is made from where the server listens.
	PublicURL string
	// TLSCert and TLSKey (tls-cert, tls-key) are PEM files; empty uses the
	// local authority in the data directory.
	TLSCert, TLSKey string
	// AllowedOrigins (allowed-origins) are the origins of pages beyond the
	// server's own that may open a signalling socket or join by WHIP.
	AllowedOrigins []string
}

// Access is who may ask for something.
type Access struct {
	// AccessKey and AccessKeySecondary (access-key, access-key-secondary) are
	// the base64 keys of connection strings. Empty: made once and kept in the
	// data directory.
	AccessKey, AccessKeySecondary string
	// ResourceID (resource-id) is the UUID that user ids contain. Empty: made
	// once and kept in the data directory.
	ResourceID string
	// TokenIssuer (token-issuer) is the issuer of webhook tokens; empty means
	// the public URL.
	TokenIssuer string
	// OIDCIssuer (oidc-issuer) issues the bearer tokens that REST accepts
	// beside the keys, and those that users of the company exchange; empty
	// accepts none.
	OIDCIssuer string
	// OIDCAudience (oidc-audience) is whom those tokens must be for.
	OIDCAudience string
	// OIDCRoles (oidc-roles) are those of which a token must have one for REST;
	// empty lets every principal of the issuer in.
	OIDCRoles []string
}

// Media is how sound arrives.
type Media struct {
	// MediaUDPPort (media-udp-port) is the one port of all WebRTC media, and of
	// ICE-TCP.
	MediaUDPPort int
	// MediaBind (media-bind) is the address that the port is opened on; empty
	// means that of HTTPAddr.
	MediaBind string
	// MediaPublicIP (media-public-ip) is the address that clients are told,
	// behind NAT; empty tells them the local ones.
	MediaPublicIP string
	// PromptDirs (prompt-dirs) are the directories whose files may be played.
	PromptDirs []string
	// ICEServers (ice-servers) are the STUN and TURN servers browsers are told.
	ICEServers []browser.ICEServer
}

// Voices is who speaks and who understands.
type Voices struct {
	// SpeechTTS (speech-tts) is who makes sound of text, and SpeechSTT
	// (speech-stt) who makes text of sound.
	SpeechTTS, SpeechSTT Provider
	// SpeechTTSKey and SpeechSTTKey (speech-tts-key, speech-stt-key) are shown to
	// them.
	SpeechTTSKey, SpeechSTTKey string
}

// Outgoing is what botd calls by itself.
type Outgoing struct {
	// AllowDestinations (allow-destinations) lists CIDRs and hosts that
	// callbacks and prompts may reach although they are private.
	AllowDestinations []string
	// MeetingLink (meeting-link) is what meeting links begin with; empty means
	// the softphone at PublicURL.
	MeetingLink string
	// Subscriptions (subscriptions) are told of incoming calls.
	Subscriptions []Subscription
}

// Subscription is an event subscription, as PUT /eventSubscriptions/{name}
// takes it.
type Subscription struct {
	Name       string             `json:"name"`
	Endpoint   string             `json:"endpoint"`
	Schema     string             `json:"schema,omitempty"`
	EventTypes []string           `json:"eventTypes,omitempty"`
	Ack        string             `json:"ack,omitempty"`
	Filter     SubscriptionFilter `json:"filter,omitzero"`
}

// SubscriptionFilter chooses among calls; an entry may end in "*".
type SubscriptionFilter struct {
	To   []string `json:"to,omitempty"`
	From []string `json:"from,omitempty"`
}

// Webhooks is how patiently applications are told.
type Webhooks struct {
	// WebhookGrace (webhook-grace) is how long an endpoint that has taken an event
	// may be silent before the next one goes, WebhookTimeout (webhook-timeout)
	// before it is cut.
	WebhookGrace, WebhookTimeout time.Duration
	// WebhookRetry (webhook-retry) is how long the first failure waits; each waits
	// twice as long as the one before it, up to WebhookRetryLongest
	// (webhook-retry-longest).
	WebhookRetry, WebhookRetryLongest time.Duration
	// WebhookExpiry (webhook-expiry) is how old an event becomes before it is a
	// dead letter.
	WebhookExpiry time.Duration
	// WebhookSecrets (webhook-secrets) sign what is posted, the newest first.
	WebhookSecrets []string
}

// Log is where events are written down.
type Log struct {
	// NATSURL (nats-url) is an outside NATS server; empty runs one inside.
	NATSURL string
	// LogRetention (log-retention) is how long events that have been told are
	// kept.
	LogRetention time.Duration
	// LogMaxBytes (log-max-bytes) is how large the log may grow.
	LogMaxBytes int64
}

// Limits are how long things may take and how many there may be.
type Limits struct {
	// TimeoutEstablish (timeout-establish) is how long a call rings,
	// TimeoutPromotion (timeout-promotion) somebody who is added, TimeoutPhone
	// (timeout-phone) a phone.
	TimeoutEstablish, TimeoutPromotion, TimeoutPhone time.Duration
	// TimeoutReconnect (timeout-reconnect) is how long a lost participant may
	// stay away.
	TimeoutReconnect time.Duration
	// TimeoutModality (timeout-modality) is how long a change of a running
	// call's media may take.
	TimeoutModality time.Duration
	// TimeoutCall (timeout-call) is the longest a call may last.
	TimeoutCall time.Duration
	// TimeoutTransfer (timeout-transfer) is how long a transfer may take.
	TimeoutTransfer time.Duration
	// TimeoutLobby (timeout-lobby) is how long somebody waits in a lobby.
	TimeoutLobby time.Duration
	// TimeoutEmptyCall (timeout-empty-call) is how long applications may be
	// alone in a call.
	TimeoutEmptyCall time.Duration
	// FillerAfter (filler-after) is how long an application may leave its events
	// untaken before its calls hear FillerSound (filler-sound).
	FillerAfter time.Duration
	FillerSound string
	// DrainTimeout (drain-timeout) is how long running calls may go on when the
	// server stops.
	DrainTimeout time.Duration
	// MaxParticipants (max-participants) is for one call.
	MaxParticipants int
	// Speakers (speakers) is how many are heard at once in a call.
	Speakers int
	// VoiceStages (voice-stages) are the stages of media/voice that each
	// microphone goes through, by name.
	VoiceStages []string
}

// SettingError is a key that does not exist or a value that it does not take.
// It is one line, and the program ends with status 2.
type SettingError struct {
	Key     string
	Value   string
	Allowed string
}

// Error fits error.
func (e *SettingError) Error() string {
	return fmt.Sprintf("%s: %q is not allowed: want %s", e.Key, e.Value, e.Allowed)
}

// Default is the configuration that nobody has touched.
func Default() Config {
	var c Config
	for _, s := range settings {
		s.set(&c, s.fallback)
	}
	return c
}

// Validate checks every value, and the values against each other. The error is
// a *SettingError for the first that is wrong.
func (c Config) Validate() error {
	for _, s := range settings {
		scratch := c
		if value := s.get(&c); !s.set(&scratch, value) {
			return s.wrong(value)
		}
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return &SettingError{"tls-key", c.TLSKey, "tls-cert and tls-key both, or neither"}
	}
	if c.WebhookRetryLongest < c.WebhookRetry {
		return &SettingError{"webhook-retry-longest", formatDuration(c.WebhookRetryLongest), "not less than webhook-retry"}
	}
	if c.HTTPAddr == "" && c.HTTPSAddr == "" {
		return &SettingError{"http-addr", "", "an address for http-addr, https-addr or both"}
	}
	return nil
}

// publicHosts are the names that the server's certificate must bear.
func (c Config) publicHosts() []string {
	u, err := url.Parse(c.PublicURL)
	if err != nil || u.Hostname() == "" {
		return nil
	}
	return []string{u.Hostname()}
}

// mediaBind is where the media port is opened: where the pages are, unless it
// is said.
func (c Config) mediaBind() string {
	if c.MediaBind != "" {
		return c.MediaBind
	}
	listen := c.HTTPAddr
	if listen == "" {
		listen = c.HTTPSAddr
	}
	host, _, err := net.SplitHostPort(listen)
	switch {
	case err != nil || host == "localhost":
		return "127.0.0.1"
	case host == "":
		return "0.0.0.0"
	default:
		return host
	}
}

// promptRoots are the directories whose files may be played.
func (c Config) promptRoots() []string {
	if !c.Dev {
		return c.PromptDirs
	}
	return append([]string{"."}, c.PromptDirs...)
}
