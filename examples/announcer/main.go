// Command announcer is botd with a bot that says who comes and goes in a
// conference, and who is there when somebody presses the star key. Run it with
// --dev and add "announcer" to a call.
package main

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/botd-dev/botd"
	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/identity"
)

func main() {
	botd.Main(botd.Bot("announcer", announce))
}

// announce stays until the call is over.
func announce(ctx context.Context, c *bot.Call) error {
	changes := make(chan struct{}, 1)
	c.OnEvent(func(e bot.Event) {
		if e.Type == "Microsoft.Communication.ParticipantsUpdated" {
			select {
			case changes <- struct{}{}:
			default: // it is going to look anyway
			}
		}
	})
	if err := c.Answer(ctx); err != nil {
		return err
	}
	keys := c.Keys(ctx, "")
	there, err := roll(ctx, c)
	if err != nil {
		return err
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-changes:
			now, err := roll(ctx, c)
			if err != nil {
				return err
			}
			if text := difference(there, now); text != "" {
				err = c.Say(ctx, text)
			}
			if err != nil {
				return err
			}
			there = now
		case key := <-keys:
			if key != "*" {
				continue
			}
			if err := c.Say(ctx, "On the line: "+list(there)+"."); err != nil {
				return err
			}
		}
	}
}

// roll is who is in the call, by name, but for the announcer.
func roll(ctx context.Context, c *bot.Call) (map[identity.ID]string, error) {
	people, err := c.Participants(ctx)
	if err != nil {
		return nil, err
	}
	names := map[identity.ID]string{}
	for _, p := range people {
		if p.ID != c.To() {
			names[p.ID] = cmp.Or(p.Name, "somebody")
		}
	}
	return names, nil
}

// difference says who came and who went; it is empty if nobody did.
func difference(before, now map[identity.ID]string) string {
	var said []string
	if came := without(now, before); len(came) > 0 {
		said = append(said, list(came)+" joined.")
	}
	if left := without(before, now); len(left) > 0 {
		said = append(said, list(left)+" left.")
	}
	return strings.Join(said, " ")
}

// without is those of a who are not in b.
func without(a, b map[identity.ID]string) map[identity.ID]string {
	rest := maps.Clone(a)
	maps.DeleteFunc(rest, func(id identity.ID, _ string) bool {
		_, in := b[id]
		return in
	})
	return rest
}

// list is names as they are said: "Alice, Bob and Carol".
func list(people map[identity.ID]string) string {
	names := slices.Sorted(maps.Values(people))
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
