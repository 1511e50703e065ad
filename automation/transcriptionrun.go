package automation

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media/speech"
	"github.com/botd-dev/botd/media/stream"
)

// lastWords is how long what has been said may take to be understood when a
// transcription is stopped.
const lastWords = 1500 * time.Millisecond

// transcription is that of one connection, as it was asked for.
type transcription struct {
	dialer  *stream.Dialer
	speech  speech.Recognizer
	now     func() time.Time
	url     string
	partial bool
	turn    chan struct{} // held by who runs: one winds up before the next begins
	updates chan TranscriptionRequest
}

// operation is one time of transcribing, from start to stop.
func (t *transcription) operation(l language, r OperationRequest) call.Operation {
	return t.newRun(l, r.OperationContext).operation(r.OperationCallbackURI)
}

func (t *transcription) newRun(l language, context string) *transcriptionRun {
	run := &transcriptionRun{transcription: t, context: context}
	run.language.Store(&l)
	return run
}

// transcriptionRun is one of them under way.
type transcriptionRun struct {
	*transcription
	context  string
	language atomic.Pointer[language]
	stage    *call.Stage
	link     *stream.Link // nil if the lines are for the log alone
}

func (t *transcriptionRun) operation(tellTo string) call.Operation {
	return call.Operation{
		Name: transcriptionName, Context: t.context, TellTo: tellTo, Beside: true,
		Run: t.run, Failed: t.failed("unspecifiedError"),
	}
}

// What transcription ends with (events.md section 7.1).
var (
	transcriptionBroke  = call.Result{Code: 500, Subcode: 8578, Message: "Action failed, the transcription failed."}
	transcriptionBadURL = call.Result{Code: 400, Subcode: 8581, Message: "Action failed, there is no URL to send the transcription to."}
)

func (t *transcriptionRun) event(context, status, detail, state string, r call.Result) transcriptionEvent {
	return transcriptionEvent{
		call.Outcome{OperationContext: context, Result: r},
		TranscriptionUpdate{status, detail},
		standsTranscription{t.transcription, *t.language.Load(), state},
	}
}

func (t *transcriptionRun) started(status, detail string) TranscriptionStarted {
	return TranscriptionStarted{t.event(t.context, status, detail, subscriptionActive, call.Success)}
}

func (t *transcriptionRun) failed(detail string) TranscriptionFailed {
	result := transcriptionBroke
	if detail == "streamUrlMissing" {
		result = transcriptionBadURL
	}
	return TranscriptionFailed{t.event(t.context, "transcriptionFailed", detail, subscriptionInactive, result)}
}

func (t *transcriptionRun) stopped(ctx context.Context) TranscriptionStopped {
	reference := t.context
	if by := call.StoppedBy(ctx); by != nil {
		reference = by.Context
	}
	return TranscriptionStopped{
		t.event(reference, "transcriptionStopped", "subscriptionStopped", subscriptionInactive, call.Success),
	}
}

// errRecognizer is why a transcription fails whose recognizer does.
var errRecognizer = errors.New("the recognizer failed")

func (t *transcriptionRun) run(ctx context.Context, s *call.Stage) call.Event {
	if t.url == "" {
		return t.failed("streamUrlMissing")
	}
	select {
	case t.turn <- struct{}{}:
		defer func() { <-t.turn }()
	case <-ctx.Done():
		return t.stopped(ctx)
	}
	t.stage = s
	err := t.connect(ctx)
	switch {
	case ctx.Err() != nil, err == nil, errors.Is(err, stream.ErrHungUp):
		return t.stopped(ctx)
	case errors.Is(err, errRecognizer):
		return t.failed("speechServicesConnectionError")
	}
	return t.failed(detail(err, "streamConnectionUnsuccessful"))
}

// connect keeps the socket open until ctx ends and what was said before that has
// been sent, or until it is lost, or the recognizer.
func (t *transcriptionRun) connect(ctx context.Context) error {
	connection, _, correlation := t.stage.IDs()
	open, shut := context.WithCancelCause(context.WithoutCancel(ctx))
	defer shut(nil)
	listening := make(chan struct{})
	first := true
	t.link = &stream.Link{
		Dialer: t.dialer, Target: stream.Target{URL: t.url, Connection: connection, Correlation: correlation},
		Greeting: func() [][]byte { return [][]byte{t.language.Load().metadata(connection, correlation)} },
		Queue:    stream.NewQueue(1, t.dialer.Stats), Receive: func(bool, bool, []byte) {},
		Opened: func(again bool) {
			if again {
				t.stage.Emit(t.started("transcriptionResumed", "streamConnectionReestablished"))
				return
			}
			t.stage.Emit(t.started("transcriptionStarted", "subscriptionStarted"))
			first = false
			go func() {
				defer close(listening)
				shut(t.listen(ctx, open))
			}()
		},
	}
	unopened := context.AfterFunc(ctx, func() { // nothing has been said before it is open
		time.AfterFunc(lastWords, func() { shut(nil) })
	})
	defer unopened()
	err := t.link.Run(open)
	if cause := context.Cause(open); errors.Is(cause, errRecognizer) {
		err = cause
	}
	shut(nil)
	if !first {
		<-listening
	}
	return err
}

// update goes over to another language.
func (t *transcriptionRun) update(r TranscriptionRequest) {
	l := t.language.Load().or(r)
	t.language.Store(&l)
	t.stage.EmitTo(TranscriptionUpdated{
		t.event(r.OperationContext, "transcriptionUpdated", "transcriptionLocaleUpdated", subscriptionActive, call.Success),
	}, r.OperationCallbackURI)
}
