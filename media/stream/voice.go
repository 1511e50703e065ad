package stream

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/botd-dev/botd/media"
)

// How a Voice plays.
const (
	// longest is how much of what an application says may wait. What comes when
	// there is as much is dropped.
	longest = 3 * time.Minute
	// maxCushion is how many frames it waits for at most before it begins.
	maxCushion = 5
	// steady is after how many frames in a row one frame less is waited for.
	steady = 500
	// hiccup is how soon after the end more has to come for the end to have been
	// a gap.
	hiccup = 200 * time.Millisecond
	// maxMarks is how many marks may wait.
	maxMarks = 1000
	// tickMarks is how many marks a tick tells of at most; the others wait for the
	// next, so that who sends many does not hold up everybody's sound.
	tickMarks = 10
)

// Voice is what an application says into a call: a media.Port that has sound put
// in at any pace and gives it to the bridge frame by frame.
//
// It begins to speak when one frame of 20 ms is there. Where the sound has run
// out in the middle it waits for one frame more the next time, up to 100 ms, and
// after 10 s without a gap for one less. Sound that does not fill a frame is
// spoken when nothing has come to fill it. Up to 3 minutes wait; what comes then
// is dropped and counted.
type Voice struct {
	stats  *Stats
	marked func(name string, heard bool, played time.Duration)
	rate   int // hertz
	size   int // samples in a frame
	awake  atomic.Bool

	mu      sync.Mutex
	chunks  [][]int16 // what waits, as it came, but for small pieces
	joins   bool      // the last of chunks is of small pieces, and ours
	waiting int       // samples of it
	written int64     // samples since the beginning
	played  int64     // and those that are not to come any more, less what was dropped
	dropped int64
	marks   []mark

	speaking bool
	cushion  int // frames to wait for
	held     int // ticks in which it waited for them
	smooth   int // frames without a gap
	ended    time.Time
	tail     []int16 // what is left after a stop, fading

	// The bridge's tick only.
	coming  media.Frame
	present bool
	flush   bool // what the resampler holds back is yet to come
	level   uint8
	conv    *media.Resampler
	spare   media.Frame
}

// mark is a place in what is said.
type mark struct {
	name string
	at   int64
}

// NewVoice makes a Voice of somebody who has said nothing yet, of samples at rate
// hertz: 16000 or 24000, or any other that media.NewResampler takes. marked, if
// not nil, is told what became of marks; it is called within a tick and may not
// block.
func NewVoice(rate int, stats *Stats, marked func(name string, heard bool, played time.Duration)) (*Voice, error) {
	conv, err := media.NewResampler(rate, media.Rate)
	if err != nil {
		return nil, err
	}
	if marked == nil {
		marked = func(string, bool, time.Duration) {}
	}
	v := &Voice{stats: stats, marked: marked, rate: rate, size: rate / 50, cushion: 1, conv: conv, level: media.Silent}
	v.coming.Resize(v.size, rate)
	v.prime()
	return v, nil
}

// prime begins the sound anew: every frame in gives one out.
func (v *Voice) prime() {
	v.conv.Reset()
	v.conv.Write(make([]int16, v.conv.Lookahead()))
}

// Say puts samples behind those that wait. They are kept.
func (v *Voice) Say(samples []int16) {
	v.mu.Lock()
	defer v.mu.Unlock()
	most := int(longest/time.Second) * v.rate
	if over := v.waiting + len(samples) - most; over > 0 {
		samples = samples[:len(samples)-over]
		v.stats.Overflowed.Add(int64((over + v.size - 1) / v.size))
	}
	if len(samples) == 0 {
		return
	}
	if v.waiting == 0 && !v.speaking && !v.ended.IsZero() && time.Since(v.ended) < hiccup {
		v.cushion, v.smooth = min(v.cushion+1, maxCushion), 0
	}
	v.put(samples)
	v.waiting += len(samples)
	v.written += int64(len(samples))
	v.awake.Store(true)
}

// put adds samples to what waits. Small pieces are joined: who sends single samples
// does not take many times the memory of others.
func (v *Voice) put(samples []int16) {
	if len(samples) >= v.size/2 {
		v.chunks, v.joins = append(v.chunks, samples), false
		return
	}
	last := len(v.chunks) - 1
	if last < 0 || !v.joins || cap(v.chunks[last])-len(v.chunks[last]) < len(samples) {
		v.chunks, v.joins = append(v.chunks, make([]int16, 0, v.size)), true
		last++
	}
	v.chunks[last] = append(v.chunks[last], samples...)
}

// Mark has it told when all that was put in until now has been spoken, or
// dropped. Of too many the oldest is forgotten.
func (v *Voice) Mark(name string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.marks) == maxMarks {
		v.marks = v.marks[1:]
	}
	v.marks = append(v.marks, mark{name, v.written})
	v.awake.Store(true)
}

