package room

import (
	"context"
	"fmt"
)

// change makes a change to a copy of the room and keeps it, in turn with others:
// one is not begun before the call has been told of the one before.
func (b *Book) change(ctx context.Context, id string, f func(*state) error) (*state, error) {
	e, done, err := b.take(ctx, id)
	if err != nil {
		return nil, err
	}
	defer done()
	next := *e.now.Load()
	if err := f(&next); err != nil {
		return nil, fmt.Errorf("room %s: %w", id, err)
	}
	data, err := next.encode()
	if err != nil {
		return nil, fmt.Errorf("room %s: %w", id, err)
	}
	if err := b.cfg.Store.Put(ctx, id, data); err != nil {
		e.doubt = true
		return nil, fmt.Errorf("room %s: %w: %w", id, ErrStore, err)
	}
	b.becomes(ctx, e, &next)
	return &next, nil
}

// take waits for the turn to change a room, as the store has it.
func (b *Book) take(ctx context.Context, id string) (*entry, func(), error) {
	e, err := b.find(id)
	if err != nil {
		return nil, nil, err
	}
	select {
	case <-e.turn:
	case <-ctx.Done():
		return nil, nil, fmt.Errorf("room %s: %w", id, ctx.Err())
	}
	done := func() { e.turn <- struct{}{} }
	if err := b.certain(ctx, e); err != nil {
		done()
		return nil, nil, fmt.Errorf("room %s: %w", id, err)
	}
	return e, done, nil
}

// certain reads a room again that may have been changed or deleted.
func (b *Book) certain(ctx context.Context, e *entry) error {
	if e.doubt {
		data, found, err := b.cfg.Store.Get(ctx, e.id)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrStore, err)
		}
		if err := b.reread(ctx, e, data, found); err != nil {
			return err
		}
		e.doubt = false
	}
	if e.gone {
		return ErrUnknown
	}
	return nil
}

func (b *Book) reread(ctx context.Context, e *entry, data []byte, found bool) error {
	if !found {
		b.vanish(ctx, e)
		return nil
	}
	s, err := decode(data)
	if err == nil {
		b.becomes(ctx, e, s)
	}
	return err
}

// Delete removes a room and takes everybody out of its call. ErrUnknown.
func (b *Book) Delete(ctx context.Context, id string) error {
	e, done, err := b.take(ctx, id)
	if err != nil {
		return err
	}
	defer done()
	if err := b.cfg.Store.Delete(ctx, id); err != nil {
		e.doubt = true
		return fmt.Errorf("room %s: %w: %w", id, ErrStore, err)
	}
	b.vanish(ctx, e)
	return nil
}
