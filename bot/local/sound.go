package local

import (
	"context"
	"fmt"
	"io"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media"
)

// Microphone is what the bot says, for as long as this run of it lasts.
func (s *seat) Microphone() media.Sink {
	mine, mic := s.handed(), s.pair.Microphone()
	return media.SinkFunc(func(f *media.Frame) error {
		if s.handed() != mine {
			return io.ErrClosedPipe
		}
		return mic.Write(f)
	})
}

// Speaker is what the bot hears, for as long as this run of it lasts.
func (s *seat) Speaker() media.Source {
	mine, speaker := s.handed(), s.pair.Speaker()
	return media.SourceFunc(func(f *media.Frame) error {
		if s.handed() != mine {
			return io.EOF
		}
		return speaker.Read(f)
	})
}

func (s *seat) handed() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.past.handing
}

// Ear listens to one participant, or to all but the bot.
func (s *seat) Ear(ctx context.Context, l bot.Listening) (bot.Ear, error) {
	switch l.Rate {
	case 8000, 16000, 24000, 48000:
	default:
		return nil, fmt.Errorf("ear: %w: Rate is none of 8000, 16000, 24000, 48000", bot.ErrInvalid)
	}
	cn := s.connection()
	if cn == nil {
		return nil, told(fmt.Errorf("ear before the answer: %w", call.ErrWrongState))
	}
	tap, err := cn.Tap(ctx, l.Who, media.TapOptions{Rate: l.Rate})
	if err != nil {
		return nil, told(err)
	}
	context.AfterFunc(ctx, tap.Close)
	return &ear{Tap: tap}, nil
}

// ear is a tap as a bot reads it.
type ear struct {
	media.Tap
	got media.Tapped
}

// Read fills f with the coming 20 ms.
func (e *ear) Read(f *media.Frame) error {
	if err := e.Tap.Read(&e.got); err != nil {
		return err
	}
	f.Resize(len(e.got.Frame.Samples), e.got.Frame.Rate)
	copy(f.Samples, e.got.Frame.Samples)
	return nil
}
