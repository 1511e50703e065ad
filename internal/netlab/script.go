package netlab

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"github.com/botd-dev/botd/media"
)

const (
	// toneHertz and toneLevel are the tone of a script, in hertz and dBov.
	toneHertz, toneLevel = 440, -15
	// speechLevel is how loud speech is, in dBov (ITU-T P.830, section 7.2.2:
	// 26 dB below overload).
	speechLevel = -26
	// breath is the silence around what is said.
	breath = 300 * time.Millisecond
)

// Script is what is said to find out how it is heard: speech and then a tone,
// one channel at 48 kHz.
type Script struct {
	Samples      []int16
	Speech, Tone Span
}

// NewScript makes one of so much speech, which begins anew where the source has
// ended before, and so much of a tone of 440 Hz.
func NewScript(speech media.Source, spoken, tone time.Duration) (*Script, error) {
	said, err := readAll(speech, int(spoken*media.Rate/time.Second))
	if err != nil {
		return nil, fmt.Errorf("netlab: %w", err)
	}
	pause := make([]int16, breath*media.Rate/time.Second)
	s := &Script{Samples: slices.Concat(pause, said, pause)}
	s.Speech = Span{breath, breath + spoken}
	s.Tone = Span{2*breath + spoken, 2*breath + spoken + tone}
	for i := range int(tone * media.Rate / time.Second) {
		v := math.Sqrt2 * 32768 * math.Pow(10, toneLevel/20.0) * math.Sin(2*math.Pi*toneHertz*float64(i)/media.Rate)
		s.Samples = append(s.Samples, int16(v))
	}
	s.Samples = append(s.Samples, pause...)
	return s, nil
}

// ErrSilent is a source of speech that says nothing.
var ErrSilent = errors.New("nothing is said")

// readAll reads n samples of a source, round and round, as loud as speech is.
func readAll(src media.Source, n int) ([]int16, error) {
	var said []int16
	f := media.NewFrame(media.Rate)
	src = media.Chain(src, media.Resample(media.Rate))
	for len(said) < n {
		err := src.Read(f)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		said = append(said, f.Samples...)
	}
	if len(said) == 0 {
		return nil, ErrSilent
	}
	for len(said) < n {
		said = append(said, said[:min(len(said), n-len(said))]...)
	}
	return leveled(said[:n]), nil
}

// leveled is as loud as speech is in the mean.
func leveled(samples []int16) []int16 {
	var sum float64
	for _, s := range samples {
		sum += float64(s) * float64(s)
	}
	gain := 32768 * math.Pow(10, speechLevel/20.0) / math.Sqrt(max(sum/float64(len(samples)), 1))
	for i, s := range samples {
		samples[i] = media.Clip(int(math.Round(float64(s) * gain)))
	}
	return samples
}

// part is what of samples lies in a span.
func part(samples []int16, s Span) []int16 {
	at := func(d time.Duration) int { return min(max(int(d*media.Rate/time.Second), 0), len(samples)) }
	return samples[at(s.From):at(s.To)]
}
