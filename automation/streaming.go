package automation

import (
	"context"

	"github.com/botd-dev/botd/call"
)

// MediaStreamingOptions ask for the sound of the call on a WebSocket of the
// application's (media-websocket contract, section 1). Enumerations are read
// without regard to case.
type MediaStreamingOptions struct {
	// TransportType is "websocket".
	TransportType string `json:"transportType"`
	// AudioChannelType is "mixed" or "unmixed".
	AudioChannelType string `json:"audioChannelType"`
	TransportURL     string `json:"transportUrl,omitempty"`
	// ContentType is "audio".
	ContentType string `json:"contentType,omitempty"`
	// StartMediaStreaming begins as soon as the call is connected.
	StartMediaStreaming bool `json:"startMediaStreaming,omitempty"`
	// EnableBidirectional lets the application speak.
	EnableBidirectional bool `json:"enableBidirectional,omitempty"`
	// AudioFormat is "pcm16KMono", the default, or "pcm24KMono".
	AudioFormat string `json:"audioFormat,omitempty"`
	// EnableDTMFTones sends the keys that participants press.
	EnableDTMFTones bool `json:"enableDtmfTones,omitempty"`
}

// MediaStreamingSubscription is how media streaming stands.
type MediaStreamingSubscription struct {
	ID string `json:"id"`
	// State is "inactive" or "active".
	State                  string   `json:"state"`
	SubscribedContentTypes []string `json:"subscribedContentTypes"`
}

// MediaStreamingUpdate is what the events of media streaming tell.
type MediaStreamingUpdate struct {
	ContentType string `json:"contentType"`
	Status      string `json:"mediaStreamingStatus"`
	Details     string `json:"mediaStreamingStatusDetails"`
}

// streamingEvent is what they have in common.
type streamingEvent struct {
	call.Outcome
	Update MediaStreamingUpdate `json:"mediaStreamingUpdate"`
	of     *streaming
}

// The events of media streaming (events.md section 4).
type (
	// MediaStreamingStarted says that sound is being sent, or again.
	MediaStreamingStarted struct{ streamingEvent }
	// MediaStreamingStopped says that it is not any more, as was asked for.
	MediaStreamingStopped struct{ streamingEvent }
	// MediaStreamingFailed says why it cannot be sent.
	MediaStreamingFailed struct{ streamingEvent }
)

// Type names the event.
func (MediaStreamingStarted) Type() string { return "Microsoft.Communication.MediaStreamingStarted" }

func (MediaStreamingStopped) Type() string { return "Microsoft.Communication.MediaStreamingStopped" }
func (MediaStreamingFailed) Type() string  { return "Microsoft.Communication.MediaStreamingFailed" }

// Stands fits call.Standing.
func (e MediaStreamingStarted) Stands() (name string, now any) {
	return streamingName, standsStreaming{e.of, subscriptionActive}
}

// Stands fits call.Standing.
func (e MediaStreamingStopped) Stands() (name string, now any) {
	return streamingName, standsStreaming{e.of, subscriptionInactive}
}

// Stands fits call.Standing.
func (e MediaStreamingFailed) Stands() (name string, now any) {
	return streamingName, standsStreaming{e.of, subscriptionInactive}
}

// streamingName names the operation, and how it stands.
const streamingName = "mediaStreaming"

// standsStreaming is the subscription of a connection, and how it stands.
type standsStreaming struct {
	*streaming
	state string
}

// streamingOf is the subscription of a connection, nil if it has none.
func streamingOf(v call.View) *streaming {
	now, _ := v.Standing[streamingName].(standsStreaming)
	return now.streaming
}

// mediaStreamingOf shows how it stands; nil if there is none.
func mediaStreamingOf(v call.View) *MediaStreamingSubscription {
	now, ok := v.Standing[streamingName].(standsStreaming)
	if !ok {
		return nil
	}
	return &MediaStreamingSubscription{subscriptionID(v.ID, streamingName), now.state, []string{"audio"}}
}

// subscribeStreaming checks the options and gives the seat what follows from
// them.
func (s *Service) subscribeStreaming(ctx context.Context, seat *call.Seat, o *MediaStreamingOptions) error {
	if o == nil {
		return nil
	}
	m, err := s.streaming(ctx, *o)
	if err != nil {
		return err
	}
	seat.Standing[streamingName] = standsStreaming{m, subscriptionInactive}
	if o.StartMediaStreaming {
		seat.Begin = append(seat.Begin, m.operation(OperationRequest{OperationContext: seat.OperationContext}))
	}
	return nil
}

func (s *Service) streaming(ctx context.Context, o MediaStreamingOptions) (*streaming, error) {
	const field = "mediaStreamingOptions"
	if err := s.transport(ctx, field, o.TransportType, o.TransportURL); err != nil {
		return nil, err
	}
	if o.AudioChannelType == "" {
		return nil, required(field + ".audioChannelType")
	}
	channels, errChannels := oneOf(field+".audioChannelType", o.AudioChannelType, "mixed", "unmixed")
	_, errContent := oneOf(field+".contentType", o.ContentType, "audio")
	format, errFormat := oneOf(field+".audioFormat", o.AudioFormat, "pcm16KMono", "pcm24KMono")
	if err := first(errChannels, errContent, errFormat); err != nil {
		return nil, err
	}
	m := &streaming{
		dialer: s.cfg.Streams, url: o.TransportURL, unmixed: channels == "unmixed", rate: 16000,
		speaks: o.EnableBidirectional, keys: o.EnableDTMFTones, turn: make(chan struct{}, 1),
	}
	if format == "pcm24KMono" {
		m.rate = 24000
	}
	return m, nil
}

// StartMediaStreaming begins to send the sound of the call. MediaStreamingStarted
// follows, or MediaStreamingFailed. ErrNotConfigured, call.ErrConflict if it is
// being sent already.
func (s *Service) StartMediaStreaming(ctx context.Context, cn *call.Connection, r OperationRequest) error {
	m := streamingOf(cn.View())
	if m == nil {
		return ErrNotConfigured
	}
	if err := s.echoed(ctx, r.OperationContext, "operationCallbackUri", r.OperationCallbackURI); err != nil {
		return err
	}
	return cn.Start(ctx, m.operation(r))
}

// StopMediaStreaming ends it. MediaStreamingStopped follows, with the
// OperationContext of this request. ErrNotConfigured, call.ErrWrongState if
// nothing is being sent.
func (s *Service) StopMediaStreaming(ctx context.Context, cn *call.Connection, r OperationRequest) error {
	if streamingOf(cn.View()) == nil {
		return ErrNotConfigured
	}
	if err := s.echoed(ctx, r.OperationContext, "operationCallbackUri", r.OperationCallbackURI); err != nil {
		return err
	}
	return cn.Stop(ctx, call.Stopping{Name: streamingName, Context: r.OperationContext, TellTo: r.OperationCallbackURI})
}
