package automation_test

import (
	"context"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
	"github.com/botd-dev/botd/media/prompt"
	"github.com/botd-dev/botd/media/speech"
)

// The same, where the ports have their names.
const (
	aliceID identity.ID = alice
	bobID   identity.ID = bob
)

// noting is a bridge that notes when playbacks are stopped.
type noting struct {
	call.Bridge
	w *world
}

func (n noting) Play(src media.Source, to ...string) media.Playback {
	return stopping{n.Bridge.Play(src, to...), n.w}
}

type stopping struct {
	media.Playback
	w *world
}

func (s stopping) Stop() {
	s.w.stage.mu.Lock()
	s.w.stops = append(s.w.stops, time.Now())
	s.w.stage.mu.Unlock()
	s.Playback.Stop()
}

// handset is a port that says what it is told to and keeps what it hears.
type handset struct {
	mu    sync.Mutex
	says  []int16
	frame media.Frame
	heard []int16
	at    []time.Time // of each frame that was heard
}

func (m *handset) say(samples []int16) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.says = append(m.says[:0:0], samples...)
}

// next is the coming 20 ms over a line that is never quite silent.
func (m *handset) next(f *media.Frame) {
	f.Resize(media.FrameSize, media.Rate)
	for i := range f.Samples {
		f.Samples[i] = int16(i % 3)
	}
	copy(f.Samples, m.says)
}

func (m *handset) Level() uint8 {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.next(&m.frame)
	return media.Level(&m.frame)
}

func (m *handset) Read(f *media.Frame) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.next(f)
	m.says = m.says[min(len(m.says), media.FrameSize):]
	return nil
}

func (m *handset) Skip() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.says = m.says[min(len(m.says), media.FrameSize):]
}

func (m *handset) Format() media.Format { return media.Format{} }

func (m *handset) Hear(s media.Sound) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.heard = append(m.heard, s.Frame.Samples...)
	m.at = append(m.at, time.Now())
}

// forget lets what was heard so far be forgotten, and gives it.
func (m *handset) forget() []int16 {
	m.mu.Lock()
	defer m.mu.Unlock()
	heard := m.heard
	m.heard, m.at = nil, nil
	return heard
}

// lastSound is when the last frame with a sound in it was heard.
func (m *handset) lastSound() (last time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, at := range m.at {
		for _, s := range m.heard[i*media.FrameSize : (i+1)*media.FrameSize] {
			if s > 100 || s < -100 {
				last = at
			}
		}
	}
	return last
}

// tone is how loud one frequency is, in dBov.
func tone(sound []int16, hz float64) float64 {
	var re, im float64
	n := len(sound) - len(sound)%media.FrameSize
	for i, s := range sound[:n] {
		re += float64(s) * math.Cos(2*math.Pi*hz*float64(i)/media.Rate)
		im += float64(s) * math.Sin(2*math.Pi*hz*float64(i)/media.Rate)
	}
	return 20 * math.Log10(math.Sqrt2*math.Hypot(re, im)/float64(max(n, 1))/32768+1e-9)
}

// inSound is a world whose bridge really mixes, with alice in a call.
func inSound(t *testing.T, f func(w *world, alice *handset, l *leg, cn *call.Connection)) {
	inWorld(t, library{}, func(w *world) {
		w.clock = mix.NewClock(mix.Config{Workers: 1})
		w.with(func(c *automation.Config) { c.Prompts, c.Speech = prompt.New(prompt.Config{Speech: hum{}}), &parrot{} })
		m := &handset{}
		l, cn := w.answeredBy(&leg{sound: m})
		f(w, m, l, cn)
	})
}

// hum says every text as a tone: "440 3s", at -20 dBov.
type hum struct{}

func (hum) Synthesize(_ context.Context, u speech.Utterance) (media.Source, error) {
	var hz float64
	var lasts time.Duration
	for i, w := range splitText(u.Text) {
		if i == 0 {
			hz = map[string]float64{"300": 300, "400": 400, "500": 500, "1000": 1000}[w]
			continue
		}
		lasts, _ = time.ParseDuration(w)
	}
	return media.Chain(media.Tone(hz, -20), media.Limit(lasts)), nil
}

func splitText(s string) (words []string) {
	for at, i := 0, 0; i <= len(s); i++ {
		if i == len(s) || s[i] == ' ' {
			words = append(words, s[at:i])
			at = i + 1
		}
	}
	return words
}

