package automation

import (
	"context"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/dtmf"
)

// keyRing is how much sound waits to be looked through for keys: enough for a
// machine that is busy for a while.
const keyRing = 2 * time.Second

// sameKey is for how long a key that was found in sound and one that came as a
// telephone-event are one press.
const sameKey = 500 * time.Millisecond

// keysOf gives the keys that the target of an operation presses. For who sends no
// telephone-events they are looked for in the sound, until done is called.
func keysOf(s *call.Stage) (tones <-chan call.Tone, done func()) {
	who := s.Target()
	if who == nil || !who.InBand {
		return s.Tones(), func() {}
	}
	tap, err := s.Tap(who.ParticipantID, media.TapOptions{Rate: dtmf.DetectorRate, Ring: keyRing})
	if err != nil {
		return s.Tones(), func() {}
	}
	f := &keyFinder{tap: tap, events: s.Tones(), found: dtmf.NewDetector(), out: make(chan call.Tone, cap(s.Tones()))}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		f.run(ctx)
	}()
	return f.out, func() {
		cancel()
		tap.Close()
		<-ended
	}
}

// keyFinder merges the keys in somebody's sound with telephone-events that come
// after all.
type keyFinder struct {
	tap    media.Tap
	events <-chan call.Tone
	found  *dtmf.Detector
	out    chan call.Tone

	last  call.Tone // found in the sound
	since time.Duration
	told  bool // telephone-events have come: they are enough
}

func (f *keyFinder) run(ctx context.Context) {
	to := media.Tapped{Frame: media.Frame{Rate: dtmf.DetectorRate}}
	for ctx.Err() == nil && f.tap.Read(&to) == nil {
		f.since += media.FrameDuration
		if t, ok := f.found.Push(&to.Frame); ok && !f.told {
			f.last, f.since = call.Tone(t), 0
			f.tell(call.Tone(t))
		}
		f.drain()
	}
}

// drain takes the telephone-events that are there.
func (f *keyFinder) drain() {
	for {
		select {
		case t := <-f.events:
			f.told = true
			if t != f.last || f.since > sameKey {
				f.tell(t)
			}
			f.last = ""
		default:
			return
		}
	}
}

// tell passes a key on. As with telephone-events, what nobody takes is lost.
func (f *keyFinder) tell(t call.Tone) {
	select {
	case f.out <- t:
	default:
	}
}
