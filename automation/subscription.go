package automation

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media/stream"
)

// MediaOptions are what an application subscribes to when it creates, answers or
// connects to a call (media-websocket contract, section 1). They cannot be changed
// later in the call.
type MediaOptions struct {
	CallIntelligenceOptions *CallIntelligenceOptions `json:"callIntelligenceOptions,omitempty"`

	MediaStreamingOptions *MediaStreamingOptions `json:"mediaStreamingOptions,omitempty"`
	TranscriptionOptions  *TranscriptionOptions  `json:"transcriptionOptions,omitempty"`
}

// CallIntelligenceOptions name a service of speech. They are taken and not looked
// at: who speaks and who understands is a setting of the server.
type CallIntelligenceOptions struct {
	CognitiveServicesEndpoint string `json:"cognitiveServicesEndpoint,omitempty"`
}

// How a subscription stands (rest.md section 6.1).
const (
	subscriptionInactive = "inactive"
	subscriptionActive   = "active"
)

// subscribe checks the options and gives the seat what follows from them.
func (s *Service) subscribe(ctx context.Context, seat *call.Seat, m MediaOptions) error {
	seat.Standing = map[string]any{}
	return first(
		s.subscribeStreaming(ctx, seat, m.MediaStreamingOptions),
		s.subscribeTranscription(ctx, seat, m.TranscriptionOptions),
	)
}

// subscriptionID is the id of a subscription of a connection: the same whenever
// it is asked for.
func subscriptionID(connection, name string) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte(connection+"/"+name)).String()
}

// oneOf finds the value among those allowed, whatever its case; empty is the first
// of them.
func oneOf(field, value string, allowed ...string) (string, error) {
	if value == "" {
		return allowed[0], nil
	}
	for _, a := range allowed {
		if strings.EqualFold(a, value) {
			return a, nil
		}
	}
	return "", invalid(field, fmt.Sprintf("it is none of %s", strings.Join(allowed, ", ")))
}

// transport checks how, and where to, a subscription is sent.
func (s *Service) transport(ctx context.Context, field, kind, uri string) error {
	if kind == "" {
		return required(field + ".transportType")
	}
	if _, err := oneOf(field+".transportType", kind, "websocket"); err != nil {
		return err
	}
	if s.cfg.Streams == nil {
		return fmt.Errorf("%s: %w", field, ErrUnsupported)
	}
	return s.socketURI(ctx, field+".transportUrl", uri)
}

// socketURI checks the URI of a socket as that of a callback: what http may not
// reach, ws may not.
func (s *Service) socketURI(ctx context.Context, field, uri string) error {
	if uri == "" {
		return nil
	}
	if err := first(atMost(field, uri, maxURI), stream.CheckURL(uri)); err != nil {
		if errors.Is(err, stream.ErrURL) {
			return invalid(field, "must be an absolute URI of ws or wss")
		}
		return err
	}
	if err := s.cfg.CheckURI(ctx, "http"+strings.TrimPrefix(uri, "ws")); err != nil {
		return invalid(field, err.Error())
	}
	return nil
}

// OperationRequest is a request with nothing but what every operation may have.
type OperationRequest struct {
	OperationContext     string `json:"operationContext,omitempty"`
	OperationCallbackURI string `json:"operationCallbackUri,omitempty"`
}

// details say what the end of a socket means to the application (media-websocket
// contract, section 7). First match wins.
var details = []struct {
	err  error
	word string
}{
	{stream.ErrLost, "streamConnectionInterrupted"},
	{stream.ErrUnauthorized, "authenticationFailure"},
	{stream.ErrForbidden, "forbidden"},
	{stream.ErrRefused, "badRequest"},
	{stream.ErrBusy, "tooManyRequests"},
	{stream.ErrTimeout, "serviceTimeout"},
	{call.ErrConflict, "unspecifiedError"}, // the application has a voice already
}

// detail is the word for an error; otherwise where there is none.
func detail(err error, otherwise string) string {
	for _, d := range details {
		if errors.Is(err, d.err) {
			return d.word
		}
	}
	return otherwise
}
