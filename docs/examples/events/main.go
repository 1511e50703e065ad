// Command events reads the log of a call as it grows, leaves it and takes it up
// again; and has an event told late.
package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/botd-dev/botd/docs/examples/client"
)

func main() { client.Main(events) }

func events(ctx context.Context, s *client.Server) error {
	var status atomic.Int32 // how the application answers: it has gone
	status.Store(http.StatusGone)
	callback, err := client.Hooks(ctx, func(kind string) int {
		fmt.Println("  told and answered", status.Load(), kind)
		return int(status.Load())
	})
	if err != nil {
		return err
	}
	call, err := s.Call(ctx, "echo", callback)
	if err != nil {
		return err
	}
	last, err := follow(ctx, s, call.Log, "0", ".ParticipantsUpdated")
	if err != nil {
		return err
	}
	if err := s.Ask(ctx, "DELETE", call.Path, nil, nil); err != nil {
		return err
	}
	if _, err := follow(ctx, s, call.Log, last, ".CallDisconnected"); err != nil {
		return err
	}
	letter, err := s.Undelivered(ctx, callback)
	if err != nil {
		return err
	}
	fmt.Println("not told, because", letter.Reason, letter.Type)
	status.Store(http.StatusOK)
	return s.Ask(ctx, "POST", "/webhooks/deadLetters/"+letter.ID+":redeliver", nil, nil)
}

// follow prints a log from behind last on, until something happens.
func follow(ctx context.Context, s *client.Server, log, last, until string) (string, error) {
	fmt.Println("behind", last)
	for e, err := range s.Follow(ctx, log, last) {
		fmt.Println(" ", e.Last, e.Type)
		if err != nil || strings.HasSuffix(e.Type, until) {
			return e.Last, err
		}
	}
	return "", nil
}
