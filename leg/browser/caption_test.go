package browser

import (
	"testing"
	"time"

	"github.com/botd-dev/botd/call"
)

func TestAPageIsToldWhatIsSaid(t *testing.T) {
	w := newWorld(t)
	c := w.dial(t)
	c.say(map[string]any{"type": "hello", "token": ann})
	c.expect("welcome")
	c.join("g", line{})
	l, at := w.someLeg(), time.Date(2030, 5, 1, 12, 0, 0, 0, time.UTC)
	l.Caption(call.Caption{Self: "somebody it was before it was moved", Text: "elsewhere"})
	l.Caption(call.Caption{
		Self: l.seat.get().ID(), ID: "p1", Identity: ann, Text: "Hello.", Language: "en-US", Final: true, At: at,
	})
	if m := c.expect("caption"); m.Text != "Hello." || m.Language != "en-US" || !m.Final || !m.Timestamp.Equal(at) || m.Call != "c1" {
		t.Errorf("%+v", m)
	}
}
