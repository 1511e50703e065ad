package automation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/botd-dev/botd/call"
)

// TranscribeRequest has what is said written into the log alone, without a socket.
// It is for bots: they follow their log.
type TranscribeRequest struct {
	// Locale is the language as BCP 47 spells it; empty is the recognizer's own.
	Locale string
	// Model names a model of the recognizer's; empty is its default.
	Model            string
	OperationContext string
}

// Transcribe writes down what everybody says, each utterance as a
// TranscriptionLine. TranscriptionStarted follows, and TranscriptionStopped or
// TranscriptionFailed in the end; StopTranscription ends it. call.ErrConflict if
// there is a transcription already, ErrUnsupported without a recognizer.
func (s *Service) Transcribe(ctx context.Context, cn *call.Connection, r TranscribeRequest) error {
	if err := first(checkLanguage("", r.Locale, r.Model), s.echoed(ctx, r.OperationContext, "", "")); err != nil {
		return err
	}
	if s.cfg.Speech == nil {
		return fmt.Errorf("transcribe: there is no recognizer of speech: %w", ErrUnsupported)
	}
	t := &transcription{
		speech: s.cfg.Speech, now: s.now(), turn: make(chan struct{}, 1), updates: make(chan TranscriptionRequest, 16),
	}
	run := t.newRun(language{r.Locale, r.Model}, r.OperationContext)
	op := run.operation("")
	op.Run = run.write
	return cn.Start(ctx, op)
}

// now is the clock on the wall.
func (s *Service) now() func() time.Time {
	if s.cfg.Streams != nil {
		return s.cfg.Streams.Now
	}
	return time.Now
}

// write writes what is said into the log, until ctx ends and what was said before
// has been understood.
func (t *transcriptionRun) write(ctx context.Context, s *call.Stage) call.Event {
	t.stage = s
	t.stage.Emit(t.started("transcriptionStarted", "subscriptionStarted"))
	open, shut := context.WithCancel(context.WithoutCancel(ctx))
	defer shut()
	if err := t.listen(ctx, open); errors.Is(err, errRecognizer) && ctx.Err() == nil {
		return t.failed("speechServicesConnectionError")
	}
	return t.stopped(ctx)
}
