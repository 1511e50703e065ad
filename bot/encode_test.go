package bot_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/identity"
)

// all is every action, with every field set.
var all = []bot.Action{
	bot.Answer{Context: "a"},
	bot.Reject{Why: "busy"},
	bot.Redirect{To: "echo"},
	bot.Play{Prompts: []bot.Prompt{bot.Say("hello").By("anna").In("sv-SE"), bot.File("file:///a"), bot.SSML("<speak/>")}, To: []identity.ID{"echo"}, Loop: true, Interrupt: true, Yield: bot.YieldDuck, Context: "p"},
	bot.Recognize{Question: bot.Question{
		Prompts: bot.Saying("a", "b"), From: "echo", Keys: bot.Keys{Max: 2, Stop: "#", Pause: time.Second},
		Choices: []bot.Choice{{Label: "yes", Phrases: []string{"sure"}, Key: "1"}}, Speech: &bot.Speech{Locale: "sv-SE", Model: "m", End: time.Second},
		Silence: time.Second, Patient: true, Yield: bot.YieldPause,
	}, Context: "r"},
	bot.Cancel{Context: "c"},
	bot.CancelMedia{},
	bot.SendKeys{Who: "echo", Keys: "1#", Context: "s"},
	bot.Save{State: json.RawMessage(`{"a":1}`)},
	bot.HangUp{},
	bot.Terminate{},
	bot.Add{Who: "4:+15551230001", Timeout: time.Minute, Context: "a"},
	bot.CancelAdd{Invitation: "i", Context: "c"},
	bot.Remove{Who: "echo", Context: "r"},
	bot.Mute{Who: []identity.ID{"echo"}},
	bot.Unmute{Who: []identity.ID{"echo"}},
	bot.MuteAll{Except: []identity.ID{"echo"}},
	bot.Hold{Who: "echo", Music: &bot.Prompt{File: "file:///a"}, Context: "h"},
	bot.Unhold{Who: "echo"},
	bot.Transfer{To: "echo", ToCall: "id", Who: "menu", CallerID: "+15551230001", VoIPHeaders: map[string]string{"a": "b"}, SIPHeaders: map[string]string{"c": "d"}, Context: "t"},
	bot.Move{From: "id", Who: []identity.ID{"echo"}, Context: "m"},
	bot.Route{Hearing: bot.Everybody{}},
	bot.Route{Hearing: bot.Coached{Coach: "echo", By: []identity.ID{"menu"}}},
	bot.Route{Hearing: bot.Private{Who: []identity.ID{"echo"}}},
	bot.Route{Hearing: bot.Interpreted{Interpreter: "a", Speaker: "b", Listeners: []identity.ID{"c"}}},
	bot.Route{Hearing: bot.Pairs{{Listener: "a", Speaker: "b"}}},
	bot.DetectMachine{Who: "echo", Beep: true, Timeout: time.Minute, Context: "d"},
	bot.Transcribe{Locale: "sv-SE", Model: "m", Context: "t"},
	bot.StopTranscribing{},
	bot.Background{Sound: bot.Prompt{File: "file:///a"}, DuckedBy: 20, Context: "b"},
	bot.StopBackground{Context: "b"},
}

func TestEveryActionComesBackFromJSONAsItWas(t *testing.T) {
	for _, a := range all {
		data, err := bot.EncodeAction(a)
		if err != nil {
			t.Fatalf("%T: %v", a, err)
		}
		back, err := bot.DecodeAction(data)
		if err != nil || !reflect.DeepEqual(a, back) {
			t.Errorf("%s: got %+v, %v", data, back, err)
		}
	}
}

func TestWhatIsNoActionIsRefusedByName(t *testing.T) {
	for _, data := range []string{``, `{}`, `[]`, `{"do":"fly"}`, `{"do":"play","with":[]}`, `{"do":"route","with":{"hearing":"nobody"}}`} {
		if _, err := bot.DecodeAction([]byte(data)); !errors.Is(err, bot.ErrInvalid) {
			t.Errorf("%q: %v", data, err)
		}
	}
	if _, err := bot.EncodeAction(bot.Save{State: json.RawMessage(`{`)}); !errors.Is(err, bot.ErrInvalid) {
		t.Errorf("a state that is no JSON: %v", err)
	}
}

func FuzzDecodeAction(f *testing.F) {
	for _, a := range all {
		data, err := bot.EncodeAction(a)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := bot.DecodeAction(data)
		if err != nil {
			return
		}
		if _, err := bot.EncodeAction(a); err != nil {
			t.Errorf("%s was read and cannot be written: %v", data, err)
		}
	})
}
