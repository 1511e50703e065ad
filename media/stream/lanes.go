package stream

import (
	"slices"
	"time"

	"github.com/botd-dev/botd/media"
)

// maxLanes is how many speakers are heard at a time, each alone (media-websocket
// contract, section 4.2).
const maxLanes = 4

// Lanes are the speakers that are sent each alone. Each of them has a packet for
// every 20 ms, silent or not; in a call of up to four that is everybody, from the
// beginning. In a larger one whoever speaks takes the place of who has been silent
// for longest.
type Lanes struct {
	rate  int
	queue *Queue
	lanes []*lane
	tick  uint64
	full  []*lane // out of use, kept for their filters
}

// lane is one speaker.
type lane struct {
	who   string
	spoke uint64 // the last tick in which something was said
	said  []int16
	conv  *media.Resampler
	frame []int16
	pcm   []byte
}

// NewLanes makes lanes that put packets of rate hertz, 16000 or 24000, into a
// queue.
func NewLanes(rate int, q *Queue) *Lanes { return &Lanes{rate: rate, queue: q} }

// Present says who is in the call, by raw ids. Who is not has no lane.
func (l *Lanes) Present(who []string) {
	l.lanes = slices.DeleteFunc(l.lanes, func(one *lane) bool {
		gone := !slices.Contains(who, one.who)
		if gone {
			l.full = append(l.full, one)
		}
		return gone
	})
	for _, id := range who {
		if len(l.lanes) == maxLanes {
			return
		}
		if l.find(id) == nil {
			l.add(id)
		}
	}
}

func (l *Lanes) find(who string) *lane {
	for _, one := range l.lanes {
		if one.who == who {
			return one
		}
	}
	return nil
}

// add gives somebody a lane.
func (l *Lanes) add(who string) *lane {
	var one *lane
	if last := len(l.full) - 1; last >= 0 {
		one, l.full = l.full[last], l.full[:last]
	} else {
		conv, err := media.NewResampler(media.Rate, l.rate)
		if err != nil {
			return nil // not for the rates of the contract
		}
		one = &lane{conv: conv, said: make([]int16, media.FrameSize), frame: make([]int16, l.rate/50)}
	}
	one.start(who)
	l.lanes = append(l.lanes, one)
	return one
}

// start begins the sound of somebody else.
func (one *lane) start(who string) {
	one.who, one.spoke = who, 0
	clear(one.said)
	one.conv.Reset()
	one.conv.Write(make([]int16, one.conv.Lookahead()))
}

// Speak takes what somebody says in this tick: 20 ms at 48 kHz. Somebody who is
// there twice is one.
func (l *Lanes) Speak(who string, samples []int16) {
	one := l.find(who)
	if one == nil {
		one = l.room(who)
	}
	if one == nil || len(samples) != len(one.said) {
		return
	}
	if one.spoke != l.tick+1 {
		one.spoke = l.tick + 1
		copy(one.said, samples)
		return
	}
	for i, s := range samples {
		one.said[i] = media.Clip(int(one.said[i]) + int(s))
	}
}

// room is a lane for somebody who has none: a free one, or that of who has been
// silent for longest; nil if all speak.
func (l *Lanes) room(who string) *lane {
	if len(l.lanes) < maxLanes {
		return l.add(who)
	}
	oldest := l.lanes[0]
	for _, one := range l.lanes[1:] {
		if one.spoke < oldest.spoke {
			oldest = one
		}
	}
	if oldest.spoke == l.tick+1 {
		return nil
	}
	oldest.start(who)
	return oldest
}

// Turn ends a tick that began at the given time: a packet of every lane goes into
// the queue.
func (l *Lanes) Turn(at time.Time) {
	l.tick++
	for _, one := range l.lanes {
		if one.spoke != l.tick {
			clear(one.said)
		}
		one.conv.Write(one.said)
		clear(one.frame[one.conv.Read(one.frame):])
		l.queue.Audio(one.packet(at, l.rate))
	}
}

func (one *lane) packet(at time.Time, rate int) Packet {
	one.pcm = appendPCM(one.pcm[:0], one.frame)
	return Packet{Who: one.who, Time: at, Silent: silent(one.frame, rate), PCM: one.pcm}
}

// quiet is the level in -dBov below which a packet is silence.
const quiet = 75

// silent says that there is nothing to be heard.
func silent(samples []int16, rate int) bool {
	return media.Level(&media.Frame{Samples: samples, Rate: rate}) > quiet
}

// Mixed is the packet of a frame of a mix. buffer is reused for its PCM.
func Mixed(f *media.Frame, at time.Time, buffer []byte) Packet {
	return Packet{Time: at, Silent: silent(f.Samples, f.Rate), PCM: appendPCM(buffer[:0], f.Samples)}
}
