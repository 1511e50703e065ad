package e2e

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/botd-dev/botd/media/measure"
)

// audible is the level, in dBFS, above which something is heard. The tones of
// these tests are sent at -12.
const audible = -40

// inaudible is the same as an amplitude.
const inaudible = 327

// sound is what a page heard, at the sample rate of these tests.
type sound []int16

// mark notes in the page's media clock that something happens now.
func (p *tab) mark(name string) {
	p.t.Helper()
	run[bool](p, fmt.Sprintf("ears.mark(%q); true", name))
}

// heard waits until the page has listened for a while after a mark, and
// returns what it has received since then.
func (p *tab) heard(since string, d time.Duration) sound {
	p.t.Helper()
	samples := p.record(since, fmt.Sprintf("ears.lasted(%q, %v)", since, d.Seconds()))
	return samples[:min(len(samples), int(d.Seconds()*rate))]
}

// heardOnce waits until the page has heard something after a mark, and then for
// a while, and returns what it has received from there on.
func (p *tab) heardOnce(since string, d time.Duration) sound {
	p.t.Helper()
	samples := p.record(since, fmt.Sprintf("ears.begun(%q, %v)", since, d.Seconds()))
	began, _ := samples.begins()
	return samples.between(began, began+d)
}

// heardOut waits until, after a mark, it has been silent for some time, and
// returns all that the page has received since another.
func (p *tab) heardOut(since, after string, silent time.Duration) sound {
	p.t.Helper()
	return p.record(since, fmt.Sprintf("ears.quiet(%q, %v)", after, silent.Seconds()))
}

// record waits for something and returns what has been received since a mark.
func (p *tab) record(since, until string) sound {
	p.t.Helper()
	encoded := run[string](p, fmt.Sprintf("%s.then(() => ears.heard(%q))", until, since))
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		p.t.Fatal(err)
	}
	samples := make(sound, len(raw)/2)
	for i := range samples {
		samples[i] = int16(binary.LittleEndian.Uint16(raw[2*i:])) // two's complement
	}
	return samples
}

// count lets the page count what its browser makes up, until it forgets.
func (p *tab) count() {
	p.t.Helper()
	run[bool](p, "ears.count(); true")
}

// made is how much of the sound, from one time after a mark to another, the
// browser made up because packets came late, and how much it left out.
func (p *tab) made(since string, from, to time.Duration) (up, away time.Duration) {
	p.t.Helper()
	script := fmt.Sprintf("ears.made(%q, %v, %v)", since, from.Seconds()*rate, to.Seconds()*rate)
	samples := run[struct{ Up, Away int }](p, script)
	return seconds(samples.Up), seconds(samples.Away)
}

// begins is when something can be heard for the first time.
func (s sound) begins() (time.Duration, bool) {
	began, _, lasted := s.audible()
	return began, lasted > 0
}

// audible is when something can be heard first and last, and for how long it
// can altogether, in steps of 10 ms.
func (s sound) audible() (began, ended, lasted time.Duration) {
	const window = rate / 100
	for i := 0; i+window <= len(s); i += window {
		if measure.LevelDBFS(s[i:i+window]) <= audible {
			continue
		}
		if lasted == 0 {
			began = seconds(i)
		}
		ended = seconds(i + window)
		lasted += seconds(window)
	}
	return began, ended, lasted
}

// between is a part of it.
func (s sound) between(from, to time.Duration) sound {
	return s[min(len(s), int(from.Seconds()*rate)):min(len(s), int(to.Seconds()*rate))]
}

// seconds is a number of samples as a time.
func seconds(samples int) time.Duration {
	return time.Duration(samples) * time.Second / rate
}

// isTone fails the test unless a tone is what is heard, within 2 %, and none of
// the others, which would be as loud. It looks at half a second at a time and
// lets a few be spoilt: every frame that comes late shifts the tone, and so
// spreads it in the spectrum.
func isTone(t *testing.T, who string, s sound, hz float64, others ...float64) {
	t.Helper()
	const piece = rate / 2
	var wrong []error
	pieces := 0
	for part := range slices.Chunk(s[:len(s)/piece*piece], piece) {
		pieces++
		if err := part.differs(hz, others); err != nil {
			wrong = append(wrong, err)
		}
	}
	if pieces == 0 || 4*len(wrong) > pieces {
		t.Errorf("%s: in %d of %d half seconds %v", who, len(wrong), pieces, errors.Join(wrong...))
	}
}

// differs says how a piece of sound is not the one tone without the others.
func (s sound) differs(hz float64, others []float64) error {
	peak, part := measure.Peak(s, rate)
	if math.Abs(peak-hz) > 0.02*hz || part < 0.3 {
		return fmt.Errorf("%.1f Hz is heard (%.0f %% of the sound), want %.0f Hz", peak, 100*part, hz)
	}
	for _, other := range others {
		if below := measure.ToneLevel(s, rate, hz) - measure.ToneLevel(s, rate, other); below < 20 {
			return fmt.Errorf("%.0f Hz is only %.0f dB below %.0f Hz", other, below, hz)
		}
	}
	return nil
}

// longestGap is the longest time in which nothing was heard, also after the
// last sound.
func (s sound) longestGap() time.Duration {
	quiet := 0
	for _, v := range slices.Backward(s) {
		if math.Abs(float64(v)) > inaudible {
			break
		}
		quiet++
	}
	return slices.Max(append(measure.Gaps(s, rate, audible), seconds(quiet)))
}
