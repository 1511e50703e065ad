package automation

import (
	"context"
	"fmt"
	"strings"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media/stream"
)

// TranscriptionOptions ask for what is said on a WebSocket of the application's
// (media-websocket contract, section 1).
type TranscriptionOptions struct {
	// TransportType is "websocket".
	TransportType string `json:"transportType"`
	TransportURL  string `json:"transportUrl,omitempty"`
	// Locale is the language as BCP 47 spells it.
	Locale string `json:"locale"`
	// SpeechModelEndpointID names a model of the recognizer's; empty is its default.
	SpeechModelEndpointID string `json:"speechModelEndpointId,omitempty"`
	// StartTranscription begins as soon as the call is connected.
	StartTranscription bool `json:"startTranscription,omitempty"`
	// EnableIntermediateResults sends hypotheses too.
	EnableIntermediateResults bool `json:"enableIntermediateResults,omitempty"`
}

// TranscriptionRequest starts a transcription or changes its language. What is
// empty stays as it was.
type TranscriptionRequest struct {
	Locale                string `json:"locale,omitempty"`
	SpeechModelEndpointID string `json:"speechModelEndpointId,omitempty"`
	OperationContext      string `json:"operationContext,omitempty"`
	OperationCallbackURI  string `json:"operationCallbackUri,omitempty"`
}

// TranscriptionSubscription is how transcription stands.
type TranscriptionSubscription struct {
	ID string `json:"id"`
	// State is "inactive" or "active".
	State                 string   `json:"state"`
	SubscribedResultTypes []string `json:"subscribedResultTypes"`
	Locale                string   `json:"locale"`
}

// TranscriptionUpdate is what the events of transcription tell.
type TranscriptionUpdate struct {
	Status  string `json:"transcriptionStatus"`
	Details string `json:"transcriptionStatusDetails"`
}

// transcriptionEvent is what they have in common.
type transcriptionEvent struct {
	call.Outcome
	Update TranscriptionUpdate `json:"transcriptionUpdate"`
	stands standsTranscription
}

// Stands fits call.Standing.
func (e transcriptionEvent) Stands() (name string, now any) { return transcriptionName, e.stands }

// The events of transcription (events.md section 4).
type (
	// TranscriptionStarted says that what is said is being sent, or again.
	TranscriptionStarted struct{ transcriptionEvent }
	// TranscriptionUpdated says that the language is another.
	TranscriptionUpdated struct{ transcriptionEvent }
	// TranscriptionStopped says that it is not any more, as was asked for.
	TranscriptionStopped struct{ transcriptionEvent }
	// TranscriptionFailed says why it cannot be sent.
	TranscriptionFailed struct{ transcriptionEvent }
	// TranscriptionLine is what somebody has said, for the log.
	TranscriptionLine struct {
		ParticipantID string      `json:"participantId"`
		Identifier    identity.ID `json:"identifier"`
		DisplayName   string      `json:"displayName,omitempty"`
		Text          string      `json:"text"`
		Locale        string      `json:"locale,omitempty"`
		Confidence    float64     `json:"confidence"`
		// Offset is when it began, in ticks of 100 ns since the year 1, and Duration
		// how many ticks it took.
		Offset   uint64 `json:"offset"`
		Duration uint64 `json:"duration"`
	}
)

// Type names the event.
func (TranscriptionStarted) Type() string { return "Microsoft.Communication.TranscriptionStarted" }
func (TranscriptionUpdated) Type() string { return "Microsoft.Communication.TranscriptionUpdated" }
func (TranscriptionStopped) Type() string { return "Microsoft.Communication.TranscriptionStopped" }
func (TranscriptionFailed) Type() string  { return "Microsoft.Communication.TranscriptionFailed" }
func (TranscriptionLine) Type() string    { return "botd.transcription.line" }

// transcriptionName names the operation, and how it stands.
const transcriptionName = "transcription"

// standsTranscription is the subscription of a connection, and how it stands.
type standsTranscription struct {
	*transcription
	language
	state string
}

// language is what the recognizer listens for.
type language struct{ locale, model string }

// or is l with what r says otherwise.
func (l language) or(r TranscriptionRequest) language {
	if r.Locale != "" {
		l.locale = r.Locale
	}
	if r.SpeechModelEndpointID != "" {
		l.model = r.SpeechModelEndpointID
	}
	return l
}

func transcriptionOf(v call.View) (standsTranscription, bool) {
	now, ok := v.Standing[transcriptionName].(standsTranscription)
	return now, ok
}