// Stop drops what waits: the coming frame fades out over 10 ms, and nothing of it
// is spoken after that. It returns how much has been played since the beginning,
// and how much was dropped.
func (v *Voice) Stop() (played, dropped time.Duration) {
	v.mu.Lock()
	reached, lost, marks := v.stop()
	v.mu.Unlock() // the tick does not wait for all the marks
	for _, m := range marks {
		v.marked(m.name, m.at <= reached, v.lasts(reached))
	}
	return v.lasts(reached), v.lasts(lost)
}

// stop drops what waits, and returns where it was, in samples, how much was lost,
// and the marks, each with its place among what was played.
func (v *Voice) stop() (reached, lost int64, marks []mark) {
	lost = int64(v.waiting)
	if v.speaking && v.waiting > 0 {
		v.tail = v.fading()
	}
	v.chunks, v.waiting, v.speaking, v.held = nil, 0, false, 0
	v.ended = time.Time{}
	for i := range v.marks {
		v.marks[i].at -= v.dropped
	}
	v.dropped += lost
	marks, v.marks = v.marks, nil
	return v.played, lost, marks
}

// fading is a frame of what comes next, of which 10 ms fade out.
func (v *Voice) fading() []int16 {
	tail := make([]int16, v.size)
	n := v.pop(tail[:v.size/2])
	v.waiting += n
	for i := range n {
		tail[i] = int16(int(tail[i]) * (n - i) / n)
	}
	return tail
}

func (v *Voice) lasts(samples int64) time.Duration {
	return time.Duration(samples) * time.Second / time.Duration(v.rate)
}

// pop fills to with what waits and returns how much that was.
func (v *Voice) pop(to []int16) (n int) {
	for n < len(to) && len(v.chunks) > 0 {
		k := copy(to[n:], v.chunks[0])
		n += k
		if v.chunks[0] = v.chunks[0][k:]; len(v.chunks[0]) == 0 {
			v.chunks = v.chunks[1:]
		}
	}
	v.waiting -= n
	return n
}

// Awake fits media.Sleeper.
func (v *Voice) Awake() *atomic.Bool { return &v.awake }

// Level fits media.Port.
func (v *Voice) Level() uint8 {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.pass()
	v.present = v.next()
	switch {
	case v.present:
		v.level, v.flush = media.Level(&v.coming), true
	case v.flush:
		clear(v.coming.Samples)
		v.present, v.flush = true, false
	default:
		v.level = media.Silent
		if v.waiting == 0 {
			v.awake.Store(false)
		}
	}
	return v.level
}

// next puts the coming 20 ms in place and reports whether there are any.
func (v *Voice) next() bool {
	if v.tail != nil {
		copy(v.coming.Samples, v.tail)
		v.tail = nil
		return true
	}
	if v.waiting == 0 || !v.speaking && !v.begins() {
		v.pauses()
		return false
	}
	v.speaking, v.held = true, 0
	n := v.pop(v.coming.Samples)
	clear(v.coming.Samples[n:])
	v.played += int64(n)
	if n < v.size {
		v.pauses()
	}
	if v.smooth++; v.smooth == steady {
		v.cushion, v.smooth = max(1, v.cushion-1), 0
	}
	return true
}

// begins reports whether there is enough to begin with, or no more comes.
func (v *Voice) begins() bool {
	v.held++
	return v.waiting >= v.cushion*v.size || v.held > v.cushion
}

// pauses notes when it ran out.
func (v *Voice) pauses() {
	if v.speaking {
		v.speaking, v.held, v.ended = false, 0, time.Now()
	}
}

// pass tells of the marks that were reached before this tick.
func (v *Voice) pass() {
	for n := 0; n < tickMarks && len(v.marks) > 0 && v.marks[0].at-v.dropped <= v.played; n++ {
		v.marked(v.marks[0].name, true, v.lasts(v.played))
		v.marks = v.marks[1:]
	}
}

// Read fits media.Port.
func (v *Voice) Read(f *media.Frame) error {
	f.Resize(media.FrameSize, media.Rate)
	if !v.present {
		f.Silence()
		return nil
	}
	v.present = false
	v.conv.Write(v.coming.Samples)
	clear(f.Samples[v.conv.Read(f.Samples):])
	return nil
}

// Skip fits media.Port.
func (v *Voice) Skip() {
	if v.present {
		_ = v.Read(&v.spare) // which does not fail
	}
}

// Format fits media.Port: it hears nothing, and linear PCM is what costs least.
func (*Voice) Format() media.Format { return media.Format{} }

// Hear fits media.Port.
func (*Voice) Hear(media.Sound) {}

var (
	_ media.Port    = (*Voice)(nil)
	_ media.Sleeper = (*Voice)(nil)
)
