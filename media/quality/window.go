package quality

import "time"

// Every is how often a sample is made of each stream.
const Every = 5 * time.Second

// Counters are what has been counted of one direction of a stream since it
// began. What is not known is zero.
type Counters struct {
	// Packets came in time; Lost did not, or never.
	Packets, Lost uint64
	// Bursts is how many runs the lost packets form.
	Bursts uint64
	// Played are the samples given out, at 48 kHz, and Concealed those of them
	// that were made up for what was not there.
	Played, Concealed uint64
	// Jitter is that of RFC 3550, section 6.4.1, as it now is.
	Jitter time.Duration
	// RoundTrip is between us and the peer, as last measured.
	RoundTrip time.Duration
	// Buffer is how long packets now wait to be played.
	Buffer time.Duration
}

// Sample is how one direction of a stream was between two looks at its
// counters.
type Sample struct {
	// Packets came and Lost did not.
	Packets, Lost uint64
	// LostPercent is the part of them that was lost.
	LostPercent float64
	// BurstRatio is that of Loss.
	BurstRatio float64
	// ConcealedPercent is the part of what was heard that was made up.
	ConcealedPercent float64
	// Jitter, RoundTrip and Buffer are those of the counters.
	Jitter, RoundTrip, Buffer time.Duration
	// Delay is from mouth to ear: half of the round trip, the buffer, the codec.
	Delay time.Duration
	// MOS is the mean opinion, 1 to 4.5, and Percent the rating as part of the
	// best. Both are zero where nothing was sent that could be judged.
	MOS, Percent float64
}

// Judged says that enough came, or should have, to have an opinion.
func (s Sample) Judged() bool { return s.MOS > 0 }

// fewest is how many packets a sample needs to have an opinion: a quarter of a
// second. In a silence there are fewer.
const fewest = 12

// Window makes samples of the counters of one direction of a stream. The zero
// Window is not ready: make one with NewWindow.
type Window struct {
	codec Codec
	last  Counters
}

// NewWindow makes a window for a stream of that codec, by its encoding name in
// lower case.
func NewWindow(codec string) Window { return Window{codec: CodecOf(codec)} }

// Next makes a sample of what has been counted since the last one. Counters
// that begin anew are taken as they are.
func (w *Window) Next(c Counters) Sample {
	last := w.last
	if c.Packets < last.Packets {
		last = Counters{}
	}
	w.last = c
	s := Sample{
		Packets: c.Packets - last.Packets, Lost: since(c.Lost, last.Lost),
		Jitter: c.Jitter, RoundTrip: c.RoundTrip, Buffer: c.Buffer,
		Delay: c.RoundTrip/2 + c.Buffer + w.codec.Delay,
	}
	s.LostPercent = percent(s.Lost, s.Packets+s.Lost)
	s.BurstRatio = burstRatio(s.Lost, since(c.Bursts, last.Bursts), s.LostPercent)
	s.ConcealedPercent = percent(since(c.Concealed, last.Concealed), since(c.Played, last.Played))
	if s.Packets+s.Lost >= fewest {
		r := w.codec.Rate(Loss{s.LostPercent, s.BurstRatio}, s.Delay)
		s.MOS, s.Percent = round(w.codec.Band.MOS(r), 2), round(w.codec.Band.Percent(r), 1)
	}
	return s
}

// since is by how much a counter has grown. What was taken for lost and came
// after all makes it smaller.
func since(now, then uint64) uint64 {
	if now < then {
		return 0
	}
	return now - then
}

func percent(part, of uint64) float64 {
	if of == 0 {
		return 0
	}
	return round(100*float64(min(part, of))/float64(of), 2)
}

// burstRatio compares the mean length of the runs of losses with what it would
// be by chance, 1/(1-p) (G.107, clause 3.1).
func burstRatio(lost, bursts uint64, lostPercent float64) float64 {
	if lost == 0 || bursts == 0 || lost < bursts {
		return 1
	}
	return max(1, round(float64(lost)/float64(bursts)*(1-lostPercent/100), 2))
}
