package browser

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// Session is what a valid token says. The scope "voip" allows everything,
// "voip.join" joining and answering but not starting and inviting.
type Session = identity.Session

// ICEServer is an RTCIceServer as browsers take it.
type ICEServer struct {
	URLs       []string `json:"urls"`
	Username   string   `json:"username,omitempty"`
	Credential string   `json:"credential,omitempty"`
}

// Calls is where calls are placed and joined. *call.Registry fits it.
type Calls interface {
	Offer(ctx context.Context, o call.Offer) (*call.Participant, error)
	Join(ctx context.Context, j call.Joining) (*call.Participant, error)
}

// Config is what a Server is made of.
type Config struct {
	// Calls places and joins calls. Needed.
	Calls Calls
	// Verify checks a token. Needed.
	Verify func(ctx context.Context, token string) (Session, error)
	// Enter says whether and how a user may enter a room or a meeting. An error
	// with a method Reason() call.Reason is told as that. Nil is no rooms.
	Enter func(ctx context.Context, user identity.ID, d Door) (Admission, error)
	// CheckCustom says what is wrong with what a caller sends along; nil takes
	// anything.
	CheckCustom func(c *call.CustomContext) error
	// Admit says why one more client of a user may not register now, if it may
	// not; remote is the address it comes from. Nil lets everyone.
	Admit func(user identity.ID, remote string) error
	// Guest says who comes to WHIP without a token, under the name given; false
	// is nobody. Nil lets nobody.
	Guest func(r *http.Request, name string) (Session, bool)
	// AllowedOrigins are the pages that may open the WebSocket, or come by WHIP,
	// besides those of the same host: "https://app.example.com", or host patterns
	// such as "*.example.com". None by default.
	AllowedOrigins []string
	// MediaBind is the address that media comes in at: 127.0.0.1 by default,
	// an unspecified address for every interface.
	MediaBind string
	// MediaPort is the number of the one UDP and the one TCP port; zero takes
	// any that is free as both.
	MediaPort int
	// Batched says that somebody calls Server.Fetch before the ticks of bridges, and
	// Server.Flush after every tick. What clients say is read at the one and what
	// listeners are to hear leaves at the other, with few system calls. Without it
	// every packet is read, and leaves, at once.
	Batched bool
	// Watch wraps the listener of the TCP port, to limit its connections; nil
	// takes it as it is.
	Watch func(net.Listener) net.Listener
	// PublicIP is offered to browsers besides the machine's own addresses,
	// where a NAT passes MediaPort on. None by default.
	PublicIP string
	// ICEServers are the STUN and TURN servers a client is told; nil is none.
	ICEServers func(user identity.ID) []ICEServer
	// ResumeTimeout is how long a client whose socket dropped keeps its calls;
	// 120 s by default.
	ResumeTimeout time.Duration
	// SetupTimeout is how long media may take to flow once the call has been
	// answered; 15 s by default.
	SetupTimeout time.Duration
	// ModalityTimeout is how long a change of a running call's media may take,
	// from the client's offer until media flows again; 40 s by default. After
	// that the client counts as lost.
	ModalityTimeout time.Duration
	// Now is the wall clock, by which tokens end; time.Now by default.
	Now func() time.Time
	// Log is where to; nowhere by default.
	Log *zap.Logger
	// Registerer takes the metrics; none by default.
	Registerer prometheus.Registerer
}

// Validate fills in the defaults and says what is wrong.
func (c *Config) Validate() error {
	if c.Calls == nil || c.Verify == nil {
		return errors.New("browser: Calls and Verify are needed")
	}
	if c.MediaBind == "" {
		c.MediaBind = "127.0.0.1"
	}
	if _, err := netip.ParseAddr(c.MediaBind); err != nil {
		return fmt.Errorf("browser: media bind: %w", err)
	}
	if c.MediaPort < 0 || c.MediaPort > 65535 {
		return fmt.Errorf("browser: media port %d is no port", c.MediaPort)
	}
	if c.PublicIP != "" {
		if _, err := netip.ParseAddr(c.PublicIP); err != nil {
			return fmt.Errorf("browser: public ip: %w", err)
		}
	}
	c.fill()
	return nil
}

func (c *Config) fill() {
	if c.ICEServers == nil {
		c.ICEServers = func(identity.ID) []ICEServer { return nil }
	}
	if c.ResumeTimeout == 0 {
		c.ResumeTimeout = 120 * time.Second
	}
	if c.SetupTimeout == 0 {
		c.SetupTimeout = 15 * time.Second
	}
	if c.ModalityTimeout == 0 {
		c.ModalityTimeout = 40 * time.Second
	}
	if c.Watch == nil {
		c.Watch = func(l net.Listener) net.Listener { return l }
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = zap.NewNop()
	}
}
