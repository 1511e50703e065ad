package mix_test

import (
	"context"
	"io"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
)

// port says what its source says and keeps what it hears.
type port struct {
	mu      sync.Mutex
	says    media.Source // nil is silence
	coming  media.Frame
	format  media.Format
	heard   []int16
	packets [][]byte
	reads   int
	skips   int
}

func (p *port) Level() uint8 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.says == nil || p.says.Read(&p.coming) != nil {
		return media.Silent
	}
	return media.Level(&p.coming)
}

func (p *port) Read(f *media.Frame) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reads++
	f.Resize(len(p.coming.Samples), p.coming.Rate)
	copy(f.Samples, p.coming.Samples)
	return nil
}

func (p *port) Skip() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.skips++
}

func (p *port) Format() media.Format { return p.format }

func (p *port) Hear(s media.Sound) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.Frame != nil {
		p.heard = append(p.heard, s.Frame.Samples...)
	}
	if len(s.Payload) > 0 {
		p.packets = append(p.packets, append([]byte(nil), s.Payload...))
	}
}

// say changes what the port says.
func (p *port) say(src media.Source) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.says = src
}

// sent is the packets it was handed.
func (p *port) sent() [][]byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.packets
}

// count is how often it was read and skipped.
func (p *port) count() (reads, skips int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reads, p.skips
}

// sound takes what was heard since the last time.
func (p *port) sound() []int16 {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := p.heard
	p.heard = nil
	return out
}

func says(hz, dBov float64) *port { return &port{says: media.Tone(hz, dBov)} }

// during runs f on a bridge in a world where time is fake.
func during(t *testing.T, cfg mix.Config, f func(t *testing.T, b *mix.Bridge, c *mix.Clock)) {
	t.Helper()
	if cfg.Speakers == 0 {
		cfg.Speakers = len(everyone) // all at once are heard
	}
	synctest.Test(t, func(t *testing.T) {
		c := mix.NewClock(cfg)
		b := c.NewBridge(mix.Options{})
		f(t, b, c)
		if err := c.Close(context.Background()); err != nil {
			t.Errorf("close: %v", err)
		}
	})
}

// ticks lets n ticks pass. It returns in the middle between two.
func ticks(n int) {
	after := time.Now().Truncate(media.FrameDuration).Add(media.FrameDuration / 2)
	if !after.After(time.Now()) {
		after = after.Add(media.FrameDuration)
	}
	if n > 0 {
		after = after.Add(time.Duration(n-1) * media.FrameDuration)
	}
	<-time.After(time.Until(after.Add(media.FrameDuration)))
	synctest.Wait()
}

// tone is how loud one frequency is in sound, in dBov.
func tone(sound []int16, hz float64) float64 {
	n := len(sound) - len(sound)%media.FrameSize
	if n == 0 {
		return math.Inf(-1)
	}
	var re, im float64
	for i, s := range sound[:n] {
		re += float64(s) * math.Cos(2*math.Pi*hz*float64(i)/media.Rate)
		im += float64(s) * math.Sin(2*math.Pi*hz*float64(i)/media.Rate)
	}
	return 20 * math.Log10(math.Sqrt2*math.Hypot(re, im)/float64(n)/32768)
}

// frames gives n frames of a tone and then ends.
func frames(hz, dBov float64, n int) media.Source {
	src := media.Tone(hz, dBov)
	return media.SourceFunc(func(f *media.Frame) error {
		if n == 0 {
			return io.EOF
		}
		n--
		return src.Read(f)
	})
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 0.2 {
		t.Errorf("%s: %.1f dB, want %.1f", what, got, want)
	}
}

func absent(t *testing.T, what string, got float64) {
	t.Helper()
	if got > -60 {
		t.Errorf("%s: %.1f dB, want it absent", what, got)
	}
}
