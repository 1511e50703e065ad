package room

import (
	"context"
	"errors"
	"maps"
	"slices"

	"go.uber.org/zap"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// becomes makes a state that is in the store that of the room. Who is in its
// call gets another role, or is taken out. The caller has the room's turn.
func (b *Book) becomes(ctx context.Context, e *entry, next *state) {
	before := e.now.Swap(next)
	ctx = context.WithoutCancel(ctx)
	for _, who := range differing(before.list, next.list) {
		if role, listed := next.list[who]; listed {
			b.tell(e.id, b.cfg.Calls.Assign(ctx, e.id, who, role))
		} else {
			b.tell(e.id, b.cfg.Calls.Expel(ctx, e.id, who, call.ReasonUnlisted))
		}
	}
}

// differing are those who are not on both lists in the same role, by id.
func differing(a, b map[identity.ID]call.Role) []identity.ID {
	all := map[identity.ID]bool{}
	for _, list := range []map[identity.ID]call.Role{a, b} {
		for who := range list {
			if a[who] != b[who] {
				all[who] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// vanish takes a room that is no longer in the store out of the book, and
// everybody out of its call. The caller has the room's turn.
func (b *Book) vanish(ctx context.Context, e *entry) {
	e.gone = true
	b.strike(e)
	b.tell(e.id, b.cfg.Calls.Vacate(context.WithoutCancel(ctx), e.id, reasonDeleted))
}

// tell writes down that a call could not be told of a change that is made.
func (b *Book) tell(id string, err error) {
	if err != nil && !errors.Is(err, call.ErrNoCall) && !errors.Is(err, call.ErrEnded) {
		b.cfg.Log.Warn("a room's call was not told of a change", zap.String("roomId", id), zap.Error(err))
	}
}
