package automation

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/prompt"
	"github.com/botd-dev/botd/media/speech"
)

// PlayHeard tells, when a play or the prompt of a recognition has ended in
// whatever way, what each listener was sent of it. It is an event of our own.
type PlayHeard struct {
	OperationContext string `json:"operationContext,omitempty"`
	// Operation is "play" or "recognize".
	Operation string `json:"operation"`
	// Listeners are those who were there, also if they have left since.
	Listeners []Listener `json:"listeners"`
}

// Type names the event.
func (PlayHeard) Type() string { return "botd.play.heard" }

// Listener is what somebody was sent of what was played.
type Listener struct {
	Identifier    identity.ID `json:"identifier"`
	ParticipantID string      `json:"participantId"`
	// Heard is how much of it was really sent, in milliseconds.
	Heard int64 `json:"heardInMs"`
	// Texts are the texts of which anything was heard.
	Texts []TextHeard `json:"texts,omitempty"`
}

// TextHeard is how much of a text somebody was sent.
type TextHeard struct {
	PlaySourceIndex int `json:"playSourceIndex"`
	// Heard are the words whose sound was sent to the end.
	Heard string `json:"heard"`
	// Whole says that this is all of it.
	Whole bool `json:"whole"`
	// Estimated says that the words are in proportion to the time: the provider
	// did not tell when it says which.
	Estimated bool `json:"estimated"`
}

// audience is who listens to something that is played, and from when.
type audience struct {
	stage *call.Stage
	plays media.Playback
	src   media.Source
	to    []identity.ID // nobody is everybody
	all   []listening
}

type listening struct {
	call.Audible
	since time.Duration // the beginning of the prompt
}

// stopWithin bounds the wait for the last of what is played.
const stopWithin = 200 * time.Millisecond

// playOut waits for the end of a playback and stops it when ctx ends. It emits what
// was heard by whom.
func (p *playing) playOut(ctx context.Context, s *call.Stage, src media.Source) error {
	a := &audience{stage: s, plays: s.Play(src), src: src, to: p.to}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	hears := guardPrompt(ctx, s, p.policy, a.plays, p.to, func() { cancel(errInterrupted) })
	err := a.follow(ctx)
	hears()
	if errors.Is(context.Cause(ctx), errInterrupted) {
		err = errInterrupted // the end of the playback was seen before why
	}
	s.Emit(PlayHeard{OperationContext: p.context, Operation: "play", Listeners: a.heard()})
	return err
}

// follow notes who comes until the playback is over.
func (a *audience) follow(ctx context.Context) error {
	for {
		changed := a.muster()
		select {
		case <-a.plays.Done():
			return a.plays.Err()
		case <-changed:
		case <-ctx.Done():
			a.stop()
			return context.Cause(ctx)
		}
	}
}

// stop stops the playback and waits for the fade.
func (a *audience) stop() {
	a.plays.Stop()
	late := time.NewTimer(stopWithin)
	defer late.Stop()
	select {
	case <-a.plays.Done():
	case <-late.C:
	}
}

// muster notes those who listen and have not been noted yet.
func (a *audience) muster() (changed <-chan struct{}) {
	people, changed := a.stage.Attendance()
	for _, p := range people {
		known := slices.ContainsFunc(a.all, func(l listening) bool { return l.ParticipantID == p.ParticipantID })
		if !known && (len(a.to) == 0 || slices.Contains(a.to, p.Identity)) {
			a.all = append(a.all, listening{p, time.Duration(a.plays.Played()) * media.FrameDuration})
		}
	}
	return changed
}

// heard is what each of them was sent.
func (a *audience) heard() []Listener {
	var lines []prompt.Line
	if scripted, ok := a.src.(prompt.Scripted); ok {
		lines = scripted.Script()
	}
	list := make([]Listener, 0, len(a.all))
	for _, l := range a.all {
		sent := a.plays.Heard(l.ParticipantID)
		one := Listener{Identifier: l.Identity, ParticipantID: l.ParticipantID, Heard: sent.Milliseconds()}
		for i, line := range lines {
			if t, ok := wordsOf(line, l.since, l.since+sent); ok {
				t.PlaySourceIndex = i
				one.Texts = append(one.Texts, t)
			}
		}
		list = append(list, one)
	}
	return list
}

// perRune is how long a character of speech takes, where it is not known how long
// the whole text does: 15 a second.
const perRune = time.Second / 15

// wordsOf is what somebody heard of a line, who heard the prompt from one time to
// another. It is false if that is nothing.
func wordsOf(l prompt.Line, from, to time.Duration) (TextHeard, bool) {
	from, to = max(from-l.From, 0), to-l.From
	if l.Text == "" || l.Length == 0 || to <= from {
		return TextHeard{}, false
	}
	if from == 0 && l.Ended && to >= l.Length {
		return TextHeard{Heard: l.Text, Whole: true}, true
	}
	if len(l.Words) > 0 {
		return TextHeard{Heard: join(l.Words, from, to)}, true
	}
	whole := l.Length
	if !l.Ended {
		whole = max(whole, time.Duration(utf8.RuneCountInString(l.Text))*perRune)
	}
	return TextHeard{Heard: join(spread(l.Text, whole), from, to), Estimated: true}, true
}

// spread gives every word of a text its part of the time that the whole takes.
func spread(text string, whole time.Duration) (words []speech.Word) {
	fields := strings.Fields(text)
	total := len(fields)
	for _, w := range fields {
		total += utf8.RuneCountInString(w)
	}
	at := 0
	for _, w := range fields {
		begin := at
		at += utf8.RuneCountInString(w) + 1
		words = append(words, speech.Word{
			Text: w, From: whole * time.Duration(begin) / time.Duration(total), To: whole * time.Duration(at) / time.Duration(total),
		})
	}
	return words
}

// join is the words that lie within a time.
func join(words []speech.Word, from, to time.Duration) string {
	var in []string
	for _, w := range words {
		if w.From >= from && w.To <= to {
			in = append(in, w.Text)
		}
	}
	return strings.Join(in, " ")
}
