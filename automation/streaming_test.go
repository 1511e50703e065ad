package automation_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/google/uuid"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
)

// streamed asks for media streaming from the beginning.
func streamed(url string, change ...func(*automation.MediaStreamingOptions)) automation.MediaOptions {
	o := &automation.MediaStreamingOptions{
		TransportType: "websocket", AudioChannelType: "mixed", TransportURL: url, StartMediaStreaming: true,
	}
	for _, c := range change {
		c(o)
	}
	return automation.MediaOptions{MediaStreamingOptions: o}
}

// streamEvent is an event of media streaming.
type streamEvent struct {
	result
	Update automation.MediaStreamingUpdate `json:"mediaStreamingUpdate"`
}

func (h *hall) streamEvent(name string) streamEvent {
	h.world.Helper()
	h.until(name, func() bool { return h.told(name) > 0 })
	var e streamEvent
	h.last(name, &e)
	return e
}

func TestTheMixIsHeardOnTheSocket(t *testing.T) {
	for _, rate := range []int{16000, 24000} {
		t.Run(fmt.Sprint(rate), func(t *testing.T) {
			h, app := newHall(t), newSocket(t)
			l, cn := h.answers(streamed(app.url(), func(o *automation.MediaStreamingOptions) {
				o.AudioFormat, o.AudioChannelType, o.TransportType = fmt.Sprintf("Pcm%dKMono", rate/1000), "Mixed", "WebSocket"
			}))
			h.want(h.Play(h.Context(), cn, play("1m")), nil) // 440 Hz, not in it
			l.say(media.Tone(1000, -20))
			h.until("two seconds have come", func() bool { return len(pcm(app.messages(0), "")) > 2*rate })
			got := app.messages(0)
			h.want(got[0].Kind, "AudioMetadata")
			h.want(got[0].Metadata.SampleRate, rate)
			h.want(got[0].Metadata.Length, rate/50*2)
			h.want(got[0].Metadata.Subscription, automation.PropertiesOf(cn).MediaStreaming.ID)
			if uuid.Validate(got[0].Metadata.Subscription) != nil {
				t.Error("the subscription has no GUID")
			}
			sound := pcm(got, "")[rate/2 : 2*rate]
			if hz, part := measure.Peak(sound, rate); math.Abs(hz-1000) > 1 || part < 0.99 {
				t.Errorf("%.1f Hz, %.3f of it", hz, part)
			}
			if level := measure.LevelDBFS(sound); math.Abs(level+20) > 0.5 {
				t.Errorf("%.1f dB", level)
			}
			if gaps := measure.Gaps(sound, rate, -40); gaps != nil {
				t.Errorf("gaps %v", gaps)
			}
			for i, m := range got[2:] {
				if len(m.Audio.Data) != rate/50*2 || strings.Contains(m.raw, "articipantRawI") {
					t.Fatalf("message %d: %s", i, m.raw)
				}
				if step := m.Audio.Timestamp.Sub(got[i+1].Audio.Timestamp); step <= 0 || step%media.FrameDuration != 0 { // a busy machine leaves ticks out
					t.Fatalf("message %d comes %v after the one before", i, step)
				}
			}
			h.want(app.headers[0].Get("Authorization"), "Bearer token")
			h.want(app.headers[0].Get("x-ms-call-connection-id"), cn.ID())
			h.want(app.headers[0].Get("x-ms-call-correlation-id"), cn.View().CorrelationID)
			e := h.streamEvent("MediaStreamingStarted")
			h.want(e.Update, automation.MediaStreamingUpdate{ContentType: "Audio", Status: "mediaStreamingStarted", Details: "subscriptionStarted"})
			h.want([]any{e.OperationContext, e.Result.Code}, []any{"hello", 200})
		})
	}
}

