package netlab

import (
	"fmt"
	"slices"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
)

const (
	// quietest is the level in dBFS of a sample below which the tone is missing.
	quietest = -45
	// piece is the length of what the delay is found of.
	piece = time.Second
	// edge is how much of both ends of the tone is not looked at: the beginning
	// and the end may be faded.
	edge = 100 * time.Millisecond
)

// Report is how a script was heard.
type Report struct {
	// Recognised is how many of the whole seconds of the tone were recognised.
	Recognised, Of int
	// Gaps are the times within the tone in which nothing was heard, Clicks how
	// often it jumped.
	Gaps   []time.Duration
	Clicks int
	// SNR is the segmental one of the speech, in dB, Intelligibility its STOI.
	SNR, Intelligibility float64
	// Score is the MOS-LQO of the speech by PESQ (ITU-T P.862.2), zero where that
	// was not asked.
	Score float64
	// Delays are by how much each second of the speech was late; what was not
	// heard is left out.
	Delays []measure.Moment
	// Aligned is the speech as it was heard, without its delay.
	Aligned []int16
}

// Judge compares what was heard with what was said. start is about when heard
// begins to be said, on heard's clock.
func (s *Script) Judge(heard []int16, start time.Duration) Report {
	var r Report
	for _, m := range measure.Delays(s.Samples[:samplesOf(s.Speech.To)], heard, media.Rate, piece, start) {
		if m.Heard() {
			r.Delays = append(r.Delays, m)
		}
	}
	late := start
	if n := len(r.Delays); n > 0 {
		late = r.Delays[n-1].Delay
	}
	r.speech(s, heard, start)
	r.tone(part(heard, Span{s.Tone.From + late + edge, s.Tone.To + late - edge}))
	return r
}

func (r *Report) speech(s *Script, heard []int16, start time.Duration) {
	end := samplesOf(s.Speech.To)
	r.Aligned = part(measure.Align(s.Samples[:end], heard, media.Rate, start), s.Speech)
	said := part(s.Samples, s.Speech)
	r.SNR = measure.SegmentalSNR(said, r.Aligned, media.Rate)
	r.Intelligibility = measure.Intelligibility(said, r.Aligned, media.Rate)
}

func (r *Report) tone(heard []int16) {
	r.Recognised, r.Of = measure.ToneSeconds(heard, media.Rate, toneHertz)
	r.Gaps = measure.Gaps(heard, media.Rate, quietest)
	r.Clicks = measure.Clicks(heard, media.Rate, toneHertz)
}

// Delay is the median delay of the speech, and how far apart the least and the
// most of it are.
func (r *Report) Delay() (median, apart time.Duration) {
	var all []time.Duration
	for _, m := range r.Delays {
		all = append(all, m.Delay)
	}
	if len(all) == 0 {
		return 0, 0
	}
	slices.Sort(all)
	return all[len(all)/2], all[len(all)-1] - all[0]
}

// LongestGap is the longest time within the tone in which nothing was heard.
func (r *Report) LongestGap() time.Duration {
	if len(r.Gaps) == 0 {
		return 0
	}
	return slices.Max(r.Gaps)
}

// Heading is the line above reports.
const Heading = " PESQ   STOI  SNR dB  tone s  gaps  longest  clicks  delay   ±ms"

// String is one line below Heading.
func (r *Report) String() string {
	score := "    -"
	if r.Score > 0 {
		score = fmt.Sprintf("%5.2f", r.Score)
	}
	delay, apart := r.Delay()
	return fmt.Sprintf("%s  %5.3f  %6.1f  %3d/%-3d %4d  %4d ms  %6d  %5d  %4d", score, r.Intelligibility, r.SNR,
		r.Recognised, r.Of, len(r.Gaps), r.LongestGap().Milliseconds(), r.Clicks, delay.Milliseconds(), apart.Milliseconds())
}

func samplesOf(d time.Duration) int { return int(int64(d) * media.Rate / int64(time.Second)) }
