package speech

import (
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/voice"
)

// SplitterConfig sets a Splitter. Its times are in steps of 20 ms.
type SplitterConfig struct {
	// Speech is how much of it begins an utterance; zero is 60 ms.
	Speech time.Duration
	// Silence is how much of it ends one; zero is 600 ms.
	Silence time.Duration
	// Lead is how much of what came before belongs to an utterance; zero is
	// 300 ms.
	Lead time.Duration
	// Longest is where an utterance is cut; zero is 30 s.
	Longest time.Duration
}

func (c SplitterConfig) withDefaults() SplitterConfig {
	if c.Speech <= 0 {
		c.Speech = 60 * time.Millisecond
	}
	if c.Silence <= 0 {
		c.Silence = 600 * time.Millisecond
	}
	if c.Lead <= 0 {
		c.Lead = 300 * time.Millisecond
	}
	if c.Longest <= 0 {
		c.Longest = 30 * time.Second
	}
	return c
}

// Splitter finds the utterances in one stream of frames.
type Splitter struct {
	cfg      SplitterConfig
	detector *voice.Detector
	lead     []int16
	now      time.Duration // of the end of the last frame
	speech   time.Duration // less what was none, before an utterance
	silence  time.Duration // since the last speech
	from     time.Duration // of the utterance
	inside   bool
}

// NewSplitter makes a Splitter that has heard nothing.
func NewSplitter(cfg SplitterConfig) *Splitter {
	return &Splitter{cfg: cfg.withDefaults(), detector: voice.NewDetector(voice.Config{Hangover: -1})}
}

// Part is what a frame brings to an utterance.
type Part struct {
	// Samples belong to the utterance, with its beginning those before it too.
	// They are there until the next frame.
	Samples []int16
	// At is when the first of Samples was, since the first of the stream.
	At time.Duration
	// Begins and Ends are the edges of the utterance.
	Begins, Ends bool
	// From is when its speech began, To where the last of it was.
	From, To time.Duration
}

// Write takes the next frame. All are of one rate, 8 kHz or more, and of 20 ms;
// only the last may be shorter.
func (s *Splitter) Write(f *media.Frame) Part {
	length := time.Duration(len(f.Samples)) * time.Second / time.Duration(max(f.Rate, 1))
	s.now += length
	speech := s.detector.Speech(f)
	if s.inside {
		return s.within(f, speech, length)
	}
	return s.before(f, speech, length)
}

// before looks for the beginning of an utterance.
func (s *Splitter) before(f *media.Frame, speech bool, length time.Duration) Part {
	s.lead = append(s.lead, f.Samples...)
	if !speech {
		s.speech = max(0, s.speech-length/2)
		s.trim(f.Rate)
		return Part{}
	}
	if s.speech += length; s.speech < s.cfg.Speech {
		s.trim(f.Rate)
		return Part{}
	}
	s.inside, s.silence = true, 0
	s.from = max(0, s.now-s.speech)
	at := s.now - time.Duration(len(s.lead))*time.Second/time.Duration(f.Rate)
	return Part{Samples: s.lead, At: at, Begins: true, From: s.from, To: s.now}
}

// trim keeps no more than the lead.
func (s *Splitter) trim(rate int) {
	most := int((s.cfg.Lead + s.cfg.Speech) * time.Duration(rate) / time.Second)
	if over := len(s.lead) - most; over > 0 {
		s.lead = s.lead[:copy(s.lead, s.lead[over:])]
	}
}

// within looks for the end of an utterance.
func (s *Splitter) within(f *media.Frame, speech bool, length time.Duration) Part {
	s.silence += length
	if speech {
		s.silence = 0
	}
	p := Part{Samples: f.Samples, At: s.now - length, From: s.from, To: s.now - s.silence}
	if s.silence >= s.cfg.Silence || s.now-s.from >= s.cfg.Longest {
		p.Ends = true
		s.reset()
	}
	return p
}

// End says that nothing more comes. If somebody was speaking, that ends.
func (s *Splitter) End() Part {
	p := Part{Ends: s.inside, From: s.from, To: s.now - s.silence}
	s.reset()
	return p
}

func (s *Splitter) reset() {
	s.inside, s.speech, s.silence, s.lead = false, 0, 0, s.lead[:0]
}
