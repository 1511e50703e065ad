package call

import (
	"context"
	"fmt"

	"github.com/botd-dev/botd/identity"
)

// Move asks participants over from another call (rest.md section 6.7).
type Move struct {
	// From is the callConnectionId of a connection to the call they are in.
	From string
	// Who are moved, each by the identifier it has there.
	Who []identity.ID
	Reference
}

// Move brings participants from another call into this one. For each of them
// MoveParticipantSucceeded or MoveParticipantFailed follows. Errors: ErrNoCall
// if there is no such connection, ErrConflict if it is one to this call.
func (cn *Connection) Move(ctx context.Context, m Move) error {
	src, err := cn.call.registry.Connection(m.From)
	if err != nil {
		return fmt.Errorf("move from %s: %w", m.From, err)
	}
	if src.call == cn.call {
		return fmt.Errorf("move from %s, which is the same call: %w", m.From, ErrConflict)
	}
	return cn.take(ctx, "moveParticipants", m.Reference, func() error {
		cn.busy++
		go cn.bring(src, m)
		return nil
	})
}

// bring moves them one after another.
func (cn *Connection) bring(src *Connection, m Move) {
	for _, who := range m.Who {
		err := passage{
			who: "move " + cn.id, from: src.call, to: cn.call,
			find:  func() (*Participant, error) { return src.movable(who) },
			ready: func() error { return cn.connected("move") },
			arrived: func(*Participant) {
				cn.emitTo(MoveParticipantSucceeded{Outcome{m.Context, Success}, who, m.From}, m.TellTo)
			},
		}.run()
		if err != nil {
			cn.call.postAs("move "+cn.id, func() {
				cn.emitTo(MoveParticipantFailed{Outcome{m.Context, moveFailure(err)}, who, m.From}, m.TellTo)
			})
		}
	}
	cn.call.postAs("move "+cn.id, func() {
		cn.busy--
		cn.settle()
	})
}

// movable finds who can be moved by an application out of its call.
func (cn *Connection) movable(who identity.ID) (*Participant, error) {
	if err := cn.connected("move"); err != nil {
		return nil, err
	}
	p := cn.call.here(who)
	switch {
	case p == nil:
		return nil, fmt.Errorf("move %s: %w", who, ErrNoParticipant)
	case p.transfer != nil:
		return nil, fmt.Errorf("move %s: %w", who, ErrTransferRunning)
	}
	return p, nil
}
