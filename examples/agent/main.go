// Command agent is botd with a voice agent: who calls "agent" talks with a model
// over the OpenAI Realtime protocol, and may interrupt it. Run it with --dev, and
// with OPENAI_API_KEY or the OPENAI_URL of another server in the environment.
package main

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"net/http"
	"os"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
	"golang.org/x/sync/errgroup"

	"github.com/botd-dev/botd"
	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/media"
)

func main() {
	url := cmp.Or(os.Getenv("OPENAI_URL"), "wss://api.openai.com/v1/realtime?model=gpt-realtime")
	botd.Main(botd.Bot("agent", agent{url: url, key: os.Getenv("OPENAI_API_KEY")}.answer))
}

const (
	rate  = 24000         // of the model's sound both ways, in hertz
	frame = rate / 50 * 2 // bytes of 20 ms
)

// session comes first. The model finds out itself when it is its turn.
const session = `{"type":"session.update","session":{"type":"realtime","instructions":"You are on the phone. Be brief."}}`

// agent is a model that talks; client is nil for the usual one.
type agent struct {
	url, key string
	client   *http.Client
}

// event is a message of the protocol; JSON has []byte in base64, as sound is.
type event struct {
	Type       string `json:"type"`
	Audio      []byte `json:"audio,omitempty"`
	Delta      []byte `json:"delta,omitempty"`
	Item       string `json:"item_id,omitempty"`
	Content    *int   `json:"content_index,omitempty"`
	AudioEndMS *int   `json:"audio_end_ms,omitempty"`
}

// answer has the caller and the model talk until one of them is gone.
func (a agent) answer(ctx context.Context, c *bot.Call) error {
	if err := c.Answer(ctx); err != nil {
		return err
	}
	model, _, err := websocket.Dial(ctx, a.url, &websocket.DialOptions{
		HTTPClient: a.client, HTTPHeader: http.Header{"Authorization": {"Bearer " + a.key}},
	})
	if err == nil {
		err = errors.Join(talk(ctx, c, model), model.CloseNow())
	}
	return errors.Join(err, c.Say(ctx, "Sorry, nobody can talk with you now."))
}

// talk carries sound both ways.
func talk(ctx context.Context, c *bot.Call, model *websocket.Conn) error {
	model.SetReadLimit(1 << 20)
	if err := model.Write(ctx, websocket.MessageText, []byte(session)); err != nil {
		return err
	}
	both, ctx := errgroup.WithContext(ctx) // which ends with either of them
	ear, err := c.Ear(ctx, c.From(), rate)
	if err != nil {
		return err
	}
	voice := media.NewPipe(3 * 60 * 50) // frames that the model has said and are to be heard
	context.AfterFunc(ctx, voice.Close)
	both.Go(func() error { return media.Copy(ctx, c.Microphone(), voice) })
	both.Go(func() error { return follow(ctx, model, voice) })
	send := media.SinkFunc(func(f *media.Frame) error {
		pcm, _ := binary.Append(nil, binary.LittleEndian, f.Samples) // of known size
		return wsjson.Write(ctx, model, event{Type: "input_audio_buffer.append", Audio: pcm})
	})
	both.Go(func() error { return media.Copy(ctx, send, ear) })
	return both.Wait()
}

// follow takes what the model says, faster than it is heard. When the caller begins
// to speak, the rest of it is dropped, and the model told how much was heard.
func follow(ctx context.Context, model *websocket.Conn, voice *media.Pipe) error {
	said, item, rest := 0, "", []byte(nil) // frames, of what, and less than a frame of it
	for f, e := media.NewFrame(rate), (event{}); ; e = (event{}) {
		if err := wsjson.Read(ctx, model, &e); err != nil {
			return err
		}
		switch e.Type {
		case "response.output_audio.delta":
			if e.Item != item {
				item, said, rest = e.Item, 0, nil
			}
			for rest = append(rest, e.Delta...); len(rest) >= frame; rest = rest[frame:] {
				_, _ = binary.Decode(rest, binary.LittleEndian, f.Samples) // there is enough
				voice.Offer(f)
				said++
			}
		case "input_audio_buffer.speech_started":
			heard := said
			for _, more := voice.Peek(); more; _, more = voice.Peek() {
				voice.Skip()
				heard--
			}
			if ms := heard * 20; heard < said {
				_ = wsjson.Write(ctx, model, event{Type: "conversation.item.truncate", Item: item, Content: new(int), AudioEndMS: &ms})
			}
		}
	}
}
