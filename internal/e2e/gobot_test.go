package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/identity"
)

// handler is the scenario as a bot in Go.
type handler struct {
	t         *testing.T
	prompt    string
	colleague identity.ID
	lines     chan progress
	ending    chan struct{}
}

func newHandler(t *testing.T, prompt string) *handler {
	return &handler{t: t, prompt: prompt, lines: make(chan progress, 100), ending: make(chan struct{})}
}

func (h *handler) step(name string) progress {
	h.t.Helper()
	for {
		select {
		case line := <-h.lines:
			if line.Step == "failed" {
				h.t.Fatalf("before %q the bot failed: %s", name, line.Error)
			}
			if line.Step == name {
				return line
			}
		case <-time.After(30 * time.Second):
			h.t.Fatalf("the bot does not come to %q", name)
		}
	}
}

func (h *handler) end() { close(h.ending) }

// serve is the bot.
func (h *handler) serve(ctx context.Context, c *bot.Call) error {
	if err := h.scenario(ctx, c); err != nil {
		h.lines <- progress{Step: "failed", Error: err.Error()}
		return err
	}
	h.lines <- progress{Step: "over"}
	return nil
}

func (h *handler) scenario(ctx context.Context, c *bot.Call) error {
	news := make(chan bot.Event, 1000) // more than there are
	c.OnEvent(func(e bot.Event) { news <- e })
	if err := c.Answer(ctx); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	caller := c.From()
	connection, err := roster(ctx, news, func(l listed) bool { return l.has(caller) })
	if err != nil {
		return err
	}
	h.lines <- progress{Step: "answered", Connection: connection}

	if err := c.Play(ctx, bot.File(h.prompt)); err != nil {
		return fmt.Errorf("play: %w", err)
	}
	h.lines <- progress{Step: "played"}

	h.lines <- progress{Step: "recognizing"}
	reply, err := c.Ask(ctx, bot.Question{
		Keys: bot.Keys{Max: 5, Stop: "#", Pause: 10 * time.Second}, Silence: 20 * time.Second,
	})
	if err != nil {
		return fmt.Errorf("recognize: %w", err)
	}
	tones, _ := bot.Named(reply.Keys)
	h.lines <- progress{Step: "recognized", Tones: tones}
	return h.company(ctx, c, news)
}

// company is the second half: somebody is muted, somebody else comes in.
func (h *handler) company(ctx context.Context, c *bot.Call, news <-chan bot.Event) error {
	caller := c.From()
	if err := c.Mute(ctx, caller); err != nil {
		return fmt.Errorf("mute: %w", err)
	}
	if _, err := roster(ctx, news, func(l listed) bool { return l.muted(caller) }); err != nil {
		return err
	}
	h.lines <- progress{Step: "muted"}

	if err := c.Add(ctx, h.colleague); err != nil {
		return fmt.Errorf("add: %w", err)
	}
	if _, err := roster(ctx, news, func(l listed) bool { return l.has(h.colleague) }); err != nil {
		return err
	}
	participants, err := c.Participants(ctx)
	if err != nil {
		return fmt.Errorf("participants: %w", err)
	}
	h.lines <- progress{Step: "added", Participants: len(participants)}

	<-h.ending
	if err := c.Terminate(ctx); err != nil {
		return fmt.Errorf("terminate: %w", err)
	}
	return nil
}

// listed is the list of a ParticipantsUpdated.
type listed struct {
	Connection   string `json:"callConnectionId"`
	Participants []struct {
		Identifier identity.ID `json:"identifier"`
		Muted      bool        `json:"isMuted"`
	} `json:"participants"`
}

func (l listed) has(id identity.ID) bool {
	for _, p := range l.Participants {
		if p.Identifier == id {
			return true
		}
	}
	return false
}

func (l listed) muted(id identity.ID) bool {
	for _, p := range l.Participants {
		if p.Identifier == id {
			return p.Muted
		}
	}
	return false
}

// roster waits for a list that passes and returns the connection.
func roster(ctx context.Context, news <-chan bot.Event, passes func(listed) bool) (string, error) {
	for {
		select {
		case e := <-news:
			var l listed
			if !strings.HasSuffix(e.Type, ".ParticipantsUpdated") {
				continue
			}
			if err := json.Unmarshal(e.Data, &l); err != nil {
				return "", fmt.Errorf("%s: %w", e.Data, err)
			}
			if passes(l) {
				return l.Connection, nil
			}
		case <-ctx.Done():
			return "", fmt.Errorf("while waiting for a list: %w", ctx.Err())
		}
	}
}
