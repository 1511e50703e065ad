package e2e

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/internal/realtime"
)

// TestAVoiceAgentOfTheSDKAnswersAndFallsSilentWhenSpokenTo has a caller in a
// browser speak with a program written with the service's packages, which hands
// the sound to a model and back.
func TestAVoiceAgentOfTheSDKAnswersAndFallsSilentWhenSpokenTo(t *testing.T) {
	model := &realtime.Server{Key: "secret", Hertz: 880, Lasting: time.Minute}
	web := httptest.NewServer(model)
	t.Cleanup(web.Close)
	s := serve(t)
	agent := launch(t, s, "realtime.mjs", strings.Replace(web.URL, "http", "ws", 1), model.Key)
	alice, _ := ring(t, s, "Alice", 440)

	alice.start(agent.step("ready").User)
	alice.reach("Connected")
	agent.step("streaming")
	agent.step("speech") // the microphone is never silent
	alice.mute(true)
	agent.step("response")
	isTone(t, "the caller", alice.heardOnce("Connected", 2*time.Second), 880, 440)

	alice.mute(false)
	alice.mark("interrupting")
	agent.step("speech")
	alice.mark("noticed")
	after := alice.heardOut("interrupting", "noticed", 500*time.Millisecond)
	_, ended, _ := after.audible()
	t.Logf("the agent is silent %v after the microphone is opened", ended)
	if model.Interrupted() == 0 {
		t.Error("the model was not interrupted")
	}
	alice.hangUp()
	agent.step("over")
}

// mute closes and opens the microphone.
func (p *tab) mute(on bool) {
	p.t.Helper()
	what := "unmute"
	if on {
		what = "mute"
	}
	run[bool](p, "phone.call()."+what+"().then(() => true)")
}
