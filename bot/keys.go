package bot

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/botd-dev/botd/identity"
)

// waitingKeys is how many keys wait for who does not read them.
const waitingKeys = 64

// presses is one who waits for keys.
type presses struct {
	who  identity.ID // empty is everybody
	keys chan string
}

// Keys gives every key that a participant presses from now on, "1" or "#", until
// ctx or the call ends; an empty who is everybody. Keys are told whatever else
// goes on, and after 64 that nobody has read, no more.
func (c *Call) Keys(ctx context.Context, who identity.ID) <-chan string {
	p := &presses{who, make(chan string, waitingKeys)}
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.ended:
		close(p.keys)
		return p.keys
	default:
	}
	c.presses = append(c.presses, p)
	context.AfterFunc(ctx, func() { c.release(p) })
	return p.keys
}

// release ends the waiting for keys.
func (c *Call) release(p *presses) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if i := slices.Index(c.presses, p); i >= 0 {
		c.presses = slices.Delete(c.presses, i, i+1)
		close(p.keys)
	}
}

// press tells those who wait of a key.
func (c *Call) press(e Event) {
	var data struct {
		Who  identity.ID `json:"identifier"`
		Tone string      `json:"tone"`
	}
	if json.Unmarshal(e.Data, &data) != nil {
		return
	}
	for _, p := range c.presses {
		if p.who != "" && p.who != data.Who {
			continue
		}
		select {
		case p.keys <- typed([]string{data.Tone}):
		default: // nobody reads them
		}
	}
}

// SendKeys presses keys for a participant to hear, "12#", and returns when they
// have been sent.
func (c *Call) SendKeys(ctx context.Context, to identity.ID, keys string) error {
	_, err := c.await(ctx, func(context string) Action {
		return SendKeys{Who: to, Keys: keys, Context: context}
	})
	return err
}

// tonesByName are the contract's names of the keys.
var tonesByName = map[string]byte{
	"zero": '0', "one": '1', "two": '2', "three": '3', "four": '4', "five": '5', "six": '6', "seven": '7',
	"eight": '8', "nine": '9', "a": 'A', "b": 'B', "c": 'C', "d": 'D', "pound": '#', "asterisk": '*',
}

// typed spells tones as they stand on the keys.
func typed(tones []string) string {
	var keys strings.Builder
	for _, t := range tones {
		if key, ok := tonesByName[t]; ok {
			keys.WriteByte(key)
		}
	}
	return keys.String()
}

// Named spells keys as the contract names their tones; ok is false if one of
// them is on no phone.
func Named(keys string) (tones []string, ok bool) {
	for _, k := range []byte(strings.ToUpper(keys)) {
		found := false
		for name, key := range tonesByName {
			if key == k {
				tones, found = append(tones, name), true
			}
		}
		if !found {
			return nil, false
		}
	}
	return tones, true
}