// subscriptionOf shows how it stands; nil if there is none.
func subscriptionOf(v call.View) *TranscriptionSubscription {
	now, ok := transcriptionOf(v)
	if !ok {
		return nil
	}
	types := []string{"final"}
	if now.partial {
		types = append(types, "intermediate")
	}
	return &TranscriptionSubscription{subscriptionID(v.ID, transcriptionName), now.state, types, now.locale}
}

// subscribeTranscription checks the options and gives the seat what follows from
// them.
func (s *Service) subscribeTranscription(ctx context.Context, seat *call.Seat, o *TranscriptionOptions) error {
	if o == nil {
		return nil
	}
	const field = "transcriptionOptions"
	if err := s.transport(ctx, field, o.TransportType, o.TransportURL); err != nil {
		return err
	}
	if o.Locale == "" {
		return required(field + ".locale")
	}
	if err := checkLanguage(field+".", o.Locale, o.SpeechModelEndpointID); err != nil {
		return err
	}
	if s.cfg.Speech == nil {
		return fmt.Errorf("%s: there is no recognizer of speech: %w", field, ErrUnsupported)
	}
	t := &transcription{
		dialer: s.cfg.Streams, speech: s.cfg.Speech, now: s.now(), url: o.TransportURL, partial: o.EnableIntermediateResults,
		turn: make(chan struct{}, 1), updates: make(chan TranscriptionRequest, 16),
	}
	l := language{o.Locale, o.SpeechModelEndpointID}
	seat.Standing[transcriptionName] = standsTranscription{t, l, subscriptionInactive}
	if o.StartTranscription {
		seat.Begin = append(seat.Begin, t.operation(l, OperationRequest{OperationContext: seat.OperationContext}))
	}
	return nil
}

// checkLanguage checks what a recognizer is to listen for.
func checkLanguage(field, locale, model string) error {
	odd := func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}
	if len(locale) == 1 || len(locale) > 35 || strings.ContainsFunc(locale, odd) { // BCP 47, section 4.4.1
		return invalid(field+"locale", "it is no language as BCP 47 spells it")
	}
	return atMost(field+"speechModelEndpointId", model, maxName)
}

// transcribed checks a request about the transcription of a connection.
func (s *Service) transcribed(ctx context.Context, cn *call.Connection, r TranscriptionRequest) (standsTranscription, error) {
	now, ok := transcriptionOf(cn.View())
	if !ok {
		return now, ErrNotConfigured
	}
	return now, first(
		checkLanguage("", r.Locale, r.SpeechModelEndpointID),
		s.echoed(ctx, r.OperationContext, "operationCallbackUri", r.OperationCallbackURI),
	)
}

// StartTranscription begins to send what is said. TranscriptionStarted follows, or
// TranscriptionFailed. ErrNotConfigured, call.ErrConflict if it is being sent
// already.
func (s *Service) StartTranscription(ctx context.Context, cn *call.Connection, r TranscriptionRequest) error {
	now, err := s.transcribed(ctx, cn, r)
	if err != nil {
		return err
	}
	return cn.Start(ctx, now.operation(now.or(r), OperationRequest{r.OperationContext, r.OperationCallbackURI}))
}

// UpdateTranscription changes the language on the open socket. What has been said
// until then is understood as before. TranscriptionUpdated follows.
// ErrNotConfigured, call.ErrWrongState if nothing is being sent.
func (s *Service) UpdateTranscription(ctx context.Context, cn *call.Connection, r TranscriptionRequest) error {
	now, err := s.transcribed(ctx, cn, r)
	switch {
	case err != nil:
		return err
	case now.state != subscriptionActive:
		return fmt.Errorf("update transcription: %w", call.ErrWrongState)
	}
	select {
	case now.updates <- r:
		return nil
	default:
		return fmt.Errorf("update transcription: %w", call.ErrConflict)
	}
}

// StopTranscription ends it. TranscriptionStopped follows, with the
// OperationContext of this request. ErrNotConfigured, call.ErrWrongState if nothing
// is being sent.
func (s *Service) StopTranscription(ctx context.Context, cn *call.Connection, r OperationRequest) error {
	if _, err := s.transcribed(ctx, cn, TranscriptionRequest{
		OperationContext: r.OperationContext, OperationCallbackURI: r.OperationCallbackURI,
	}); err != nil {
		return err
	}
	return cn.Stop(ctx, call.Stopping{Name: transcriptionName, Context: r.OperationContext, TellTo: r.OperationCallbackURI})
}

// metadata is the first message of a socket.
func (l language) metadata(connection, correlation string) []byte {
	return stream.TranscriptionMetadata(stream.Transcription{
		Subscription: subscriptionID(connection, transcriptionName), Locale: l.locale, Connection: connection,
		Correlation: correlation, Model: l.model,
	})
}
