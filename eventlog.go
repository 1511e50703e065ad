package botd

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// eventsCommand prints the log as JSON lines, oldest first.
type eventsCommand struct {
	Call   string `help:"Only this call (a serverCallId)." placeholder:"ID"`
	After  string `help:"Only what comes after: a call's sequence number with --call, otherwise a cursor." placeholder:"SEQ"`
	Follow bool   `help:"Wait for more."`
}

// maxEvent is the longest event that is read, in bytes.
const maxEvent = 4 << 20

// Run fits kong.
func (e eventsCommand) Run(p *program) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	asking, err := newClient(c)
	if err != nil {
		return err
	}
	if !e.Follow {
		return e.print(p, asking)
	}
	if err := e.follow(p, asking); p.ctx.Err() == nil {
		return err
	}
	return nil // the user has had enough
}

// path asks for the log after a place in it.
func (e eventsCommand) path(after string) string {
	q := url.Values{}
	if e.Call != "" {
		q.Set("call", e.Call)
	}
	if after != "" {
		q.Set("after", after)
	}
	if len(q) == 0 {
		return "/calling/events"
	}
	return "/calling/events?" + q.Encode()
}

// print reads page after page until there is no more.
func (e eventsCommand) print(p *program, c *client) error {
	for after := e.After; ; {
		var page struct {
			Value  []json.RawMessage `json:"value"`
			Cursor string            `json:"cursor"`
		}
		resp, err := c.do(p.ctx, http.MethodGet, e.path(after), nil, nil)
		if err != nil {
			return err
		}
		if err := errors.Join(json.NewDecoder(resp.Body).Decode(&page), resp.Body.Close()); err != nil {
			return fmt.Errorf("read the log: %w", err)
		}
		for _, event := range page.Value {
			if _, err := fmt.Fprintln(p.out, string(event)); err != nil {
				return err
			}
		}
		if len(page.Value) == 0 || page.Cursor == after {
			return nil
		}
		after = page.Cursor
	}
}

// follow prints events as the server sends them, until the user has enough.
func (e eventsCommand) follow(p *program, c *client) error {
	header := http.Header{"Accept": {"text/event-stream"}}
	resp, err := c.do(p.ctx, http.MethodGet, e.path(e.After), nil, header)
	if err != nil {
		return err
	}
	return errors.Join(copyEvents(p.out, resp.Body), resp.Body.Close())
}

// copyEvents writes the data of server-sent events, one a line (HTML standard,
// section 9.2.6): an event ends with an empty line; comments keep the
// connection open.
func copyEvents(w io.Writer, r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxEvent)
	var data []string
	for lines.Scan() {
		if text, ok := strings.CutPrefix(lines.Text(), "data:"); ok {
			data = append(data, strings.TrimPrefix(text, " "))
			continue
		}
		if lines.Text() != "" || len(data) == 0 {
			continue
		}
		if _, err := fmt.Fprintln(w, strings.Join(data, "")); err != nil {
			return err
		}
		data = data[:0]
	}
	return lines.Err()
}
