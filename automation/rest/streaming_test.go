package rest

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	sockets "github.com/botd-dev/botd/media/stream"
)

// away is a network in which nobody is reached.
type away struct{}

func (away) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("nobody is there")
}

func nowhere() *sockets.Dialer {
	return &sockets.Dialer{
		HTTP: &http.Client{Transport: away{}}, Token: func() (string, error) { return "t", nil },
		Stats: new(sockets.Stats), Now: time.Now,
	}
}

// streamedCall is a body that asks for media streaming with these options.
func streamedCall(options string) string {
	return strings.Replace(createBody, `"operationContext":null`, `"mediaStreamingOptions":{`+options+`}`, 1)
}

const goodOptions = `"transportType":"websocket","transportUrl":"wss://app.example/a","audioChannelType":"unMixed","audioFormat":"Pcm24KMono"`

func TestWhatWasNotConfiguredIsNotStarted(t *testing.T) {
	d := newDesk(t)
	cn := d.connected()
	for _, verb := range []string{
		"startMediaStreaming", "stopMediaStreaming", "startTranscription", "updateTranscription", "stopTranscription",
	} {
		d.refused(d.ask("POST", cn+":"+verb+"?"+version, `{}`), 405, "8522")
	}
	if p := d.ok(200, "GET", cn, ""); p["mediaStreamingSubscription"] != nil || p["transcriptionSubscription"] != nil {
		t.Errorf("%v", p)
	}
}

func TestASubscriptionIsInThePropertiesFromTheBeginning(t *testing.T) {
	d := newDesk(t)
	p := d.ok(201, "POST", "/calling/callConnections", streamedCall(goodOptions))
	sub, _ := p["mediaStreamingSubscription"].(map[string]any)
	if sub["state"] != "inactive" || len(sub["id"].(string)) != 36 || sub["subscribedContentTypes"].([]any)[0] != "audio" {
		t.Errorf("%v", sub)
	}
	d.refused(d.ask("POST", cnPath(p["callConnectionId"].(string))+":startMediaStreaming?"+version, `{}`), 400, "8501")
}

func TestASocketThatCannotBeOpenedIsToldAsAnEvent(t *testing.T) {
	d := newDesk(t)
	p := d.ok(201, "POST", "/calling/callConnections", streamedCall(goodOptions+`,"startMediaStreaming":true`))
	id, _ := p["callConnectionId"].(string)
	d.accept()
	e := d.event(cnPath(id), "MediaStreamingFailed")
	update, _ := e["mediaStreamingUpdate"].(map[string]any)
	if result(e) != "500/8603" || update["mediaStreamingStatusDetails"] != "initialWebSocketConnectionFailed" || update["contentType"] != "Audio" {
		t.Errorf("%v", e)
	}
}

func TestStreamingOptionsThatAreWrongAreRefusedByTheirName(t *testing.T) {
	d := newDesk(t)
	for field, options := range map[string]string{
		"audioChannelType": `"transportType":"websocket"`,
		"transportUrl":     `"transportType":"websocket","transportUrl":"ws://app.example/a","audioChannelType":"mixed"`,
		"audioFormat":      strings.Replace(goodOptions, "Pcm24KMono", "opus", 1),
	} {
		r := d.ask("POST", "/calling/callConnections?"+version, streamedCall(options))
		d.refused(r, 400, "8523")
		if !strings.Contains(string(r.body), `"target":"mediaStreamingOptions.`+field+`"`) {
			t.Errorf("%s: %s", field, r.body)
		}
	}
}
