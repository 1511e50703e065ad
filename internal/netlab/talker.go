package netlab

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/pion/rtp"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
)

// What Chromium encodes speech with: Opus for speech at 32 kbit/s, one channel.
// It tells the encoder the loss that is reported to it, from which on packets
// hold something of the one before them.
const (
	bitrate    = 32000
	complexity = 9
)

// Said is 20 ms of speech as a client sends it.
type Said struct {
	Payload []byte
	// Level is in -dBov (RFC 6464).
	Level uint8
}

// Encode makes the packets of samples, one channel at 48 kHz, by an encoder that
// is told the loss in percent. What is left over at the end is dropped.
func Encode(samples []int16, loss int) ([]Said, error) {
	encoder, err := codec.NewEncoder(media.Format{
		Codec: "opus", Rate: media.Rate, Bitrate: bitrate, Complexity: complexity, PacketLoss: loss,
	})
	if err != nil {
		return nil, fmt.Errorf("netlab: %w", err)
	}
	var all []Said
	for samples := range slices.Chunk(samples[:len(samples)/media.FrameSize*media.FrameSize], media.FrameSize) {
		f := &media.Frame{Samples: samples, Rate: media.Rate}
		payload, err := encoder.Encode(nil, f)
		if err != nil {
			return nil, fmt.Errorf("netlab: %w", err)
		}
		all = append(all, Said{payload, media.Level(f)})
	}
	return all, nil
}

// Talker sends packets at the pace of a clock of its own.
type Talker struct {
	// Packets are what it says.
	Packets []Said
	// LevelID is the header extension for the level; zero sends none.
	LevelID uint8
	// Drift is by how much its clock is too slow, in parts of a million.
	Drift float64
	// Send sends a packet, which is lent.
	Send func(*rtp.Packet) error
}

// When is when the i-th packet is sent, since it began.
func (t *Talker) When(i int) time.Duration {
	return time.Duration(float64(i) * float64(media.FrameDuration) * (1 + t.Drift/1e6))
}

// Make fills p with the i-th packet.
func (t *Talker) Make(p *rtp.Packet, i int) error {
	said := &t.Packets[i%len(t.Packets)]
	p.Header = rtp.Header{
		Version: 2, SSRC: 1, Marker: i == 0,
		SequenceNumber: uint16(i), Timestamp: uint32(i) * media.FrameSize, //nolint:gosec // they wrap
	}
	p.Payload = said.Payload
	if t.LevelID == 0 {
		return nil
	}
	return p.SetExtension(t.LevelID, []byte{said.Level})
}

// Talk sends everything once. It returns when the last packet has been sent, or
// ctx has ended.
func (t *Talker) Talk(ctx context.Context) error {
	began := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	var p rtp.Packet
	for i := range t.Packets {
		timer.Reset(time.Until(began.Add(t.When(i))))
		select {
		case <-timer.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := t.Make(&p, i); err != nil {
			return fmt.Errorf("netlab: %w", err)
		}
		_ = t.Send(&p) // what cannot be sent is lost
	}
	return nil
}
