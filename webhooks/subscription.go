package webhooks

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// The schemas of a subscription.
const (
	SchemaEventGrid   = "eventgrid"
	SchemaCloudEvents = "cloudevents"
)

// The states of a subscription.
const (
	// StateActive is told.
	StateActive = "Active"
	// StatePending waits for somebody to confirm it by hand.
	StatePending = "AwaitingManualAction"
)

// incomingCall is the event that asks applications to answer.
const incomingCall = "Microsoft.Communication.IncomingCall"

// callEnded is the event after which a call says nothing more.
const callEnded = "Microsoft.Communication.CallEnded"

// resourceTypes are the types of resource events (events.md section 8).
var resourceTypes = []string{
	incomingCall, "Microsoft.Communication.CallStarted", callEnded,
	"Microsoft.Communication.CallParticipantAdded", "Microsoft.Communication.CallParticipantRemoved",
	"Microsoft.Communication.RecordingFileStatusUpdated",
}

// ackRequired is what Ack says to make silence a failure.
const ackRequired = "required"

var (
	// ErrSubscription means that a subscription cannot be as it was described.
	ErrSubscription = errors.New("not a subscription")
	// ErrHandshake means that an endpoint does not want to be told.
	ErrHandshake = errors.New("the endpoint did not confirm the subscription")
)

// Subscription asks for resource events.
type Subscription struct {
	Name string `json:"name"`
	// Endpoint is where they are posted, exactly as it was given.
	Endpoint string `json:"endpoint"`
	// Schema is "eventgrid", the default, or "cloudevents".
	Schema string `json:"schema"`
	// EventTypes are the types wanted; none means all.
	EventTypes []string `json:"eventTypes,omitempty"`
	// Filter narrows IncomingCall.
	Filter Filter `json:"filter"`
	// Ack "required" makes the endpoint's silence a failure.
	Ack string `json:"ack,omitempty"`
	// Configured says that it stands in the configuration of the server. It is
	// ours to say.
	Configured bool `json:"configured,omitempty"`
	// State is "Active" or "AwaitingManualAction". It is ours to say.
	State string `json:"state,omitempty"`
}

// Filter says which calls are meant, by raw ids; one ending in "*" means all
// that begin so. An empty list means all.
type Filter struct {
	From []string `json:"from,omitempty"`
	To   []string `json:"to,omitempty"`
}

// Invalid is a field of a subscription that cannot be as it is. It is an
// ErrSubscription.
type Invalid struct {
	Field string
	Why   error
}

// Error fits error.
func (i *Invalid) Error() string { return fmt.Sprintf("%s: %s: %s", ErrSubscription, i.Field, i.Why) }

// Unwrap lets both be found.
func (i *Invalid) Unwrap() []error { return []error{ErrSubscription, i.Why} }

func wrong(field, format string, values ...any) error {
	return &Invalid{field, fmt.Errorf(format, values...)}
}

// Validate reports the first field that cannot be as it is, as an *Invalid. No
// schema is the default.
func (s Subscription) Validate() error {
	if len(s.Name) == 0 || len(s.Name) > 64 || strings.ContainsFunc(s.Name, notOfName) {
		return wrong("name", "it has 1 to 64 letters, digits, '-' and '_'")
	}
	if _, err := parseTarget(s.Endpoint); err != nil {
		return &Invalid{"endpoint", err}
	}
	if schema := s.schema(); schema != SchemaEventGrid && schema != SchemaCloudEvents {
		return wrong("schema", "%q is neither %s nor %s", s.Schema, SchemaEventGrid, SchemaCloudEvents)
	}
	for n, kind := range s.EventTypes {
		if !slices.Contains(resourceTypes, kind) {
			return wrong(fmt.Sprintf("eventTypes[%d]", n), "%q is none of %s", kind, strings.Join(resourceTypes, ", "))
		}
	}
	if s.Ack != "" && s.Ack != ackRequired {
		return wrong("ack", "%q is not %q", s.Ack, ackRequired)
	}
	return nil
}

// schema is the schema meant, however it is spelled.
func (s Subscription) schema() string { return cmp.Or(strings.ToLower(s.Schema), SchemaEventGrid) }

func notOfName(r rune) bool {
	return !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", r)
}

// matches reports whether the subscription wants an event of that type between
// those two; only IncomingCall is filtered by who calls whom.
func (s Subscription) matches(kind string, from, to identity.ID) bool {
	if s.State != StateActive || len(s.EventTypes) > 0 && !slices.Contains(s.EventTypes, kind) {
		return false
	}
	return kind != incomingCall || means(s.Filter.From, from) && means(s.Filter.To, to)
}

// means reports whether a list of filters means an identity.
func means(list []string, id identity.ID) bool {
	if len(list) == 0 {
		return true
	}
	return slices.ContainsFunc(list, func(f string) bool {
		if prefix, ok := strings.CutSuffix(f, "*"); ok {
			return strings.HasPrefix(string(id), prefix)
		}
		return string(id) == f
	})
}

// Matches reports whether an active subscription wants an event of that type
// from and to the given raw ids.
func (t *Teller) Matches(kind string, from, to identity.ID) bool {
	return len(t.subscribe.matching(kind, from, to)) > 0
}

// Ring fits call.Ringer: it reports whether an application will be told of an
// incoming call. The telling is done when the call's IncomingCall is durable.
func (t *Teller) Ring(inv *call.Invitation) bool {
	return t.Matches(incomingCall, inv.From(), inv.To())
}

var _ call.Ringer = (*Teller)(nil)
