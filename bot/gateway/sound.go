package gateway

import (
	"fmt"
	"time"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/bot/wire"
	"github.com/botd-dev/botd/media"
)

// maxStreams is how many ears a bot may have in one call.
const maxStreams = 400

// voice is what a bot says on its way to the call.
type voice struct{ frames chan said }

// said is one frame of it.
type said struct {
	sequence uint32
	sound    *media.Frame
}

// say takes a frame that the bot says. One that keeps to the window finds room;
// what another says is dropped.
func (r *relay) say(f wire.Frame) {
	r.mu.Lock()
	if r.voice == nil {
		r.voice = &voice{frames: make(chan said, 2*wire.Window)}
		v := r.voice
		r.process.gateway.running.Go(func() { r.speak(v) })
	}
	v := r.voice
	r.mu.Unlock()
	sound := media.NewFrame(f.Rate)
	f.Sound(sound)
	select {
	case v.frames <- said{f.Sequence, sound}:
	default:
		r.process.gateway.drop()
	}
}

// speak writes what the bot says into the call, at the call's own pace, and says
// how far it is.
func (r *relay) speak(v *voice) {
	mic := r.backend.Microphone()
	for {
		select {
		case f := <-v.frames:
			if mic.Write(f.sound) != nil {
				return
			}
			r.process.link.Play(wire.Frame{Kind: wire.Room, Call: r.number, Sequence: f.sequence + 1})
		case <-r.life.Done():
			return
		}
	}
}

// stream is something that a bot hears.
type stream struct{ close func() }

// listen begins to send the sound that the bot asks for.
func (r *relay) listen(m wire.Message) error {
	r.mu.Lock()
	_, open := r.ears[m.Stream]
	switch {
	case open:
		r.mu.Unlock()
		return fmt.Errorf("%w: stream %d", bot.ErrConflict, m.Stream)
	case len(r.ears) >= maxStreams || r.senders >= maxStreams:
		r.mu.Unlock()
		return fmt.Errorf("%w: %d streams are open", bot.ErrConflict, maxStreams)
	}
	s := &stream{close: func() {}}
	r.ears[m.Stream] = s
	r.senders++
	r.mu.Unlock()
	src, err := r.source(m, s)
	if err != nil {
		r.deafen(m.Stream)
		r.sent()
		return err
	}
	r.process.gateway.running.Go(func() {
		defer r.sent()
		r.send(m.Stream, s, src)
	})
	return nil
}

// sent counts a sender out.
func (r *relay) sent() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.senders--
}

// source opens what a stream is to give.
func (r *relay) source(m wire.Message, s *stream) (media.Source, error) {
	if m.Ear == nil {
		return r.backend.Speaker(), nil
	}
	ear, err := r.backend.Ear(r.life, *m.Ear)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	s.close = ear.Close
	gone := r.ears[m.Stream] != s
	r.mu.Unlock()
	if gone {
		ear.Close()
	}
	return ear, nil
}

// deafen ends a stream.
func (r *relay) deafen(number uint16) {
	r.mu.Lock()
	s := r.ears[number]
	delete(r.ears, number)
	r.mu.Unlock()
	if s != nil {
		s.close()
	}
}

// send sends a stream until it ends.
func (r *relay) send(number uint16, s *stream, src media.Source) {
	f, at, pcm := media.NewFrame(media.Rate), time.Duration(0), []byte(nil)
	for sequence := uint32(0); r.hears(number, s); sequence++ {
		if src.Read(f) != nil {
			r.process.send(wire.Message{Kind: wire.Silent, Call: r.number, Stream: number})
			return
		}
		pcm = wire.PCM(pcm[:0], f.Samples)
		r.process.link.Play(wire.Frame{
			Kind: wire.Heard, Call: r.number, Stream: number, Sequence: sequence, Time: at, Rate: f.Rate, PCM: pcm,
		})
		at += time.Duration(len(f.Samples)) * time.Second / time.Duration(f.Rate)
	}
}

// hears says that the bot still wants a stream.
func (r *relay) hears(number uint16, s *stream) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.life.Err() == nil && r.ears[number] == s
}
