package remote

import (
	"context"
	"sync"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/wire"
	"github.com/botd-dev/botd/media"
)

// waiting is how many frames of a stream wait for who reads it.
const waiting = 10

// stream is something that the bot hears. It fits bot.Ear.
type stream struct {
	call   *call
	number uint16
	pipe   *media.Pipe

	mu    sync.Mutex
	next  uint32 // the sequence of the coming frame
	lost  uint64 // on the way here
	frame media.Frame
}

// Speaker is what the bot hears. Botd sends it once it is asked for.
func (k *call) Speaker() media.Source {
	k.mu.Lock()
	s := k.streams[0]
	if s == nil {
		s = &stream{call: k, pipe: media.NewPipe(waiting)}
		k.streams[0] = s
		k.id++
		// The answer is of no use: where there is nothing to hear, Silent comes.
		_ = k.session.link.Send(wire.Message{Kind: wire.Listen, Call: k.number, ID: k.id})
	}
	k.mu.Unlock()
	k.ifOver(s)
	return s
}

// Ear listens to one participant.
func (k *call) Ear(ctx context.Context, l bot.Listening) (bot.Ear, error) {
	s := k.open()
	if _, err := k.ask(ctx, wire.Message{Kind: wire.Listen, Stream: s.number, Ear: &l}); err != nil {
		s.Close()
		return nil, err
	}
	context.AfterFunc(ctx, s.Close)
	k.ifOver(s)
	return s, nil
}

// open makes a stream with a number of its own.
func (k *call) open() *stream {
	k.mu.Lock()
	defer k.mu.Unlock()
	for k.stream++; k.stream == 0 || k.streams[k.stream] != nil; k.stream++ {
	}
	s := &stream{call: k, number: k.stream, pipe: media.NewPipe(waiting)}
	k.streams[s.number] = s
	return s
}

// ifOver closes a stream that was opened when the call was over.
func (k *call) ifOver(s *stream) {
	select {
	case <-k.closed:
		s.pipe.Close()
	default:
	}
}

// hear takes a frame.
func (k *call) hear(f wire.Frame) {
	k.mu.Lock()
	s := k.streams[f.Stream]
	k.mu.Unlock()
	if s != nil {
		s.take(f)
	}
}

// silent ends a stream of which no more will come.
func (k *call) silent(number uint16) {
	k.mu.Lock()
	s := k.streams[number]
	k.mu.Unlock()
	if s != nil {
		s.pipe.Close()
	}
}

func (s *stream) take(f wire.Frame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Sequence > s.next {
		s.lost += uint64(f.Sequence - s.next)
	}
	s.next = f.Sequence + 1
	f.Sound(&s.frame)
	s.pipe.Offer(&s.frame)
}

// Read fills f with what is heard next.
func (s *stream) Read(f *media.Frame) error { return s.pipe.Read(f) }

// Dropped is how many frames were lost on the way or not read in time.
func (s *stream) Dropped() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lost + s.pipe.Dropped()
}

// Close ends it.
func (s *stream) Close() {
	s.pipe.Close()
	s.call.mu.Lock()
	was := s.call.streams[s.number]
	if was == s {
		delete(s.call.streams, s.number)
	}
	s.call.mu.Unlock()
	if was == s {
		_ = s.call.session.link.Send(wire.Message{Kind: wire.Deafen, Call: s.call.number, Stream: s.number}) // the end of the call ends it too
	}
}

var _ bot.Ear = (*stream)(nil)
