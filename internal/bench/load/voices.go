package load

import (
	"context"
	"fmt"

	"github.com/botd-dev/botd/internal/bench/sound"
)

// different is how many speakers say something of their own; those after them
// repeat it from another place.
const different = 3

// Voices are what participants send, made once.
type Voices struct {
	marked *sound.Clip   // what the first speaker of a call says
	plain  []*sound.Clip // what the others say
	room   *sound.Clip   // an open microphone
}

// NewVoices speaks and encodes.
func NewVoices(ctx context.Context) (*Voices, error) {
	v := &Voices{}
	for i := range different {
		samples, err := sound.Speech(ctx, i)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			if v.marked, err = markedClip(samples); err != nil {
				return nil, err
			}
			continue
		}
		clip, err := sound.Encode(samples)
		if err != nil {
			return nil, err
		}
		v.plain = append(v.plain, clip)
	}
	var err error
	v.room, err = sound.Encode(sound.Noise())
	return v, err
}

// markedClip adds markers to samples and sees that they can be heard again.
func markedClip(samples []int16) (*sound.Clip, error) {
	want := sound.Mark(samples)
	clip, err := sound.Encode(samples)
	if err != nil {
		return nil, err
	}
	found, err := clip.Calibrate()
	if err != nil {
		return nil, err
	}
	if found != want {
		return nil, fmt.Errorf("of %d markers only %d can be heard", want, found)
	}
	return clip, nil
}

// of is the clip of one participant of a call; nil for one who is muted.
func (v *Voices) of(index, speakers int, open bool) *sound.Clip {
	switch {
	case index == 0 && speakers > 0:
		return v.marked
	case index < speakers:
		return v.plain[(index-1)%len(v.plain)]
	case open:
		return v.room
	}
	return nil
}
