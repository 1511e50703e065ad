package rest

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"time"

	"github.com/botd-dev/botd/call/journal"
)

// heartbeat is how often a silent stream says that it is there.
const heartbeat = 15 * time.Second

// stream answers with server-sent events (HTML, section 9.2) until the
// iteration or the request ends. What fails before the first event is an error
// like any other.
func stream(ctx context.Context, events iter.Seq2[journal.Line, error]) answer {
	return answer{Status: http.StatusOK, stream: func(w http.ResponseWriter) error {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		feed := follow(ctx, events)
		defer func() {
			cancel()
			for range feed { //nolint:revive // wait until the follower has left
			}
		}()
		return pour(w, feed)
	}}
}

// entry is a line of the log, or why there is no more of them.
type entry struct {
	line journal.Line
	err  error
}

// follow runs an iteration in a goroutine that ends with ctx, and closes the
// channel when it has.
func follow(ctx context.Context, events iter.Seq2[journal.Line, error]) <-chan entry {
	feed := make(chan entry)
	go func() {
		defer close(feed)
		for line, err := range events {
			select {
			case feed <- entry{line, err}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return feed
}

func pour(w http.ResponseWriter, feed <-chan entry) error {
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	hurry(w)
	w.WriteHeader(http.StatusOK)
	if err := out.Flush(); err != nil {
		return err
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		var err error
		select {
		case e, more := <-feed:
			if !more || e.err != nil {
				return e.err
			}
			hurry(w)
			_, err = fmt.Fprintf(w, "id: %s\nevent: %s\ndata: %s\n\n", e.line.Cursor, e.line.Type, encode(eventOf(e.line.Record)))
		case <-beat.C:
			hurry(w)
			_, err = fmt.Fprint(w, ": \n\n")
		}
		if err == nil {
			err = out.Flush()
		}
		if err != nil {
			return err
		}
	}
}