func TestStoppedAndStartedAgainOnANewSocket(t *testing.T) {
	h, app := newHall(t), newSocket(t)
	l, cn := h.answers(streamed(app.url(), func(o *automation.MediaStreamingOptions) { o.StartMediaStreaming = false }))
	h.want(automation.PropertiesOf(cn).MediaStreaming.State, "inactive")
	l.say(media.Tone(1000, -20))
	ask := func(reference string) automation.OperationRequest {
		return automation.OperationRequest{OperationContext: reference}
	}
	if err := h.StopMediaStreaming(h.Context(), cn, ask("")); !errors.Is(err, call.ErrWrongState) {
		t.Errorf("stopping what was not started: %v", err)
	}
	for i := range 2 {
		h.want(h.StartMediaStreaming(h.Context(), cn, ask("start")), nil)
		h.until("sound comes", func() bool { return len(pcm(app.messages(i), "")) > 0 })
		h.want(app.messages(i)[0].Kind, "AudioMetadata")
		h.until("it is active", func() bool { return automation.PropertiesOf(cn).MediaStreaming.State == "active" })
		if err := h.StartMediaStreaming(h.Context(), cn, ask("")); !errors.Is(err, call.ErrConflict) {
			t.Errorf("starting twice: %v", err)
		}
		h.want(h.StopMediaStreaming(h.Context(), cn, ask("stop")), nil)
		h.until("it was stopped", func() bool { return h.told("MediaStreamingStopped") == i+1 })
		h.want(h.streamEvent("MediaStreamingStopped").OperationContext, "stop")
		h.want(h.streamEvent("MediaStreamingStopped").Update.Details, "subscriptionStopped")
		h.until("it is inactive", func() bool { return automation.PropertiesOf(cn).MediaStreaming.State == "inactive" })
	}
	h.until("the sockets were closed", func() bool { app.mu.Lock(); defer app.mu.Unlock(); return len(app.closed) == 2 })
	for _, err := range app.closed {
		h.want(websocket.CloseStatus(err), websocket.StatusNormalClosure)
	}
}

func TestItHasStoppedBeforeTheCallIsOver(t *testing.T) {
	h, app := newHall(t), newSocket(t)
	_, cn := h.answers(streamed(app.url()))
	h.streamEvent("MediaStreamingStarted")
	h.want(cn.Terminate(h.Context()), nil)
	h.until("it is over", func() bool { return h.told("CallDisconnected") == 1 })
	order := map[string]int{}
	for i, r := range h.book.records {
		order[r.Type] = i
	}
	if order["Microsoft.Communication.MediaStreamingStopped"] > order["Microsoft.Communication.CallDisconnected"] {
		t.Error("it stopped after the end")
	}
	h.want(h.told("MediaStreamingStopped"), 1)
}

func TestWithoutOptionsThereIsNoStreaming(t *testing.T) {
	h := newHall(t)
	_, cn := h.answers(automation.MediaOptions{})
	for _, do := range []error{
		h.StartMediaStreaming(h.Context(), cn, automation.OperationRequest{}),
		h.StopMediaStreaming(h.Context(), cn, automation.OperationRequest{}),
	} {
		if !errors.Is(do, automation.ErrNotConfigured) {
			t.Error(do)
		}
	}
	if automation.PropertiesOf(cn).MediaStreaming != nil {
		t.Error("there is a subscription")
	}
}

func TestOptionsThatAreWrongNameTheirField(t *testing.T) {
	h := newHall(t)
	h.offers(alice, &mouth{})
	for field, change := range map[string]func(*automation.MediaStreamingOptions){
		"transportType":    func(o *automation.MediaStreamingOptions) { o.TransportType = "" },
		"audioChannelType": func(o *automation.MediaStreamingOptions) { o.AudioChannelType = "stereo" },
		"contentType":      func(o *automation.MediaStreamingOptions) { o.ContentType = "video" },
		"audioFormat":      func(o *automation.MediaStreamingOptions) { o.AudioFormat = "mp3" },
		"transportUrl":     func(o *automation.MediaStreamingOptions) { o.TransportURL = "https://example.com" },
	} {
		_, err := h.Answer(h.Context(), automation.AnswerRequest{
			IncomingCallContext: h.context(), CallbackURI: "https://example.com/events", MediaOptions: streamed("ws://example.com", change),
		})
		wrong := (*automation.Invalid)(nil)
		if !errors.As(err, &wrong) || wrong.Field != "mediaStreamingOptions."+field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestWhyThereIsNoSocketIsTold(t *testing.T) {
	for status, want := range map[int]string{
		401: "authenticationFailure", 403: "forbidden", 404: "badRequest", 302: "badRequest",
		429: "tooManyRequests", 500: "initialWebSocketConnectionFailed",
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			h, app := newHall(t), newSocket(t)
			app.refuse = func(int) int { return status }
			_, cn := h.answers(streamed(app.url()))
			e := h.streamEvent("MediaStreamingFailed")
			h.want(e.Update.Details, want)
			h.want([]int{e.Result.Code, e.Result.Subcode}, []int{500, 8603})
			h.want(cn.View().State, call.Connected)
			if tries := map[bool]int{true: 3, false: 1}[status >= 429]; app.attempts != tries {
				t.Errorf("%d attempts, want %d", app.attempts, tries)
			}
		})
	}
	t.Run("no URL", func(t *testing.T) {
		h := newHall(t)
		h.answers(streamed(""))
		e := h.streamEvent("MediaStreamingFailed")
		h.want(e.Update.Details, "streamUrlMissing")
		h.want(e.Result.Subcode, 8581)
	})
}

