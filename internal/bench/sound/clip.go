package sound

import (
	"fmt"
	"time"

	"github.com/hraban/opus"

	"github.com/botd-dev/botd/media"
)

const (
	// Bitrate is that of the packets, in bits per second.
	Bitrate = 32000
	// complexity is the encoder's: they are made once, so they may be good ones.
	complexity = 9
	// longestPacket is what Opus makes of 20 ms at most, in bytes.
	longestPacket = 1275
)

// Packet is 20 ms of a clip.
type Packet struct {
	// Payload is Opus, one channel at 48 kHz. Many senders share it.
	Payload []byte
	// Level is how loud it is, in -dBov (RFC 6464 section 3).
	Level uint8
	// Marked says that a marker begins in this packet, as a Detector hears it,
	// and Mark is how long after the packet's beginning.
	Marked bool
	Mark   time.Duration
}

// Clip is sound that is sent round and round.
type Clip struct {
	Packets []Packet
}

// Encode makes the packets of samples, one channel at 48 kHz; what is left over
// at the end is dropped.
func Encode(samples []int16) (*Clip, error) {
	enc, err := newEncoder()
	if err != nil {
		return nil, err
	}
	c := &Clip{Packets: make([]Packet, 0, len(samples)/media.FrameSize)}
	buf := make([]byte, longestPacket)
	for ; len(samples) >= media.FrameSize; samples = samples[media.FrameSize:] {
		f := media.Frame{Samples: samples[:media.FrameSize], Rate: media.Rate}
		n, err := enc.Encode(f.Samples, buf)
		if err != nil {
			return nil, fmt.Errorf("encode a clip: %w", err)
		}
		c.Packets = append(c.Packets, Packet{Payload: append([]byte(nil), buf[:n]...), Level: media.Level(&f)})
	}
	return c, nil
}

func newEncoder() (*opus.Encoder, error) {
	enc, err := opus.NewEncoder(media.Rate, 1, opus.AppVoIP)
	if err != nil {
		return nil, fmt.Errorf("opus: %w", err)
	}
	if err := enc.SetBitrate(Bitrate); err != nil {
		return nil, fmt.Errorf("opus: %w", err)
	}
	if err := enc.SetComplexity(complexity); err != nil {
		return nil, fmt.Errorf("opus: %w", err)
	}
	return enc, nil
}

// Calibrate marks the packets in which a Detector hears a marker begin when it
// is given the clip as it is, one packet every 20 ms. It returns how many.
func (c *Clip) Calibrate() (int, error) {
	ear, err := NewEar()
	if err != nil {
		return 0, err
	}
	marks := 0
	start := time.Unix(0, 0)
	for i, p := range c.Packets {
		at := start.Add(time.Duration(i) * media.FrameDuration)
		onset, heard := ear.Hear(p.Payload, at)
		if !heard {
			continue
		}
		offset := onset.Sub(start)
		k := int(offset / media.FrameDuration)
		c.Packets[k].Marked = true
		c.Packets[k].Mark = offset - time.Duration(k)*media.FrameDuration
		marks++
	}
	return marks, nil
}

// Ear decodes what one listener receives and listens for markers.
type Ear struct {
	decoder  *opus.Decoder
	detector Detector
	pcm      []int16
}

// NewEar makes an ear for one stream of Opus.
func NewEar() (*Ear, error) {
	d, err := opus.NewDecoder(media.Rate, 1)
	if err != nil {
		return nil, fmt.Errorf("opus: %w", err)
	}
	return &Ear{decoder: d, pcm: make([]int16, 6*media.FrameSize)}, nil
}

// Hear takes a payload that came at a time; see Detector.Push. What cannot be
// decoded is passed over.
func (e *Ear) Hear(payload []byte, at time.Time) (onset time.Time, ok bool) {
	n, err := e.decoder.Decode(payload, e.pcm)
	if err != nil {
		return time.Time{}, false
	}
	return e.detector.Push(e.pcm[:n], at)
}
