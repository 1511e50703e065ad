package floor

import (
	"context"
	"fmt"
	"time"

	"github.com/hraban/opus"

	"github.com/botd-dev/botd/internal/bench/sound"
	"github.com/botd-dev/botd/media"
)

// encodeComplexity is what a bridge can afford: 10 costs nearly twice as much.
const encodeComplexity = 5

// codecs decode, encode and mix what the speakers of a call say.
type codecs struct {
	decoder *opus.Decoder
	encoder *opus.Encoder
	clip    *sound.Clip // one speaker
	mixed   [][]int16   // three of them, in frames
	sum     []int32
	pcm     []int16
	payload []byte
	next    int
}

func newCodecs(ctx context.Context) (*codecs, error) {
	c := &codecs{
		sum: make([]int32, media.FrameSize), pcm: make([]int16, media.FrameSize), payload: make([]byte, 1275),
	}
	if err := c.speak(ctx); err != nil {
		return nil, err
	}
	var err error
	if c.decoder, err = opus.NewDecoder(media.Rate, 1); err != nil {
		return nil, fmt.Errorf("opus: %w", err)
	}
	if c.encoder, err = opus.NewEncoder(media.Rate, 1, opus.AppVoIP); err != nil {
		return nil, fmt.Errorf("opus: %w", err)
	}
	if err := c.encoder.SetBitrate(sound.Bitrate); err != nil {
		return nil, fmt.Errorf("opus: %w", err)
	}
	if err := c.encoder.SetComplexity(encodeComplexity); err != nil {
		return nil, fmt.Errorf("opus: %w", err)
	}
	return c, nil
}

// speak makes the clip of one speaker and the mix of three.
func (c *codecs) speak(ctx context.Context) error {
	var mix []int16
	for i := range 3 {
		said, err := sound.Speech(ctx, i)
		if err != nil {
			return err
		}
		if i == 0 {
			if c.clip, err = sound.Encode(said); err != nil {
				return err
			}
			mix = said
			continue
		}
		for k, s := range said {
			mix[k] = media.Clip(int(mix[k]) + int(s))
		}
	}
	for ; len(mix) >= media.FrameSize; mix = mix[media.FrameSize:] {
		c.mixed = append(c.mixed, mix[:media.FrameSize])
	}
	return nil
}

// frame is the next of the mix.
func (c *codecs) frame() []int16 {
	c.next++
	return c.mixed[c.next%len(c.mixed)]
}

func (c *codecs) decode(times int) (time.Duration, error) {
	return timed(func() error {
		for range times {
			c.next++
			if _, err := c.decoder.Decode(c.clip.Packets[c.next%len(c.clip.Packets)].Payload, c.pcm); err != nil {
				return fmt.Errorf("decode: %w", err)
			}
		}
		return nil
	})
}

func (c *codecs) encode(times int) (time.Duration, error) {
	return timed(func() error {
		for range times {
			if _, err := c.encoder.Encode(c.frame(), c.payload); err != nil {
				return fmt.Errorf("encode: %w", err)
			}
		}
		return nil
	})
}

func (c *codecs) add(times int) (time.Duration, error) {
	sum := c.sum
	clear(sum)
	return timed(func() error {
		for range times {
			said := c.frame()[:len(sum)]
			for i := range sum {
				sum[i] += int32(said[i])
			}
		}
		return nil
	})
}

func (c *codecs) own(times int) (time.Duration, error) {
	sum := c.sum
	return timed(func() error {
		for range times {
			said, heard := c.frame()[:len(sum)], c.pcm[:len(sum)]
			for i := range sum {
				heard[i] = media.Clip(int(sum[i]) - int(said[i]))
			}
		}
		return nil
	})
}
