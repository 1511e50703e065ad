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
	encoded := run[string](p, fmt.Sprintf("ears.lasted(%q, %v).then(() => ears.heard(%q))", since, d.Seconds(), since))
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		p.t.Fatal(err)
	}
	samples := make(sound, len(raw)/2)
	for i := range samples {
		samples[i] = int16(binary.LittleEndian.Uint16(raw[2*i:])) // two's complement
	}
	return samples[:min(len(samples), int(d.Seconds()*rate))]
}

// begins is when something can be heard for the first time.
func (s sound) begins() (time.Duration, bool) {
	const window = rate / 100
	for i := 0; i+window <= len(s); i += window {
		if measure.LevelDBFS(s[i:i+window]) > audible {
			return seconds(i), true
		}
	}
	return 0, false
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
