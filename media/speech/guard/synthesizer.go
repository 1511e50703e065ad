package guard

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
)

const (
	// slowest and fastest are the rates in hertz that media.Resample takes.
	slowest, fastest = 4000, 192000
	// emptyFrames is how many frames in a row may have no samples.
	emptyFrames = 50
)

// Synthesizer guards one.
func Synthesizer(s speech.Synthesizer, cfg Config) speech.Synthesizer {
	return &synthesizer{s, cfg.withDefaults()}
}

type synthesizer struct {
	next speech.Synthesizer
	cfg  Config
}

// Synthesize fits speech.Synthesizer.
func (s *synthesizer) Synthesize(ctx context.Context, u speech.Utterance) (media.Source, error) {
	ctx, stop := context.WithCancel(ctx)
	src, err := begin(ctx, s.cfg.Begin, func() (media.Source, error) { return s.next.Synthesize(ctx, u) })
	if err != nil {
		stop()
		return nil, err
	}
	v := &voice{
		src: src, cfg: s.cfg, stop: stop, over: ctx.Done(), why: ctx.Err,
		free: make(chan *media.Frame, 1), full: make(chan frame), timer: time.NewTimer(s.cfg.Step),
	}
	v.free <- media.NewFrame(media.Rate)
	if timed, ok := src.(speech.Timed); ok {
		return &timedVoice{v, timed}, nil
	}
	return v, nil
}

// frame is what one Read of the provider's came to.
type frame struct {
	*media.Frame
	err error
}

// voice is a source that is read by a goroutine of its own, from its first Read
// until its end, so that who reads it waits only so long.
type voice struct {
	src  media.Source
	cfg  Config
	stop context.CancelFunc
	over <-chan struct{}
	why  func() error

	once  sync.Once
	free  chan *media.Frame
	full  chan frame
	timer *time.Timer

	empty  int
	length time.Duration
	err    error // that it ended with
}

// Read fits media.Source.
func (v *voice) Read(f *media.Frame) error {
	if v.err != nil {
		return v.err
	}
	if v.err = v.read(f); v.err != nil {
		v.stop()
	}
	return v.err
}

func (v *voice) read(f *media.Frame) error {
	v.once.Do(func() { go v.pump() })
	v.timer.Reset(v.cfg.Step)
	defer v.timer.Stop()
	select {
	case got := <-v.full:
		if got.err != nil {
			return proper(got.err)
		}
		if err := v.check(got.Frame); err != nil {
			return err
		}
		f.Resize(len(got.Samples), got.Rate)
		copy(f.Samples, got.Samples)
		v.free <- got.Frame
		return nil
	case <-v.timer.C:
		return late("a frame", v.cfg.Step)
	case <-v.over:
		return v.why()
	}
}

// pump reads the provider's frames, one ahead.
func (v *voice) pump() {
	defer v.close()
	for {
		select {
		case f := <-v.free:
			err := safely(func() error { return v.src.Read(f) })
			select {
			case v.full <- frame{f, err}:
			case <-v.over:
				return
			}
			if err != nil {
				return
			}
		case <-v.over:
			return
		}
	}
}

// check looks whether a frame can be sound.
func (v *voice) check(f *media.Frame) error {
	if f.Rate < slowest || f.Rate > fastest {
		return nonsense("sound at %d Hz", f.Rate)
	}
	if v.empty++; len(f.Samples) > 0 {
		v.empty = 0
	}
	if v.empty > emptyFrames {
		return nonsense("frames without sound")
	}
	v.length += time.Duration(len(f.Samples)) * time.Second / time.Duration(f.Rate)
	if v.length > v.cfg.Longest {
		return nonsense("more than %v of sound", v.cfg.Longest)
	}
	return nil
}

// close lets go of the provider's source.
func (v *voice) close() {
	if c, ok := v.src.(io.Closer); ok {
		_ = safely(c.Close) // everything that counts was read
	}
}

// Close ends it. It does not wait for the provider.
func (v *voice) Close() error {
	v.stop()
	v.once.Do(func() { go v.close() })
	return nil
}

// timedVoice is one that knows its words.
type timedVoice struct {
	*voice
	timed speech.Timed
}

// Words fits speech.Timed. Those of a provider that breaks are none.
func (v *timedVoice) Words() (words []speech.Word) {
	err := safely(func() error {
		words = v.timed.Words()
		return nil
	})
	if errors.Is(err, speech.ErrUnavailable) {
		return nil
	}
	return words
}
