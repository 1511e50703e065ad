package webhooks

import "context"

// Owed is how many destinations are owed something, the ones included that the
// log is ahead of. An error is that of ctx, or ErrClosed.
func (t *Teller) Owed(ctx context.Context) (int, error) {
	n := 0
	err := t.ask(ctx, func() {
		for _, f := range t.feeders {
			if t.fed[f.shard] < f.head() {
				n++
			}
		}
		for _, q := range t.queues {
			if q.pending() || q.busy {
				n++
			}
		}
	})
	return n, err
}
