package automation_test

import (
	"io"
	"math"
	"sync"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
)

// said is a sound at 48 kHz and when it began.
type said struct {
	at      time.Time
	samples []int16
}

// says has everybody who is listened to say something from now on.
func (s *stage) says(samples []int16) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = append(s.said, said{time.Now(), samples})
}

// between is what is said between two times, over a quiet line.
func (s *stage) between(from time.Time, f *media.Frame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range f.Samples {
		f.Samples[i] = int16(i % 3) // never quite silent
	}
	for _, one := range s.said {
		skip := int(from.Sub(one.at) * media.Rate / time.Second)
		for i := range f.Samples {
			if at := skip + i; at >= 0 && at < len(one.samples) {
				f.Samples[i] = one.samples[at]
			}
		}
	}
}

// Tap fits call.Bridge: 20 ms of what is said every 20 ms.
func (s *stage) Tap(opts media.TapOptions) (media.Tap, error) {
	s.mu.Lock()
	s.taps++
	s.mu.Unlock()
	t := &tap{stage: s, at: time.Now(), closed: make(chan struct{})}
	t.src = media.Chain(media.SourceFunc(t.next), media.Resample(opts.Rate))
	return t, nil
}

// tap fits media.Tap.
type tap struct {
	stage  *stage
	at     time.Time
	src    media.Source
	once   sync.Once
	closed chan struct{}
}

func (t *tap) next(f *media.Frame) error {
	f.Resize(media.FrameSize, media.Rate)
	t.stage.between(t.at, f)
	t.at = t.at.Add(media.FrameDuration)
	return nil
}

func (t *tap) Read(to *media.Tapped) error {
	select {
	case <-time.After(time.Until(t.at.Add(media.FrameDuration))):
		return t.src.Read(&to.Frame)
	case <-t.closed:
		return io.EOF
	}
}

func (t *tap) Dropped() uint64 { return 0 }

func (t *tap) Close() {
	t.once.Do(func() {
		close(t.closed)
		t.stage.mu.Lock()
		t.stage.taps--
		t.stage.mu.Unlock()
	})
}

// voiceOf is a sound like a vowel that lasts so long: the harmonics of 140 Hz,
// each syllable of 200 ms rising and falling.
func voiceOf(d time.Duration) []int16 {
	samples := make([]int16, int(d*media.Rate/time.Second))
	for i := range samples {
		at := float64(i) / media.Rate
		sum := 0.0
		for n := 1.0; n <= 20; n++ {
			sum += math.Sin(2*math.Pi*140*n*at+n*n) * (near(140*n, 600, 200) + 0.6*near(140*n, 1500, 300))
		}
		samples[i] = media.Clip(int(6000 * sum * (0.6 + 0.4*math.Sin(2*math.Pi*5*at))))
	}
	return samples
}

// all reads a source at 48 kHz to its end.
func all(src media.Source) (samples []int16) {
	src = media.Chain(src, media.Resample(media.Rate))
	for f := media.NewFrame(media.Rate); src.Read(f) == nil; {
		samples = append(samples, f.Samples...)
	}
	return samples
}

// silence is so much of nothing.
func silence(d time.Duration) media.Source {
	return speech.PCM(make([]int16, int(d*media.Rate/time.Second)), media.Rate)
}

// near is a formant: 1 at its frequency, a half a width beside it.
func near(hertz, formant, width float64) float64 {
	off := (hertz - formant) / width
	return 1 / (1 + off*off)
}
