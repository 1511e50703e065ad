// Command coach is botd with a help line whose agents can be coached: a supervisor
// hears everybody, and only the agent hears the supervisor.
//
// Run it with --dev and open the softphone three times. One calls "agent" to be on
// duty, one calls "supervisor", and one calls "help". The agent presses * to have
// the supervisor come; the supervisor presses 2 to be heard by all, and 1 to
// whisper again.
package main

import (
	"context"
	"errors"
	"sync"

	"github.com/botd-dev/botd"
	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/identity"
)

func main() {
	var d duty
	botd.Main(botd.Bot("help", d.help), botd.Bot("agent", d.signIn), botd.Bot("supervisor", d.signIn))
}

// duty is who is on duty as what, "agent" or "supervisor".
type duty struct {
	mu  sync.Mutex
	who map[identity.ID]identity.ID
}

// signIn has whoever calls be on duty as what they called, until somebody else does.
func (d *duty) signIn(ctx context.Context, c *bot.Call) error {
	if err := c.Answer(ctx); err != nil {
		return err
	}
	d.mu.Lock()
	if d.who == nil {
		d.who = map[identity.ID]identity.ID{}
	}
	d.who[c.To()] = c.From()
	d.mu.Unlock()
	return c.Say(ctx, "You are on duty.")
}

// on is who is on duty.
func (d *duty) on(as identity.ID) identity.ID {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.who[as]
}

// help connects a customer with the agent, and stays for the coaching.
func (d *duty) help(ctx context.Context, c *bot.Call) error {
	if err := c.Answer(ctx); err != nil {
		return err
	}
	if err := c.Say(ctx, "One moment."); err != nil {
		return err
	}
	agent, supervisor := d.on("agent"), d.on("supervisor")
	if !come(ctx, c, agent) {
		return c.Say(ctx, "Nobody is here.")
	}
	whisper := bot.Coached{Coach: supervisor, By: []identity.ID{agent}}
	if err := c.Route(ctx, whisper); err != nil { // before the supervisor says a word
		return err
	}
	asks, says := c.Keys(ctx, agent), c.Keys(ctx, supervisor)
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case key := <-asks:
			if key == "*" {
				err = fetch(ctx, c, agent, supervisor)
			}
		case key := <-says:
			switch key {
			case "1":
				err = c.Route(ctx, whisper)
			case "2":
				err = c.Route(ctx, bot.Everybody{})
			}
		}
		if err != nil {
			return err
		}
	}
}

// fetch has the supervisor come, and says to them or to the agent what came of it.
func fetch(ctx context.Context, c *bot.Call, agent, supervisor identity.ID) error {
	to, text := supervisor, "Only the agent hears you."
	if !come(ctx, c, supervisor) {
		to, text = agent, "The supervisor is not here."
	}
	err := c.PlayTo(ctx, []identity.ID{to}, bot.Say(text))
	if errors.Is(err, bot.ErrCanceled) { // they have left meanwhile
		return nil
	}
	return err
}

// come calls somebody and says whether they are in the call then.
func come(ctx context.Context, c *bot.Call, who identity.ID) bool {
	err := c.Add(ctx, who)
	return err == nil || errors.Is(err, bot.ErrConflict)
}
