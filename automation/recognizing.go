package automation

import (
	"context"
	"slices"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/prompt"
	"github.com/botd-dev/botd/media/speech"
	"github.com/botd-dev/botd/media/turn"
)

// When a recognition of speech is over.
const (
	// choiceSilence is how long it is silent after a choice.
	choiceSilence = time.Second
	// longestSpeech is after how much speech it is asked what was said.
	longestSpeech = time.Minute
	// answerWithin is how long that may take.
	answerWithin = 10 * time.Second
	// falseAlarm is how short a sound is that nobody has to understand, such as a
	// cough; falseAlarms is how many are forgiven.
	falseAlarm  = 300 * time.Millisecond
	falseAlarms = 5
)

// recognizing is what one recognition is to do.
type recognizing struct {
	prompts    Prompts
	sources    []prompt.Source
	recognizer speech.Recognizer
	listening  speech.Listening
	context    string
	kind       string
	policy     turn.Policy   // of the prompt
	silence    time.Duration // until anything comes
	pause      time.Duration // between keys
	endSilence time.Duration // after speech
	most       int           // keys; zero is no limit
	stops      []call.Tone
	choices    []Choice
	to         []identity.ID // who hears the prompt; nobody is everybody
}

func (g *recognizing) outcome(r call.Result) call.Outcome {
	return call.Outcome{OperationContext: g.context, Result: r}
}

func (g *recognizing) run(ctx context.Context, s *call.Stage) call.Event {
	if inputs[g.kind].speech && g.recognizer == nil {
		return RecognizeFailed{Outcome: g.outcome(noSpeech)}
	}
	r := &round{recognizing: g, stage: s, timer: time.NewTimer(time.Hour)}
	defer r.close()
	if e := r.begin(ctx); e != nil {
		return e
	}
	for {
		if e := r.step(ctx); e != nil {
			return e
		}
	}
}

// phase is what a round waits for.
type phase int

const (
	prompting phase = iota // the end of the prompt, or what stops it
	waiting                // anything at all
	keying                 // more keys
	speaking               // the end of what is being said
	answering              // what the recognizer makes of it
)

// round is one recognition under way. One goroutine owns it.
type round struct {
	*recognizing
	stage  *call.Stage
	phase  phase
	timer  *time.Timer
	tones  <-chan call.Tone
	noKeys func() // ends looking for keys

	plays media.Playback // the prompt; nil without
	crowd *audience      // of the prompt
	floor *turn.Prompt
	over  <-chan struct{} // closed when the prompt is over; nil after that

	hears  *hearing // nil where nobody listens to speech
	voiced bool     // somebody speaks
	talked time.Duration
	alarms int
	said   []speech.Heard
	keys   []call.Tone
}

// begin starts to listen, and then the prompt. It returns an event if it is over
// already.
func (r *round) begin(ctx context.Context) call.Event {
	src, err := r.open(ctx)
	switch {
	case ctx.Err() != nil:
		return r.canceled()
	case err != nil:
		return RecognizeFailed(failedPlay(r.outcome(promptFailed), err))
	}
	r.tones, r.noKeys = keysOf(r.stage)
	if e := r.listen(ctx, src != nil && r.policy == turn.Uninterruptible); e != nil {
		return e
	}
	if src == nil {
		r.wait()
		return nil
	}
	r.plays = r.stage.Play(src)
	r.crowd = &audience{stage: r.stage, plays: r.plays, src: src, to: r.to}
	r.crowd.muster()
	r.floor, r.over = turn.NewPrompt(r.policy, r.plays), r.plays.Done()
	return nil
}

func (r *round) open(ctx context.Context) (media.Source, error) {
	if len(r.sources) == 0 {
		return nil, nil
	}
	return r.prompts.Open(ctx, r.sources...)
}

// listen begins to listen to speech, where that is an answer.
func (r *round) listen(ctx context.Context, deaf bool) call.Event {
	if !inputs[r.kind].speech {
		return nil
	}
	l := r.listening
	l.Partial = len(r.sources) > 0
	hears, err := hear(ctx, r.stage, r.recognizer, l, turn.Config{EndSilence: r.endSilence})
	if err != nil {
		return RecognizeFailed{Outcome: r.outcome(hearingResult(err))}
	}
	hears.deaf.Store(deaf)
	r.hears, r.voiced, r.talked, r.said = hears, false, 0, nil
	return nil
}

