package stream

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2030, 5, 1, 12, 0, 0, 20_000_000, time.UTC)

// every is one message of each kind that is sent to who did not choose Protocol.
func every() []string {
	quoted := `8:acs:"x"\` + "\u00e5"
	return []string{
		string(AudioMetadata("6f9c1f0a-2f0e-4a39-9a0b-0d6f2c9a7e11", 24000)),
		string(appendAudio(nil, &Packet{Time: noon, PCM: []byte{1, 2, 3, 4}})),
		string(appendAudio(nil, &Packet{Who: "4:+15551230001", Time: noon, Silent: true, PCM: make([]byte, 640)})),
		string(appendAudio(nil, &Packet{Who: quoted, Time: noon})),
		string(DTMF("#", "4:+15551230001", noon)),
		string(TranscriptionMetadata(Transcription{Subscription: "0b7c", Locale: "en-US", Connection: "4d1e", Correlation: "9c2a"})),
		string(TranscriptionData(Line{Text: "Hello there.", Confidence: 0.91, Offset: Ticks(noon), Duration: Lasts(time.Second), Who: "4:+15551230001", Status: Final})),
		string(TranscriptionData(Line{Text: "Hello", Words: []LineWord{{"hello", 1, 2}}, Who: quoted, Status: Intermediate})),
	}
}

func TestMessagesAreWhatTheContractShows(t *testing.T) {
	for i, want := range []string{
		`{"kind":"AudioMetadata","audioMetadata":{"subscriptionId":"6f9c1f0a-2f0e-4a39-9a0b-0d6f2c9a7e11","encoding":"PCM","sampleRate":24000,"channels":1,"length":960}}`,
		`{"kind":"AudioData","audioData":{"timestamp":"2030-05-01T12:00:00.020Z","data":"AQIDBA==","silent":false}}`,
	} {
		if got := every()[i]; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	line := every()[6]
	if !strings.Contains(line, `"words":[]`) || !strings.Contains(line, `"offset":640394640000200000`) {
		t.Errorf("%s", line)
	}
	for _, m := range every() {
		if !json.Valid([]byte(m)) {
			t.Errorf("no JSON: %s", m)
		}
	}
}

// TestTheOfficialParserTakesEveryMessage has the service's own JavaScript package
// read them, where it and Node.js are installed.
func TestTheOfficialParserTakesEveryMessage(t *testing.T) {
	sdk, err := filepath.Abs("../../internal/e2e/sdk")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(sdk, "node_modules", "@azure", "communication-call-automation")); err != nil {
		t.Skip("the package is not installed: make e2e-deps")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("there is no Node.js")
	}
	program := `import { StreamingData } from "@azure/communication-call-automation";
for await (const line of console) {
  const read = StreamingData.parse(line);
  const again = StreamingData.parse(Buffer.from(line));
  console.log(JSON.stringify([StreamingData.getStreamingKind(), read, again], (k, v) => typeof v === "bigint" ? String(v) : v));
}`
	program = strings.Replace(program, "console)", `(await import("node:readline")).createInterface({ input: process.stdin }))`, 1)
	cmd := exec.CommandContext(t.Context(), node, "--input-type=module", "-e", program)
	cmd.Dir, cmd.Stdin, cmd.Stderr = sdk, strings.NewReader(strings.Join(every(), "\n")+"\n"), t.Output()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(got) != len(every()) {
		t.Fatalf("%d of %d were read:\n%s", len(got), len(every()), out)
	}
	for i, part := range []string{
		`"sampleRate":24000`, `"data":"AQIDBA=="`, `"isSilent":true`, `"communicationUserId":"8:acs:\"x\"`, `"data":"#"`, `"locale":"en-US"`,
		`"text":"Hello there."`, `"text":"hello"`,
	} {
		if !strings.Contains(got[i], part) {
			t.Errorf("message %d was read as %s, without %s", i, got[i], part)
		}
	}
}

func TestWhatApplicationsSayIsReadByItsKindAlone(t *testing.T) {
	pcm := base64.StdEncoding.EncodeToString([]byte{1, 0, 255, 255, 7})
	for _, row := range []struct {
		name, message, kind string
		samples             int
	}{
		{"the JavaScript SDK's audio, with its stopAudio", `{"kind":"audioData","audioData":{"data":"` + pcm + `","isSilent":false},"stopAudio":{}}`, SaysAudio, 2},
		{"the .NET SDK's", `{"Kind":"AudioData","AudioData":{"Data":"` + pcm + `","Timestamp":"0001-01-01T00:00:00"},"StopAudio":null}`, SaysAudio, 2},
		{"the JavaScript SDK's stop", `{"kind":"stopAudio","stopAudio":{}}`, SaysStop, 0},
		{"the .NET SDK's stop", `{"Kind":"StopAudio","AudioData":null,"StopAudio":{}}`, SaysStop, 0},
		{"no audio", `{"kind":"AudioData"}`, "", 0},
		{"bad base64", `{"kind":"AudioData","audioData":{"data":"!"}}`, "", 0},
		{"a mark of who did not choose our protocol", `{"kind":"mark","mark":{"name":"a"}}`, "", 0},
		{"another kind", `{"kind":"videoData"}`, "", 0},
		{"no JSON", `hello`, "", 0},
		{"nothing", ``, "", 0},
	} {
		in, err := Parse([]byte(row.message), false)
		if in.Kind != row.kind || len(in.Samples) != row.samples || (err == nil) != (row.kind != "") {
			t.Errorf("%s: %+v, %v", row.name, in, err)
		}
	}
	in, err := Parse([]byte(`{"kind":"Mark","mark":{"name":"a"}}`), true)
	if err != nil || in.Mark != "a" {
		t.Errorf("%+v, %v", in, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{"kind":"audioData","audioData":{"data":"AAABAAIA","isSilent":false},"stopAudio":{}}`,
		`{"Kind":"StopAudio","AudioData":null,"StopAudio":{}}`, `{"kind":"mark","mark":{"name":"x"}}`, `[]`, `{"kind":1}`, "\x00",
	} {
		f.Add([]byte(seed), true, false)
		f.Add([]byte(seed), false, true)
	}
	f.Fuzz(func(t *testing.T, message []byte, own, binary bool) {
		in, err := Read(message, own, binary)
		switch {
		case err != nil && in.Kind != "":
			t.Error("an error and a message")
		case err == nil && in.Kind != SaysAudio && in.Kind != SaysStop && in.Kind != SaysMark:
			t.Errorf("kind %q", in.Kind)
		case len(in.Samples) > len(message):
			t.Errorf("%d samples of %d bytes", len(in.Samples), len(message))
		case !own && in.Mark != "", len(in.Mark) > maxMark:
			t.Errorf("mark %q", in.Mark)
		}
	})
}
