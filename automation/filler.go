package automation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/botd-dev/botd/media"
)

// Away starts what a call hears while the application of a connection does not
// take its events, or ends it when the application is back. A sound that cannot
// be opened is a soft tone instead, and an error. call.ErrNoCall if the connection
// is over.
func (s *Service) Away(ctx context.Context, connection string, away bool) error {
	cn, err := s.Connection(connection)
	if err != nil {
		return err
	}
	if !away {
		return cn.Unfill(ctx)
	}
	src, err := s.filler(ctx)
	if err != nil {
		src, err = softTone(), fmt.Errorf("open the filler sound: %w", err)
	}
	return errors.Join(cn.Fill(ctx, src), err)
}

func (s *Service) filler(ctx context.Context) (media.Source, error) {
	if s.cfg.Filler == nil {
		return softTone(), nil
	}
	return s.looped(*s.cfg.Filler)(ctx)
}

// The soft tone: a short low beep, and a long pause.
const (
	beepHertz = 350
	beepLevel = -38 // dBov
	beep      = 240 * time.Millisecond
	beepEvery = 5 * time.Second
)

// softTone says that the call goes on, again and again.
func softTone() media.Source {
	tone, at := media.Tone(beepHertz, beepLevel), time.Duration(0)
	return media.SourceFunc(func(f *media.Frame) error {
		if at == 0 {
			tone = media.Tone(beepHertz, beepLevel)
		}
		if err := tone.Read(f); err != nil {
			return err
		}
		if at >= beep {
			f.Silence()
		}
		if at += media.FrameDuration; at >= beepEvery {
			at = 0
		}
		return nil
	})
}