// stopped is how long after something a prompt was first stopped, and how long
// after that a listener heard the last of it: a fade ends within a frame.
func (w *world) stopped(after time.Time, by *handset) (decided, silent time.Duration) {
	w.Helper()
	w.stage.mu.Lock()
	defer w.stage.mu.Unlock()
	if len(w.stops) == 0 {
		w.Fatal("nothing was stopped")
	}
	return w.stops[0].Sub(after), by.lastSound().Sub(w.stops[0]) + media.FrameDuration/2
}

func TestABargeInIsDecidedAndThenSilentInTime(t *testing.T) {
	var slowest, slowestStop time.Duration
	for phase := time.Duration(0); phase < media.FrameDuration; phase += 5 * time.Millisecond {
		inSound(t, func(w *world, alice *handset, l *leg, cn *call.Connection) {
			w.want(w.Recognize(w.Context(), cn, asks("speech", speak("1000 1h"))), nil)
			time.Sleep(2*time.Second + phase)
			spoke := time.Now()
			alice.say(voiceOf(time.Second))
			time.Sleep(time.Second)
			decided, stop := w.stopped(spoke, alice)
			if decided > 220*time.Millisecond || stop > 40*time.Millisecond {
				t.Errorf("decided %v after the first sample, silent %v after that", decided, stop)
			}
			slowest, slowestStop = max(slowest, decided), max(slowestStop, stop)
		})
	}
	t.Logf("speech: decided at most %v after the first sample, silent at most %v after the decision", slowest, slowestStop)
	slowest, slowestStop = 0, 0
	for phase := time.Duration(0); phase < media.FrameDuration; phase += 5 * time.Millisecond {
		inSound(t, func(w *world, alice *handset, l *leg, cn *call.Connection) {
			w.want(w.Recognize(w.Context(), cn, keys(speak("1000 1h"))), nil)
			time.Sleep(2*time.Second + phase)
			pressed := time.Now()
			l.p.Tone("one")
			time.Sleep(time.Second)
			decided, stop := w.stopped(pressed, alice)
			if decided > time.Millisecond || stop > 40*time.Millisecond {
				t.Errorf("a key: decided after %v, silent %v after that", decided, stop)
			}
			slowest, slowestStop = max(slowest, decided), max(slowestStop, stop)
		})
	}
	t.Logf("keys: decided at most %v after the key, silent at most %v after the decision", slowest, slowestStop)
}

// Each prompt has another tone; what stops it is speech, a key, another play or
// nothing. Whatever happens, each play ends once and in order, the next one is
// heard, and the call, its participants and what runs beside stay.
func TestAThousandInterruptionsLoseNoLaterPrompt(t *testing.T) {
	const times = 1000
	inSound(t, func(w *world, alice *handset, l *leg, cn *call.Connection) {
		random := rand.New(rand.NewPCG(7, 8)) //nolint:gosec // the same every time
		w.want(w.StartContinuousDTMF(w.Context(), cn, continuous), nil)
		voice, quiet, pressed := voiceOf(400*time.Millisecond), 0, 0
		for i := range times {
			r := play("1000 1h")
			r.PlayOptions = &automation.PlayOptions{PromptPolicy: []string{"stop", "pause", "duck"}[random.IntN(3)]}
			r.InterruptCallMediaOperation = random.IntN(4) == 0
			w.want(w.Play(w.Context(), cn, r), nil)
			time.Sleep(300*time.Millisecond + time.Duration(random.IntN(200))*time.Millisecond)
			alice.forget()
			time.Sleep(100 * time.Millisecond)
			if heard := tone(alice.forget(), 1000); heard < -25 {
				quiet++
			}
			switch random.IntN(3) {
			case 0:
				alice.say(voice)
				time.Sleep(600 * time.Millisecond)
			case 1:
				l.p.Tone("one")
				pressed++
				time.Sleep(50 * time.Millisecond)
			default:
				w.want(w.CancelMedia(w.Context(), cn), nil)
				time.Sleep(50 * time.Millisecond)
			}
			synctest.Wait()
			if told := w.told(); told[len(told)-1] != "PlayCanceled" && told[len(told)-1] != "ContinuousDtmfRecognitionToneReceived" {
				t.Fatalf("the interruption number %d did not end the play: %v", i, told[len(told)-3:])
			}
		}
		count := map[string]int{}
		for _, e := range w.told() {
			count[e]++
		}
		w.want(count, map[string]int{
			"PlayStarted": times, "PlayCanceled": times, "ContinuousDtmfRecognitionToneReceived": pressed,
		})
		if quiet > 0 {
			t.Errorf("%d of %d prompts were not heard", quiet, times)
		}
		w.want([]any{cn.View().State == call.Connected, len(cn.View().Participants) > 0}, []any{true, true})
	})
}

