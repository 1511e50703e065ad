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
	agent := d.on("agent")
	if !come(ctx, c, agent) {
		return c.Say(ctx, "Nobody is here.")
	}
	for key := range c.Keys(ctx, agent) { // until the call is over
		if key != "*" {
			continue
		}
		if err := coach(ctx, c, agent, d.on("supervisor")); err != nil {
			return err
		}
	}
	return nil
}

// coach brings the supervisor in, until the supervisor leaves.
func coach(ctx context.Context, c *bot.Call, agent, supervisor identity.ID) error {
	whisper := bot.Coached{Coach: supervisor, By: []identity.ID{agent}}
	if err := c.Route(ctx, whisper); err != nil { // first, so that not a word gets out
		return err
	}
	if !come(ctx, c, supervisor) {
		return c.PlayTo(ctx, []identity.ID{agent}, bot.Say("The supervisor is not here."))
	}
	if err := c.PlayTo(ctx, []identity.ID{supervisor}, bot.Say("Only the agent hears you.")); err != nil {
		return err
	}
	for key := range c.Keys(ctx, supervisor) {
		var hearing bot.Hearing = bot.Everybody{}
		if key == "1" {
			hearing = whisper
		}
		if err := c.Route(ctx, hearing); err != nil {
			return err
		}
	}
	return nil
}

// come calls somebody and says whether they are in the call then.
func come(ctx context.Context, c *bot.Call, who identity.ID) bool {
	err := c.Add(ctx, who)
	return err == nil || errors.Is(err, bot.ErrConflict)
}
