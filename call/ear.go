package call

import (
	"context"
	"fmt"
	"slices"

	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
)

// maxEars is how many taps a connection may have open: one of everybody in a
// large call, and some to spare.
const maxEars = 400

// ear is a tap that a connection has opened. It ends with whom it listens to,
// and with the connection.
type ear struct {
	media.Tap
	cn *Connection
	of *Participant // nil is the mix
}

// Tap listens to one participant, or to all but the application itself if who is
// empty, until the tap is closed, they leave or the connection does.
// ErrWrongState before the connection is established, ErrNoParticipant,
// ErrConflict if it has too many.
func (cn *Connection) Tap(ctx context.Context, who identity.ID, opts media.TapOptions) (media.Tap, error) {
	var e *ear
	err := cn.doAs(ctx, "listens to "+string(who), func() error {
		if err := cn.connected("listen"); err != nil {
			return err
		}
		if len(cn.ears) >= maxEars {
			return fmt.Errorf("listen: %d are open: %w", maxEars, ErrConflict)
		}
		var err error
		e, err = cn.openEar(who, opts)
		return err
	})
	if err != nil {
		cn.call.post(func() { cn.deafen(func(other *ear) bool { return other == e }) }) // it may be there all the same
		return nil, err
	}
	return e, nil
}

func (cn *Connection) openEar(who identity.ID, opts media.TapOptions) (*ear, error) {
	e := &ear{cn: cn}
	opts.Of, opts.Without = "", cn.seat.id
	if who != "" {
		if e.of = cn.call.here(who); e.of == nil {
			return nil, fmt.Errorf("listen to %s: %w", who, ErrNoParticipant)
		}
		opts.Of, opts.Without = e.of.id, ""
	}
	var err error
	if e.Tap, err = cn.call.soundBridge().Tap(opts); err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	cn.ears = append(cn.ears, e)
	return e, nil
}

// Close ends the tap.
func (e *ear) Close() {
	e.Tap.Close()
	e.cn.call.post(func() {
		e.cn.ears = slices.DeleteFunc(e.cn.ears, func(other *ear) bool { return other == e })
	})
}

// deafen ends the taps of who has left.
func (c *Call) deafen() {
	for _, cn := range c.connections {
		cn.deafen(func(e *ear) bool { return e.of != nil && !e.of.present() })
	}
}

// deafen ends the connection's taps that are over.
func (cn *Connection) deafen(over func(*ear) bool) {
	cn.ears = slices.DeleteFunc(cn.ears, func(e *ear) bool {
		if !over(e) {
			return false
		}
		e.Tap.Close()
		return true
	})
}