func TestALostSocketIsOpenedAgain(t *testing.T) {
	h, app := newHall(t), newSocket(t)
	l, _ := h.answers(streamed(app.url()))
	l.say(media.Tone(1000, -20))
	h.until("sound comes", func() bool { return len(pcm(app.messages(0), "")) > 0 })
	if err := app.conn(0).CloseNow(); err != nil {
		t.Fatal(err)
	}
	h.until("it comes again", func() bool { return len(pcm(app.messages(1), "")) > 16000 })
	h.want(app.messages(1)[0].Kind, "AudioMetadata")
	h.want(h.told("MediaStreamingStarted"), 2)
	h.want(h.streamEvent("MediaStreamingStarted").Update.Details, "streamConnectionReestablished")
	if hz, _ := measure.Peak(pcm(app.messages(1), ""), 16000); math.Abs(hz-1000) > 1 {
		t.Errorf("%.1f Hz", hz)
	}
}

func TestASocketThatTheApplicationClosesIsNotOpenedAgain(t *testing.T) {
	for code, want := range map[websocket.StatusCode]string{
		websocket.StatusNormalClosure: "MediaStreamingStopped", websocket.StatusPolicyViolation: "MediaStreamingFailed",
	} {
		h, app := newHall(t), newSocket(t)
		h.answers(streamed(app.url()))
		h.until("it is open", func() bool { return len(app.messages(0)) > 0 })
		_ = app.conn(0).Close(code, "")
		h.streamEvent(want)
		h.want(app.attempts, 1)
	}
}

// joins lets somebody else into the call.
func (h *hall) joins(cn *call.Connection, who identity.ID) *mouth {
	h.world.Helper()
	was := h.bell.latest()
	h.want(second(h.Add(h.Context(), cn, automation.AddRequest{ParticipantToAdd: who})), nil)
	h.until("it rings", func() bool { return h.bell.latest() != was })
	l := &mouth{}
	if _, err := h.bell.latest().Accept(h.Context(), call.Acceptance{Leg: l}); err != nil {
		h.world.Fatal(err)
	}
	h.until("they are in", func() bool { return h.told("AddParticipantSucceeded") > 0 })
	return l
}

func second[T any](_ T, err error) error { return err }

func TestUnmixedEverySpeakerIsHeardAlone(t *testing.T) {
	h, app := newHall(t), newSocket(t)
	al, cn := h.answers(streamed(app.url(), func(o *automation.MediaStreamingOptions) { o.AudioChannelType = "unmixed" }))
	bo := h.joins(cn, bob)
	al.say(media.Tone(1000, -20))
	bo.say(media.Tone(2500, -26))
	h.until("both are heard", func() bool {
		return measure.LevelDBFS(latest(pcm(app.messages(0), string(alice)))) > -30 && measure.LevelDBFS(latest(pcm(app.messages(0), string(bob)))) > -30
	})
	for who, hz := range map[identity.ID]float64{alice: 1000, bob: 2500} {
		if got, part := measure.Peak(latest(pcm(app.messages(0), string(who))), 16000); math.Abs(got-hz) > 3 || part < 0.99 {
			t.Errorf("%s: %.1f Hz, %.3f of it", who, got, part)
		}
	}
	bo.say(nil)
	h.until("one is silent", func() bool {
		return len(latest(pcm(app.messages(0), string(bob)))) > 0 && last(app.messages(0), string(bob)).Audio.Silent
	})
	if last(app.messages(0), string(alice)).Audio.Silent {
		t.Error("the other is too")
	}
}

// latest is the last half second at 16 kHz.
func latest(sound []int16) []int16 { return sound[max(0, len(sound)-8000):] }

func last(list []message, who string) (found message) {
	for _, m := range list {
		if m.Audio.Who == who {
			found = m
		}
	}
	return found
}

func TestKeysGoOverTheSocket(t *testing.T) {
	h, app := newHall(t), newSocket(t)
	l, _ := h.answers(streamed(app.url(), func(o *automation.MediaStreamingOptions) { o.EnableDTMFTones = true }))
	h.until("it is open", func() bool { return len(app.messages(0)) > 1 })
	keys := func() (pressed []string) {
		for _, m := range app.messages(0) {
			if m.Kind == "DtmfData" {
				pressed = append(pressed, m.DTMF.Data+m.DTMF.Who)
			}
		}
		return pressed
	}
	for _, k := range []call.Tone{"five", "pound", "asterisk", "d"} {
		l.p.Tone(k)
	}
	h.until("the keys have come", func() bool { return len(keys()) == 4 })
	id := string(alice)
	h.want(keys(), []string{"5" + id, "#" + id, "*" + id, "D" + id})
}
