package browser

import (
	"math"
	"slices"
	"time"

	"github.com/hraban/opus"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/dtmf"
)

// listen decodes what the server sends.
func (c *client) listen(track *webrtc.TrackRemote) {
	dec, err := opus.NewDecoder(media.Rate, 1)
	if err != nil {
		return
	}
	pcm := make([]int16, 5760)
	for {
		p, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		c.mu.Lock()
		c.order = append(c.order, p.SequenceNumber)
		c.mu.Unlock()
		if e, is := dtmf.Parse(p.Payload); is && p.PayloadType != 111 && p.PayloadType != 63 {
			c.mu.Lock()
			c.events = append(c.events, keyPacket{p.Header, e})
			c.mu.Unlock()
			continue
		}
		n, err := dec.Decode(p.Payload, pcm)
		if err != nil {
			continue
		}
		c.mu.Lock()
		c.heard = append(c.heard, pcm[:n]...)
		c.packets++
		c.mu.Unlock()
	}
}

// speak sends a tone, with its audio level, until the client closes.
func (c *client) speak(hertz float64) {
	enc, err := opus.NewEncoder(media.Rate, 1, opus.AppVoIP)
	fatal(c.t, err)
	level, mic := c.extension(sdp.AudioLevelURI), c.mic
	c.tasks.Go(func() {
		tick := time.NewTicker(media.FrameDuration)
		defer tick.Stop()
		pcm, b := make([]int16, media.FrameSize), make([]byte, 1500)
		for i := 0; ; i++ {
			select {
			case <-c.stop:
				return
			case <-tick.C:
			}
			tone(pcm, hertz, i*media.FrameSize)
			n, _ := enc.Encode(pcm, b)
			p := &rtp.Packet{Header: rtp.Header{
				Version: 2, SequenceNumber: uint16(i), Timestamp: uint32(i * media.FrameSize),
			}, Payload: b[:n]}
			_ = p.SetExtension(level, []byte{0x80 | 12})
			_ = mic.WriteRTP(p)
		}
	})
}

func tone(pcm []int16, hertz float64, from int) {
	for i := range pcm {
		pcm[i] = int16(10000 * math.Sin(2*math.Pi*hertz*float64(from+i)/media.Rate))
	}
}

// hears waits until the last half second it heard is a tone, and nothing
// louder of another.
func (c *client) hears(hertz float64) {
	c.t.Helper()
	late := time.After(10 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		c.mu.Lock()
		pcm := slices.Clone(c.heard[max(0, len(c.heard)-media.Rate/2):])
		c.mu.Unlock()
		if len(pcm) == media.Rate/2 && power(pcm, hertz) > 0.8 {
			return
		}
		select {
		case <-tick.C:
		case <-late:
			c.t.Fatalf("%v Hz is %.2f of what was heard (%d samples)", hertz, power(pcm, hertz), len(pcm))
		}
	}
}

// power is which part of the energy is at one frequency. It is looked for in
// pieces of 50 ms: on a machine that has much to do, sender and bridge each leave
// out a tick now and then, after which a tone goes on in another phase.
func power(pcm []int16, hertz float64) float64 {
	var all, at float64
	for piece := range slices.Chunk(pcm, media.Rate/20) {
		energy, part := goertzel(piece, hertz)
		all, at = all+energy, at+part
	}
	if all == 0 {
		return 0
	}
	return at / all
}

// goertzel is the energy of sound, and how much of it is at one frequency.
func goertzel(pcm []int16, hertz float64) (all, at float64) {
	w := 2 * math.Pi * hertz / media.Rate
	var s1, s2 float64
	for _, v := range pcm {
		s := float64(v) + 2*math.Cos(w)*s1 - s2
		s2, s1 = s1, s
		all += float64(v) * float64(v)
	}
	return all, (s1*s1 + s2*s2 - 2*math.Cos(w)*s1*s2) * 2 / float64(len(pcm))
}
