package call

import (
	"context"

	"github.com/botd-dev/botd/media"
)

// Fill plays src to the whole call because the application that controls it
// does not take its events. Media goes on, nothing is cancelled; Unfill ends
// it. A connection that is filled already closes src.
func (cn *Connection) Fill(ctx context.Context, src media.Source) error {
	err := cn.do(ctx, func() error {
		if err := cn.connected("fill"); err != nil {
			return err
		}
		if cn.filling != nil {
			discard(src)
			return nil
		}
		cn.emit(applicationAway{})
		cn.filling = cn.call.soundBridge().Play(src)
		return nil
	})
	if err != nil {
		discard(src)
	}
	return err
}

// Unfill ends Fill: the application is back.
func (cn *Connection) Unfill(ctx context.Context) error {
	return cn.do(ctx, func() error {
		if cn.filling != nil {
			cn.unfill()
			cn.emit(applicationBack{})
		}
		return nil
	})
}

func (cn *Connection) unfill() {
	if cn.filling != nil {
		cn.filling.Stop()
		cn.filling = nil
	}
}
