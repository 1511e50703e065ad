// Package automation is everything that can be asked of a call: create,
// answer, add, mute, play, recognize and the rest, one file an action. It
// knows what the contract says of a request and nothing of HTTP; REST and Go
// bots ask through it alike.
package automation

import (
	"context"
	"fmt"
	"net/url"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/prompt"
	"github.com/botd-dev/botd/media/speech"
	"github.com/botd-dev/botd/media/stream"
)

// Prompts makes what is to be played into sound. *prompt.Opener fits it.
type Prompts interface {
	// Open is for what is played once.
	Open(ctx context.Context, sources ...prompt.Source) (media.Source, error)
	// Prepare is for what is played again and again: it is fetched once.
	Prepare(ctx context.Context, sources ...prompt.Source) (*prompt.Prompt, error)
}

// Config is what a Service needs.
type Config struct {
	// Calls holds the calls.
	Calls *call.Registry
	// Prompts opens what is played.
	Prompts Prompts
	// Speech makes text of what is said; nil understands nobody.
	Speech speech.Recognizer
	// Contexts seals and opens incomingCallContext.
	Contexts *Contexts
	// CheckURI refuses callback URIs that may not be reached: bad syntax, a
	// scheme or an address that is not allowed.
	CheckURI func(ctx context.Context, uri string) error
	// Rooms says which rooms may be entered; nil has no rooms.
	Rooms Rooms
	// Streams opens the sockets of media streaming and transcription; nil has none.
	Streams *stream.Dialer
	// Filler is what a call hears while its application is away; nil is a soft
	// tone.
	Filler *prompt.Source
	// Application is under whom an application is listed that does not say.
	Application identity.ID
}

// Service takes requests for calls. Its methods return as soon as a request is
// taken on and durable; the results follow as events.
type Service struct {
	cfg Config
}

// New makes a Service.
func New(cfg Config) *Service { return &Service{cfg} }

// Connection finds a connection by its callConnectionId; call.ErrNoCall if
// there is none.
func (s *Service) Connection(id string) (*call.Connection, error) {
	cn, err := s.cfg.Calls.Connection(id)
	if err != nil {
		return nil, fmt.Errorf("callConnectionId %s: %w", id, err)
	}
	return cn, nil
}

// callback checks a URI that events are to be sent to.
func (s *Service) callback(ctx context.Context, field, uri string) error {
	if uri == "" {
		return nil
	}
	if u, err := url.Parse(uri); err != nil || !u.IsAbs() || u.Host == "" {
		return invalid(field, "must be an absolute URI")
	}
	if err := s.cfg.CheckURI(ctx, uri); err != nil {
		return invalid(field, err.Error())
	}
	return nil
}

// Subscriber says how the events of a connection are to be told, beyond where.
type Subscriber struct {
	// AllEvents asks for botd's own types too (header "botd-events: all").
	AllEvents bool `json:"-"`
	// AckRequired makes silence a failure (header "botd-ack: required").
	AckRequired bool `json:"-"`
}

func (s Subscriber) telling(uri string) call.Telling {
	return call.Telling{URI: uri, All: s.AllEvents, AckRequired: s.AckRequired}
}

// Direct is what a Go bot brings to a call that an application outside cannot.
type Direct struct {
	// Port is its own ear and mouth.
	Port media.Port `json:"-"`
	// Feed receives the connection's records.
	Feed *call.Feed `json:"-"`
}
