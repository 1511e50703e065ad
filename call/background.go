package call

import (
	"slices"

	"github.com/botd-dev/botd/media"
)

// background is sound behind everything else.
type background struct {
	plays  media.Playback
	by     float64 // how many dB quieter it is while somebody speaks
	ducked bool
}

// Background mixes src into what the operation's targets hear, quieter by so many
// decibels while anybody speaks or something is played to all. Unlike Play, it is
// nobody's voice.
func (s *Stage) Background(src media.Source, by float64) media.Playback {
	b := &background{plays: s.bridge.Play(media.Owned{Source: src, By: s.cn.seat.id}, s.to...), by: by}
	c := s.cn.call
	c.post(func() {
		c.backgrounds = append(c.backgrounds, b)
		c.talk.stale = true
	})
	go func() {
		<-b.plays.Done()
		c.post(func() {
			c.backgrounds = slices.DeleteFunc(c.backgrounds, func(other *background) bool { return other == b })
		})
	}()
	return b.plays
}

// duck has what is in the background make room for who speaks.
func (c *Call) duck() {
	if len(c.backgrounds) == 0 {
		return
	}
	speaks := len(c.speakers()) > 0
	for _, b := range c.backgrounds {
		if b.ducked == speaks {
			continue
		}
		if b.ducked = speaks; speaks {
			b.plays.Duck(b.by)
		} else {
			b.plays.Duck(0)
		}
	}
}
