package journal

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// Ledger is a small log of somebody's own beside the log of calls, for state
// that is written as changes and now and then as a whole. It has one writer.
type Ledger struct {
	journal *Journal
	store   *store
	subject string
}

// Ledger opens the ledger of that name, made of letters, digits, "-" and "_".
func (j *Journal) Ledger(ctx context.Context, name string) (*Ledger, error) {
	stream := j.cfg.Name + "_ledger_" + name
	subject := j.cfg.Name + ".ledger." + name
	if err := j.makeStream(ctx, jetstream.StreamConfig{Name: stream, Subjects: []string{subject}, AllowAtomicPublish: true}); err != nil {
		return nil, err
	}
	st, err := openStore(ctx, j.cfg.Conn, stream)
	if err != nil {
		return nil, fmt.Errorf("ledger %s: %w", name, err)
	}
	return &Ledger{j, st, subject}, nil
}

// Append writes lines, and tries until they are durable or ctx ends. It
// returns the position of the first.
func (l *Ledger) Append(ctx context.Context, lines ...[]byte) (uint64, error) {
	messages := make([]message, len(lines))
	for i, data := range lines {
		messages[i] = message{subject: l.subject, data: data}
	}
	for rest := messages; len(rest) > 0; {
		part := rest[:min(len(rest), batchMessages)]
		if err := l.journal.persist(ctx, l.store, part); err != nil {
			return 0, err
		}
		rest = rest[len(part):]
	}
	if len(messages) == 0 {
		return l.store.last, nil
	}
	return messages[0].at, nil
}

// Load hands over every line, oldest first.
func (l *Ledger) Load(ctx context.Context, each func(line []byte) error) error {
	return l.store.all(ctx, query{limit: batchMessages}, l.store.last, func(m stored) error { return each(m.data) })
}

// Shorten removes the lines before a position.
func (l *Ledger) Shorten(ctx context.Context, before uint64) error {
	return l.store.purge(ctx, before)
}

// Close lets go of the ledger.
func (l *Ledger) Close() { l.store.close() }
