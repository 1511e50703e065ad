package automation

import (
	"context"
	"fmt"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
	"github.com/botd-dev/botd/media/stream"
	"github.com/botd-dev/botd/media/voice"
)

const (
	// before is how much of what came before speech was found is listened to.
	before = 300 * time.Millisecond
	// pauseAfter is how long somebody has to be silent for their utterance to be over.
	pauseAfter = 800 * time.Millisecond
	// forgetAfter is how long somebody has to be silent to be forgotten.
	forgetAfter = 30 * time.Second
	// longestWait is how much somebody may say without anything being understood:
	// that is an utterance then.
	longestWait = 30 * time.Second
)

// listeners listen to those who speak, each alone. Who is silent costs nothing.
type listeners struct {
	run      *transcriptionRun
	open     context.Context //nolint:containedctx // the life of what they start
	company  *company
	when     wall
	speakers map[string]*speaker // by the id of the participant
	bearing  endurance
	failed   chan error
}

// speaker is somebody who has spoken lately.
type speaker struct {
	who       call.Audible
	detector  *voice.Detector
	past      [][]int16  // what came before speech was found
	utterance *utterance // nil while there is no speech
	quiet     int        // ticks since there was
	seen      uint64     // the last tick in which something came
}

// listen transcribes until ctx ends; what has been said before is awaited, as long
// as open lasts. Its error is errRecognizer.
func (t *transcriptionRun) listen(ctx, open context.Context) error {
	tap, err := t.stage.Tap("", media.TapOptions{Each: true})
	if err != nil {
		return nil //nolint:nilerr // the call is over
	}
	defer tap.Close()
	defer context.AfterFunc(ctx, tap.Close)()
	l := &listeners{
		run: t, open: open, company: newCompany(t.stage), speakers: map[string]*speaker{}, failed: make(chan error, 1),
	}
	defer context.AfterFunc(open, tap.Close)()
	err = l.follow(tap)
	if err == nil {
		err = l.finish()
	}
	return err
}

// follow reads the tap to its end.
func (l *listeners) follow(tap media.Tap) error {
	var t media.Tapped
	for tap.Read(&t) == nil {
		if t.Speaker != "" {
			l.hear(&t)
			continue
		}
		l.tick(t.Sequence, t.Time)
		select {
		case err := <-l.failed:
			return err
		case r := <-l.run.updates:
			l.pause()
			l.run.update(r)
		default:
		}
	}
	return nil
}

// hear takes 20 ms of somebody.
func (l *listeners) hear(t *media.Tapped) {
	s := l.speakers[t.Speaker]
	if s == nil {
		who, ok := l.company.find(t.Speaker)
		if !ok {
			return
		}
		s = &speaker{who: who, detector: voice.NewDetector(voice.Config{})}
		l.speakers[t.Speaker] = s
	}
	s.seen = t.Sequence
	l.take(s, &t.Frame, t.Time)
}

// tick is 20 ms for those who did not come in it: silence, which ends utterances.
func (l *listeners) tick(sequence uint64, at time.Duration) {
	for id, s := range l.speakers {
		if s.seen == sequence {
			continue
		}
		if s.utterance != nil {
			l.take(s, media.NewFrame(media.Rate), at)
		} else {
			s.past = s.past[:0]
			if s.quiet++; s.quiet > int(forgetAfter/media.FrameDuration) {
				delete(l.speakers, id)
			}
		}
	}
}

// take listens to a frame of somebody, once there is speech in what they say.
func (l *listeners) take(s *speaker, f *media.Frame, at time.Duration) {
	s.quiet++
	if s.detector.Speech(f) {
		s.quiet = 0
	}
	frame := append([]int16(nil), f.Samples...)
	if s.utterance == nil {
		s.past = append(s.past, frame)
		if most := int(before / media.FrameDuration); len(s.past) > most {
			s.past = s.past[1:]
		}
		if s.quiet == 0 {
			l.begin(s, at)
		}
		return
	}
	s.utterance.say(frame)
	if s.quiet > int(pauseAfter/media.FrameDuration) || s.utterance.waited() {
		s.end()
	}
}

// begin opens an ear for somebody who has begun to speak.
func (l *listeners) begin(s *speaker, at time.Duration) {
	began := l.when.at(at, l.run.now).Add(-time.Duration(len(s.past)-1) * media.FrameDuration)
	language := *l.run.language.Load()
	s.utterance = newUtterance(l.open, l.run.speech, speech.Listening{
		Locale: language.locale, Model: language.model, Partial: l.run.partial,
	}, func(h speech.Heard) { l.line(s.who, language, began, h) }, func(err error) { l.ended(s.who, language, began, err) })
	for _, frame := range s.past {
		s.utterance.say(frame)
	}
	s.past = nil
}

// end says that the utterance is over.
func (s *speaker) end() {
	s.utterance.finish()
	s.utterance = nil
}

// ended takes in how an utterance came to its end. A recognizer that fails once in a
// while costs that utterance.
func (l *listeners) ended(who call.Audible, in language, began time.Time, err error) {
	if !l.bearing.bears(err) {
		select {
		case l.failed <- fmt.Errorf("%w: %w", errRecognizer, err):
		default: // it has failed already
		}
		return
	}
	if err != nil {
		l.run.stage.Emit(missed(who, in.locale, began, err))
	}
}

// pause ends all utterances.
func (l *listeners) pause() {
	for _, s := range l.speakers {
		if s.utterance != nil {
			s.end()
		}
	}
}

// finish waits for what has been said to be understood.
func (l *listeners) finish() error {
	var last []*utterance
	for _, s := range l.speakers {
		if s.utterance != nil {
			last = append(last, s.utterance)
		}
	}
	l.pause()
	patience := time.NewTimer(lastWords)
	defer patience.Stop()
	for _, h := range last {
		select {
		case <-h.done:
		case <-patience.C:
			return nil
		case <-l.open.Done():
			return nil
		}
	}
	return nil
}

// line tells what somebody has said.
func (l *listeners) line(who call.Audible, in language, began time.Time, h speech.Heard) {
	if h.Text == "" || !h.Final && !l.run.partial {
		return
	}
	l.run.stage.Caption(call.Caption{
		ID: who.ParticipantID, Identity: who.Identity, Name: who.Name, Text: h.Text, Language: in.locale,
		Final: h.Final, At: began.Add(h.From),
	})
	line := stream.Line{
		Text: h.Text, Confidence: h.Confidence, Who: string(who.Identity), Status: stream.Intermediate,
		Offset: stream.Ticks(began.Add(h.From)), Duration: stream.Lasts(h.To - h.From),
	}
	for _, w := range h.Words {
		line.Words = append(line.Words, stream.LineWord{
			Text: w.Text, Offset: stream.Ticks(began.Add(w.From)), Duration: stream.Lasts(w.To - w.From),
		})
	}
	if h.Final {
		line.Status = stream.Final
		l.run.stage.Emit(TranscriptionLine{
			who.ParticipantID, who.Identity, who.Name, h.Text, in.locale, h.Confidence, line.Offset, line.Duration,
		})
	}
	if l.run.link != nil {
		l.run.link.Queue.Text(stream.TranscriptionData(line))
	}
}
