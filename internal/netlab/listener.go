package netlab

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/pion/rtp"

	"github.com/botd-dev/botd/media"
)

const (
	// madeUp is how many packets in a row are made up by the decoder, which lets
	// them fade; after that it is silence.
	madeUp = 13
	// silenceEdge is how many samples at both ends of that silence are faded, 5 ms.
	silenceEdge = 240
)

// Listener keeps the packets of one stream of Opus as they come, and when.
type Listener struct {
	mu   sync.Mutex
	came []arrival
}

// arrival is a packet that came.
type arrival struct {
	at        time.Time
	sequence  int64 // extended
	timestamp int64 // extended, in samples at 48 kHz
	payload   []byte
}

// Take keeps a packet, which is lent.
func (l *Listener) Take(p *rtp.Packet, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := arrival{at: at, payload: slices.Clone(p.Payload)}
	if n := len(l.came); n > 0 {
		last := &l.came[n-1]
		a.sequence = last.sequence + int64(int16(p.SequenceNumber-uint16(last.sequence))) //nolint:gosec // modulo 2^16
		a.timestamp = last.timestamp + int64(int32(p.Timestamp-uint32(last.timestamp)))   //nolint:gosec // modulo 2^32
	} else {
		a.sequence, a.timestamp = int64(p.SequenceNumber)+1<<32, int64(p.Timestamp)+1<<40
	}
	l.came = append(l.came, a)
}

// Heard is what a listener heard.
type Heard struct {
	// Samples are one channel at 48 kHz, each where its packet's timestamp says.
	Samples []int16
	// Began is when the first sample could have been played at the earliest, if
	// the network had held no packet up more than the one that it held up least.
	Began time.Time
	// Packets is how many different packets came, Lost how many did not.
	Packets, Lost int
}

// Play decodes everything in the order of the sequence numbers, with what a
// later packet tells of a lost one. What came twice counts once.
func (l *Listener) Play(open func() (media.Decoder, error)) (*Heard, error) {
	came := l.sorted()
	h := &Heard{Packets: len(came)}
	if len(came) == 0 {
		return h, nil
	}
	decoder, err := open()
	if err != nil {
		return nil, fmt.Errorf("netlab: %w", err)
	}
	first := came[0].timestamp
	h.Began = earliest(came, first)
	f := media.NewFrame(media.Rate)
	for i := range came {
		a := &came[i]
		if i > 0 {
			lost := int(a.sequence - came[i-1].sequence - 1)
			h.Lost += lost
			h.conceal(decoder, f, a, lost, int(a.timestamp-first))
		}
		if decoder.Decode(f, a.payload) == nil {
			h.put(int(a.timestamp-first), f.Samples)
		}
	}
	return h, nil
}

// conceal makes up what was lost before a packet, the last of it from what the
// packet tells.
func (h *Heard) conceal(decoder media.Decoder, f *media.Frame, next *arrival, lost, until int) {
	from := until - lost*media.FrameSize
	for i := range lost {
		var redundant []byte
		if i == lost-1 {
			redundant = next.payload
		} else if i >= madeUp {
			continue
		}
		f.Resize(media.FrameSize, media.Rate)
		if decoder.Conceal(f, redundant) != nil {
			continue
		}
		switch {
		case i == madeUp-1 && lost > madeUp:
			fade(f.Samples, false)
		case i >= madeUp: // after silence
			fade(f.Samples, true)
		}
		h.put(from+i*media.FrameSize, f.Samples)
	}
}

// fade lets sound come from silence, or end in it.
func fade(samples []int16, in bool) {
	n := min(silenceEdge, len(samples))
	for i := range n {
		at := i
		if !in {
			at = len(samples) - 1 - i
		}
		samples[at] = int16(int(samples[at]) * i / n) //nolint:gosec // smaller than it was
	}
}

// put places samples; between them and those before is silence.
func (h *Heard) put(at int, samples []int16) {
	if at < 0 {
		return
	}
	if need := at + len(samples); need > len(h.Samples) {
		h.Samples = append(h.Samples, make([]int16, need-len(h.Samples))...)
	}
	copy(h.Samples[at:], samples)
}

// sorted are the packets in the order of their numbers, each once.
func (l *Listener) sorted() []arrival {
	l.mu.Lock()
	came := slices.Clone(l.came)
	l.mu.Unlock()
	slices.SortStableFunc(came, func(a, b arrival) int { return cmp.Compare(a.sequence, b.sequence) })
	return slices.CompactFunc(came, func(a, b arrival) bool { return a.sequence == b.sequence })
}

// earliest is when the sample of a timestamp came, by the packet that was held
// up least.
func earliest(came []arrival, timestamp int64) time.Time {
	var least time.Time
	for _, a := range came {
		at := a.at.Add(-time.Duration((a.timestamp - timestamp) * int64(time.Second) / media.Rate))
		if least.IsZero() || at.Before(least) {
			least = at
		}
	}
	return least
}