func (r *round) close() {
	r.timer.Stop()
	if r.crowd != nil {
		r.crowd.stop()
		r.stage.Emit(PlayHeard{OperationContext: r.context, Operation: "recognize", Listeners: r.crowd.heard()})
	}
	if r.noKeys != nil {
		r.noKeys()
	}
	r.hush()
}

// hush stops listening to speech.
func (r *round) hush() {
	if r.hears != nil {
		r.hears.close()
		r.hears = nil
	}
}

// step waits for what happens next, and returns an event if that ends it.
func (r *round) step(ctx context.Context) call.Event {
	var signals <-chan spoke
	var words <-chan heard
	if r.hears != nil {
		signals, words = r.hears.signals, r.hears.heard
	}
	select {
	case <-ctx.Done():
		return r.canceled()
	case t := <-r.tones:
		return r.key(t)
	case s := <-signals:
		return r.signal(s)
	case w := <-words:
		return r.hear(ctx, w)
	case <-r.over:
		return r.prompted()
	case <-r.timer.C:
		return r.late()
	}
}

func (r *round) canceled() call.Event { return RecognizeCanceled{r.outcome(canceled)} }

func (r *round) failed(why call.Result) call.Event { return RecognizeFailed{Outcome: r.outcome(why)} }

// wait begins to wait for anything at all, for as long as that may take.
func (r *round) wait() {
	r.phase = waiting
	r.timer.Reset(r.silence)
}

// prompted is the end of the prompt.
func (r *round) prompted() call.Event {
	r.over = nil
	if err := r.plays.Err(); err != nil {
		return RecognizeFailed(failedPlay(r.outcome(promptFailed), err))
	}
	if r.phase != prompting {
		return nil // it was stopped
	}
	if r.policy == turn.Uninterruptible {
		forget(r.tones)
		if r.hears != nil {
			r.hears.deaf.Store(false)
		}
	}
	r.wait()
	if r.voiced {
		r.speak()
	}
	return nil
}

// forget drops the keys that are waiting.
func forget(tones <-chan call.Tone) {
	for {
		select {
		case <-tones:
		default:
			return
		}
	}
}

// late is the end of the time that something could take.
func (r *round) late() call.Event {
	switch r.phase {
	case waiting:
		return r.failed(silent)
	case keying:
		return r.keyed(paused)
	case speaking:
		r.ask()
	case answering:
		return r.failed(tooSlow)
	case prompting:
	}
	return nil
}

// key takes a key, which stops the prompt if it may, and is an answer if it can be
// one. While a prompt plays that may not be stopped it is forgotten.
func (r *round) key(t call.Tone) call.Event {
	in := inputs[r.kind]
	answers := in.keys || in.choices && r.choices[0].Tone != ""
	if !answers || r.phase == prompting && !r.floor.Key() {
		return nil
	}
	r.hush() // what arrives first decides
	if in.choices {
		return r.choose(t)
	}
	if slices.Contains(r.stops, t) {
		return r.keyed(stopped)
	}
	r.keys = append(r.keys, t)
	if len(r.keys) == r.most {
		return r.keyed(enough)
	}
	r.phase = keying
	r.timer.Reset(r.pause)
	return nil
}

// keyed ends it with the keys that were pressed; a stop tone is none of them.
func (r *round) keyed(how call.Result) call.Event {
	return RecognizeCompleted{
		Outcome: r.outcome(how), RecognitionType: "dtmf", DTMFResult: &DTMFResult{append([]call.Tone{}, r.keys...)},
	}
}

func (r *round) choose(t call.Tone) call.Event {
	for _, c := range r.choices {
		if c.Tone == t {
			return RecognizeCompleted{
				Outcome: r.outcome(toneMatched), RecognitionType: "choices", ChoiceResult: &ChoiceResult{Label: c.Label},
			}
		}
	}
	return r.failed(toneWrong)
}