func TestWhoIsHeldHearsTheMusicAndNobodyElse(t *testing.T) {
	inSound(t, func(w *world, alice *handset, l *leg, cn *call.Connection) {
		bob := &handset{}
		if _, err := w.Add(w.Context(), cn, automation.AddRequest{ParticipantToAdd: bobID}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if _, err := w.bell.latest().Accept(w.Context(), call.Acceptance{Leg: &leg{sound: bob}}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		music := speak("500 1s") // again and again
		w.want(w.Hold(w.Context(), cn, automation.HoldRequest{TargetParticipant: aliceID, PlaySourceInfo: &music}), nil)
		w.want(w.Play(w.Context(), cn, play("300 1h")), nil)
		time.Sleep(500 * time.Millisecond)
		alice.forget()
		bob.forget()
		time.Sleep(3 * time.Second)
		a, b := alice.forget(), bob.forget()
		if m := tone(a, 500); m < -22 || m > -18 {
			t.Errorf("the held one hears the music at %.1f dBov", m)
		}
		if m := tone(b, 500); m > -60 {
			t.Errorf("the other one hears it too, at %.1f dBov", m)
		}
		w.want(w.Unhold(w.Context(), cn, automation.UnholdRequest{TargetParticipant: aliceID}), nil)
		time.Sleep(500 * time.Millisecond)
		alice.forget()
		time.Sleep(time.Second)
		if m := tone(alice.forget(), 500); m > -60 {
			t.Errorf("after hold the music is still there, at %.1f dBov", m)
		}
	})
}

func TestABackgroundMakesRoomForWhoSpeaks(t *testing.T) {
	inSound(t, func(w *world, alice *handset, l *leg, cn *call.Connection) {
		level := func() float64 {
			alice.forget()
			time.Sleep(time.Second)
			return tone(alice.forget(), 500)
		}
		near := func(what string, want float64) {
			if got := level(); math.Abs(got-want) > 1 {
				t.Errorf("%s it is at %.1f dBov, want %.1f", what, got, want)
			}
		}
		w.want(w.StartBackground(w.Context(), cn, automation.BackgroundRequest{PlaySource: speak("500 1s")}), nil)
		time.Sleep(500 * time.Millisecond)
		near("alone", -20)
		w.want(w.Play(w.Context(), cn, play("300 3s")), nil)
		time.Sleep(500 * time.Millisecond)
		near("behind a prompt", -32)
		time.Sleep(3 * time.Second)
		near("after the prompt", -20)
		alice.say(voiceOf(5 * time.Second))
		time.Sleep(time.Second)
		near("while somebody speaks", -32)
		time.Sleep(6 * time.Second)
		near("when they have finished", -20)
		w.want(w.CancelMedia(w.Context(), cn), nil)
		near("when all media are cancelled", -20)
		w.want(w.StopBackground(w.Context(), cn, automation.StopBackgroundRequest{OperationContext: "off"}), nil)
		time.Sleep(100 * time.Millisecond)
		if got := level(); got > -60 {
			t.Errorf("stopped it is at %.1f dBov", got)
		}
	})
}

func TestWhoAnsweredIsTold(t *testing.T) {
	for _, row := range []struct {
		name  string
		wait  bool
		sound []int16
		want  string
	}{
		{"a person", false, voiceOf(600 * time.Millisecond), "human"},
		{"a machine", false, voiceOf(8 * time.Second), "machine"},
		{"its beep", true, append(append(voiceOf(4*time.Second), make([]int16, media.Rate/2)...), all(media.Chain(media.Tone(1000, -15), media.Limit(400*time.Millisecond)))...), "beep"},
		{"nobody", false, nil, "unknown"},
		{"a machine that never beeps", true, voiceOf(4 * time.Second), "machine"},
	} {
		t.Run(row.name, func(t *testing.T) {
			inSound(t, func(w *world, alice *handset, l *leg, cn *call.Connection) {
				w.want(w.DetectMachine(w.Context(), cn, automation.DetectMachineRequest{
					TargetParticipant: aliceID, WaitForBeep: row.wait, OperationContext: "who",
				}), nil)
				time.Sleep(500 * time.Millisecond)
				alice.say(row.sound)
				time.Sleep(31 * time.Second)
				var e automation.AnswererDetected
				w.own("botd.answerer.detected", &e)
				w.want([]any{e.OperationContext, e.Result.Code, e.Participant}, []any{"who", 200, aliceID})
				if string(e.Answerer) != row.want || e.Confidence < 0 || e.Confidence > 1 || row.want != "unknown" && e.Confidence < 0.5 {
					t.Errorf("%s with %.2f after %d ms", e.Answerer, e.Confidence, e.After)
				}
			})
		})
	}
}
